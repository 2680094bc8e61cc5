// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"encoding/csv"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/batch"
	"tocsin/match/list"
)

func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		signs := []rune("aé=+-@'\"; ,\t\r\n＝＠ ✓\\{}[]")
		text := strings.TrimSpace(rapid.StringOfN(rapid.SampledFrom(signs), 1, 12, -1).Draw(t, "text"))
		if text == "" {
			return "kettle"
		}
		return text
	})
}

// anyLine is a reference or, without the semicolon, a label.
func anyLine() *rapid.Generator[string] {
	return rapid.Map(anyText(), func(text string) string {
		return strings.NewReplacer("\t", "t", "\r", "r", "\n", "n").Replace(text)
	})
}

// anyRow draws canonical rows.
func anyRow() *rapid.Generator[list.Row] {
	return rapid.Custom(func(t *rapid.T) list.Row {
		row := list.Row{Deleted: rapid.Bool().Draw(t, "deleted")}
		row.Type = rapid.SampledFrom([]string{"pdq", "video_md5", "text"}).Draw(t, "type")
		digits := map[string]int{"pdq": 32, "video_md5": 16}[row.Type]
		if row.Value = anyText().Draw(t, "text"); digits > 0 {
			raw := rapid.SliceOfN(rapid.Byte(), digits, digits).Draw(t, "digest")
			row.Value = "1" + hex.EncodeToString(raw)[1:]
		}
		references := rapid.OneOf(rapid.SampledFrom([]string{"", "10594", "007"}), anyLine())
		row.Reference = references.Draw(t, "reference")
		for _, label := range rapid.SliceOfN(anyLine(), 0, 3).Draw(t, "labels") {
			row.Labels = append(row.Labels, strings.ReplaceAll(label, ";", "x"))
		}
		slices.Sort(row.Labels)
		row.Labels = slices.Compact(row.Labels)
		row.Confidence = rapid.IntRange(0, batch.MaxConfidence).Draw(t, "confidence")
		if rapid.Bool().Draw(t, "ends") {
			until := time.UnixMicro(rapid.Int64Range(1, 4102444800000000).Draw(t, "until")).UTC()
			row.Until = &until
		}
		return row
	})
}

// carried is what a format has room for.
func carried(row list.Row, format string) list.Row {
	switch format {
	case list.LocalFile:
		row.Row = batch.Row{Type: row.Type, Value: row.Value}
	case list.TAT:
		row.Labels, row.Confidence, row.Until = row.Labels[:min(len(row.Labels), 1)], 0, nil
	}
	return row
}

func TestRowsComeBackFromEveryFormat(t *testing.T) {
	t.Parallel()
	for _, format := range list.Formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				name := func(r list.Row) string { return r.Type + r.Value }
				rows := rapid.SliceOfNDistinct(anyRow(), 0, 8, name).Draw(rt, "rows")
				text, kept := write(rt, rows, format)
				if len(kept) < len(rows) && (format == list.CSV || format == list.JSONLines) {
					rt.Fatal("rows were kept out:", rows)
				}
				for i := range kept {
					kept[i] = carried(kept[i], format)
				}
				got := readFrom(t, iotest.HalfReader(strings.NewReader(text)), format, list.Options{})
				if len(got.Bad) > 0 || got.Err != nil {
					rt.Fatal(got.Bad, got.Err, text)
				}
				if diff := cmp.Diff(unnumbered(kept), unnumbered(got.Rows)); len(kept) > 0 && diff != "" {
					rt.Fatal(diff, text)
				}
				if again, _ := write(rt, got.Rows, format); again != text {
					rt.Fatal("written again it is", again)
				}
			})
		})
	}
}

// A spreadsheet sees no formula in an export, and any other program reads the cells as we do.
func TestExportHoldsNoFormula(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(anyRow(), 1, 5).Draw(t, "rows")
		text, kept := write(t, rows, list.CSV)
		records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(records) != len(kept)+1 {
			t.Fatal(len(records), err)
		}
		for i, record := range records {
			for _, cell := range record {
				if startsFormula(cell) {
					t.Fatalf("row %d: %q", i, cell)
				}
			}
		}
	})
}

func startsFormula(cell string) bool {
	first := append([]rune(strings.TrimLeft(cell, " ")), 'x')[0]
	return strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}

// What encoding/csv writes, we read the same.
func TestCSVOfOthersIsReadAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var to strings.Builder
		w := csv.NewWriter(&to)
		w.UseCRLF = rapid.Bool().Draw(rt, "crlf")
		texts := rapid.SliceOfNDistinct(anyText(), 1, 8, rapid.ID).Draw(rt, "texts")
		_ = w.Write([]string{"value", "type"})
		for i, text := range texts {
			texts[i] = "x" + strings.ReplaceAll(text, "\r", "")
			_ = w.Write([]string{texts[i], "text"})
		}
		w.Flush()
		got := readFrom(t, strings.NewReader(to.String()), list.CSV, list.Options{Remember: -1})
		if len(got.Bad) > 0 || len(got.Rows) != len(texts) {
			rt.Fatal(got.Bad, len(got.Rows), to.String())
		}
		for i, row := range got.Rows {
			if strings.ReplaceAll(row.Value, "\r\n", "\n") != texts[i] {
				rt.Fatalf("%q, want %q", row.Value, texts[i])
			}
		}
	})
}

func TestWriterSaysWhatAFormatCannotHold(t *testing.T) {
	t.Parallel()
	gone, several := row(4, "pdq", hashA), row(5, "text", "two\nlines")
	gone.Deleted = true
	for format, kept := range map[string]int{list.LocalFile: 1, list.TAT: 2, list.CSV: 3, list.JSONLines: 3} {
		rows := []list.Row{row(1, "pdq", hashB), gone, several, row(6, "Kettle!", "a"), row(7, "text", "")}
		if _, got := write(t, rows, format); len(got) != kept {
			t.Errorf("%s keeps %d", format, len(got))
		}
	}
	var to strings.Builder
	w, err := list.NewWriter(&to, list.LocalFile, "pdq")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(row(1, "text", "kettle")); err == nil {
		t.Error("a list of one type took another")
	}
	if err := w.Write(row(1, "pdq", hashA)); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil || to.String() != hashA+"\n" {
		t.Error(to.String(), err)
	}
}
