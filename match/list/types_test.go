// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"tocsin/match/batch"
	"tocsin/match/list"
	"tocsin/match/syntax"
)

// canonical knows enough types for the tests: two of fixed length, text, and an address that is refused
// without a reason.
func canonical(signalType, value string) (string, error) {
	switch signalType {
	case "pdq":
		return digest(signalType, value, 32)
	case "video_md5":
		return digest(signalType, value, 16)
	case "text":
		if strings.TrimSpace(value) == "" {
			return "", syntax.Errorf(signalType, syntax.Empty, "no text was given")
		}
		return strings.TrimSpace(value), nil
	case "url":
		return "", errors.New("a secret reason")
	}
	return "", syntax.Errorf("", list.ReasonUnknownType, "there is no such type of signal")
}

func digest(signalType, value string, size int) (string, error) {
	value = strings.ToLower(strings.TrimSpace(value))
	raw, err := hex.DecodeString(value)
	switch {
	case len(value) != 2*size:
		return "", syntax.Errorf(signalType, syntax.Length, "a hash has %d digits", 2*size)
	case err != nil:
		return "", syntax.Errorf(signalType, syntax.Alphabet, "a hash has hexadecimal digits only")
	case !slices.ContainsFunc(raw, func(b byte) bool { return b != 0 }):
		return "", syntax.Errorf(signalType, syntax.Sentinel, "the all-zero hash stands for no hash")
	}
	return value, nil
}

var (
	hashA = strings.Repeat("0f", 32)
	hashB = strings.Repeat("a7", 32)
	video = strings.Repeat("5c", 16)
)

// outcome is all that reading a list gave.
type outcome struct {
	Rows  []list.Row
	Bad   []list.Bad
	Tally list.Tally
	Err   error
}

func readFrom(t fataler, from io.Reader, format string, options list.Options) (got outcome) {
	t.Helper()
	options.Canonical = canonical
	r, err := list.NewReader(from, format, options)
	if err != nil {
		t.Fatal(err)
	}
	for row, bad := range r.All() {
		if bad != nil {
			got.Bad = append(got.Bad, *bad)
		} else {
			got.Rows = append(got.Rows, row)
		}
	}
	got.Err, got.Tally = r.Err(), r.Tally()
	return got
}

func read(t fataler, text, format string) outcome {
	t.Helper()
	return readFrom(t, strings.NewReader(text), format, list.Options{})
}

// write gives the list of those rows that the format can hold, and these rows.
func write(t fataler, rows []list.Row, format string) (text string, kept []list.Row) {
	t.Helper()
	var to bytes.Buffer
	w, err := list.NewWriter(&to, format, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		var bad *list.Bad
		switch err := w.Write(row); {
		case err == nil:
			kept = append(kept, row)
		case !errors.As(err, &bad):
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || w.Count() != int64(len(kept)) {
		t.Fatal(err, w.Count(), len(kept))
	}
	return to.String(), kept
}

type fataler interface {
	Helper()
	Fatal(...any)
}

// unnumbered are rows without their lines.
func unnumbered(rows []list.Row) []list.Row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Line = 0
	}
	return rows
}

func row(line int64, signalType, value string) list.Row {
	return list.Row{Line: line, Row: batch.Row{Type: signalType, Value: value}}
}

func on(year int, month time.Month, day, hour int) *time.Time {
	at := time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	return &at
}

// reasons are the lines reported, as line and reason.
func reasons(bad []list.Bad) map[int64]string {
	found := map[int64]string{}
	for _, b := range bad {
		found[b.Line] = b.Reason
	}
	return found
}
