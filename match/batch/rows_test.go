// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin/match/batch"
)

// garden is a small list that uses everything a row can carry.
func garden() []batch.Row {
	until := time.Date(2031, 4, 5, 6, 7, 8, 9000, time.UTC)
	rows := []batch.Row{
		{Type: "pdq", Value: strings.Repeat("0f", 32)},
		{Type: "url", Value: "https://garden.example/kettle", Reference: "list 7, line 3", Confidence: 80},
		{Type: "pdq", Value: strings.Repeat("a7", 32), Labels: []string{"bridge", "garden"}, Until: &until},
		{Type: "text", Value: "Fill the kettle,\nthen wait.", Reference: "Größe ∅", Labels: []string{"kettle"},
			Confidence: 100, Until: &until},
		{Type: "video_md5", Value: strings.Repeat("5c", 16)},
	}
	for i := range 600 {
		rows = append(rows, batch.Row{Type: "pdq", Value: fmt.Sprintf("%064x", i*i+1)})
	}
	return rows
}

// write gives the blob of rows that must all be kept.
func write(t interface {
	Helper()
	Fatal(...any)
}, rows []batch.Row) []byte {
	t.Helper()
	var blob bytes.Buffer
	w := batch.NewWriter(&blob)
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := w.Close(); err != nil || n != int64(len(rows)) {
		t.Fatal("rows kept:", n, err)
	}
	return blob.Bytes()
}

// read gives all rows of a blob, or why it is refused.
func read(blob []byte) (rows []batch.Row, err error) {
	r, err := batch.NewReader(bytes.NewReader(blob))
	if err != nil {
		return nil, err
	}
	for _, row := range r.All() {
		rows = append(rows, row)
	}
	return rows, r.Err()
}

func open(t *testing.T, blob []byte) *batch.File {
	t.Helper()
	f, err := batch.Open(bytes.NewReader(blob), int64(len(blob)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var (
	anyHash = rapid.Custom(func(t *rapid.T) string {
		return hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
	})
	anyText  = rapid.StringMatching(`[a-zé✓][a-z é✓]{0,20}[a-z✓]`)
	anyUntil = rapid.Custom(func(t *rapid.T) *time.Time {
		if rapid.Bool().Draw(t, "endless") {
			return nil
		}
		until := time.UnixMicro(rapid.Int64Range(1, 253402300799999999).Draw(t, "until")).UTC()
		return &until
	})
)

// anyRow draws rows that can be kept, some of them large enough to end a block.
func anyRow() *rapid.Generator[batch.Row] {
	return rapid.Custom(func(t *rapid.T) batch.Row {
		types := []string{"pdq", "pdq", "pdq", "url", "text", "sha256"}
		row := batch.Row{Type: rapid.SampledFrom(types).Draw(t, "type")}
		if row.Type == "pdq" {
			row.Value = anyHash.Draw(t, "value")
		} else {
			times := rapid.SampledFrom([]int{1, 1, 1, 3000}).Draw(t, "times")
			row.Value = strings.Repeat(anyText.Draw(t, "value"), times)
		}
		if rapid.Bool().Draw(t, "bare") {
			return row
		}
		row.Reference = rapid.OneOf(rapid.Just(""), anyText).Draw(t, "reference")
		if labels := rapid.SliceOfN(anyText, 0, 4).Draw(t, "labels"); len(labels) > 0 {
			row.Labels = labels
		}
		row.Confidence = rapid.IntRange(0, 100).Draw(t, "confidence")
		row.Until = anyUntil.Draw(t, "until")
		return row
	})
}
