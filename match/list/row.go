// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/match/batch"
	"tocsin/match/syntax"
)

// The formats.
const (
	LocalFile = "local_file"
	TAT       = "tat"
	CSV       = "csv"
	JSONLines = "jsonl"
)

// Formats lists every format.
func Formats() []string { return []string{LocalFile, TAT, CSV, JSONLines} }

// Limits of what is read at all.
const (
	MaxRecord = batch.MaxValue + 64<<10 // bytes of a line, a row or a record
	MaxDepth  = 16                      // nesting of a JSON record
)

// Row is one signal of a list, canonical.
type Row struct {
	Line int64 // where it begins, from 1; in a tat list the number of the record
	batch.Row
	Deleted bool // the publisher takes the signal back
}

// Reasons of a [Bad] line that neither package syntax nor package batch has.
const (
	ReasonUnknownType = "unknown_type" // for Canonical to give
	ReasonDuplicate   = "duplicate"    // the signal stands in the list already
	ReasonTooLong     = "too_long"
	ReasonTooDeep     = "too_deep"
	ReasonForm        = "form"       // not what the format asks for
	ReasonColumn      = "column"     // a column that is not read
	ReasonKeptOut     = "kept_out"   // well-formed, but no signal of ours; or one that a format cannot carry
	ReasonRefused     = "refused"    // by Canonical, which did not say why
	ReasonQuality     = "quality"    // of the picture that was hashed: too low for its type
	ReasonNotHashed   = "not_hashed" // what a hasher says of a file that it could not hash
)

// Bad is a line that is no signal. It never quotes the line.
type Bad struct {
	Line   int64
	Reason string // a code
	Detail string // a sentence for people
}

func (b *Bad) Error() string { return fmt.Sprintf("line %d: %s", b.Line, b.Detail) }

// Error is why a list as a whole cannot be read on.
type Error struct {
	Reason string // [ReasonEncoding], [ReasonHeader], [ReasonStructure] or [ReasonTruncated]
	Detail string // a sentence for people
}

// Why a list as a whole cannot be read on.
const (
	ReasonEncoding  = "encoding"  // not UTF-8 but UTF-16
	ReasonHeader    = "header"    // the first row of a CSV names no column of values
	ReasonStructure = "structure" // JSON, but not a list
	ReasonTruncated = "truncated" // it ends too early
)

func (e *Error) Error() string { return "list: " + e.Detail }

// Canonical validates a signal and gives its canonical form, or a *syntax.Error; its reason is
// [ReasonUnknownType] for a type it does not know.
type Canonical func(signalType, value string) (string, error)

// settle makes a row canonical, or says why it is none.
func (row *Row) settle(canonical Canonical) *Bad {
	value, err := canonical(row.Type, row.Value)
	if err == nil {
		row.Value = value
		row.Reference = strings.TrimSpace(row.Reference)
		row.Labels = tidy(row.Labels)
		err = row.Check()
	}
	if err == nil {
		return nil
	}
	var why *syntax.Error
	if errors.As(err, &why) {
		return &Bad{row.Line, why.Reason, why.Detail}
	}
	return &Bad{row.Line, ReasonRefused, "this is not a signal of its type"}
}

// tidy sorts labels and leaves out what is empty or there twice.
func tidy(labels []string) []string {
	var tidied []string
	for _, label := range labels {
		if label = strings.TrimSpace(label); label != "" {
			tidied = append(tidied, label)
		}
	}
	slices.Sort(tidied)
	return slices.Compact(tidied)
}

// untilForm is how an end is written: RFC 3339, UTC, to the microsecond.
const untilForm = "2006-01-02T15:04:05.999999Z07:00"

// parseUntil reads a time of RFC 3339 or a date, which stands for its first moment in UTC.
func parseUntil(text string) (*time.Time, bool) {
	if text == "" {
		return nil, true
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if at, err = time.Parse(time.DateOnly, text); err != nil {
			return nil, false
		}
	}
	at = at.UTC().Truncate(time.Microsecond)
	return &at, true
}

func badUntil(line int64) *Bad {
	return &Bad{line, batch.ReasonUntil, "an end is a date, or a time as RFC 3339 writes it"}
}
