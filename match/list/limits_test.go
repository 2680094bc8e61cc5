// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"tocsin/match/list"
)

// endless repeats a byte, so that a test of limits needs no memory of its own.
type endless byte

func (b endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

func between(before string, filler byte, size int64, after string) io.Reader {
	middle := io.LimitReader(endless(filler), size)
	return io.MultiReader(strings.NewReader(before), middle, strings.NewReader(after))
}

func TestRecordThatIsTooLongCostsItselfOnly(t *testing.T) {
	const long = 16 << 20
	records := "{\"algorithm\":\"PDQ\",\"hash_digest\":\"" + hashA + "\"}"
	for name, c := range map[string]struct {
		format string
		list   func() io.Reader
		bad    map[int64]string
	}{
		"local_file": {list.LocalFile, func() io.Reader {
			return between("text ", 'k', long, "\npdq "+hashA+"\n")
		}, map[int64]string{1: list.ReasonTooLong}},
		"jsonl": {list.JSONLines, func() io.Reader {
			return between("{\"type\":\"", 'k', long, "\"}\n{\"type\":\"pdq\",\"value\":\""+hashA+"\"}")
		}, map[int64]string{1: list.ReasonTooLong}},
		"csv line": {list.CSV, func() io.Reader {
			return between("type,value\n", 'k', long, "\npdq,"+hashA+"\n")
		}, map[int64]string{2: list.ReasonTooLong}},
		"csv quote": {list.CSV, func() io.Reader {
			return between("type,value\npdq,\"k\npdq,"+hashA+"\n", '\n', 4<<20, "")
		}, map[int64]string{2: list.ReasonForm}},
		"csv quoted line": {list.CSV, func() io.Reader {
			return between("type,value\npdq,\"", 'k', long, "\npdq,"+hashA+"\n")
		}, map[int64]string{2: list.ReasonTooLong}},
		"tat text": {list.TAT, func() io.Reader {
			return between("[\"", 'k', long, "\","+records+"]")
		}, map[int64]string{1: list.ReasonTooLong}},
		"tat depth": {list.TAT, func() io.Reader {
			return io.MultiReader(between("[", '[', 1000, ""), between("", ']', 1000, ","+records+"]"))
		}, map[int64]string{1: list.ReasonTooDeep}},
		"tat member": {list.TAT, func() io.Reader {
			return between("{\"next\":\"", 'k', long, "\",\"results\":["+records+"]}")
		}, map[int64]string{}},
		"tat name": {list.TAT, func() io.Reader {
			return between("{\"", 'k', long, "\":1,\"results\":["+records+"]}")
		}, map[int64]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := readFrom(t, c.list(), c.format, list.Options{})
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 8*list.MaxRecord {
				t.Errorf("%d bytes of memory were taken", took)
			}
			if len(got.Rows) != 1 || got.Rows[0].Value != hashA {
				t.Error("the good row is lost:", got.Rows)
			}
			expect(t, got, got.Rows, c.bad)
		})
	}
}

func TestOnlyAListThatCannotBeReadEnds(t *testing.T) {
	t.Parallel()
	good := "{\"algorithm\":\"PDQ\",\"hash_digest\":\"" + hashA + "\"}"
	for _, c := range []struct{ format, text, reason string }{
		{list.LocalFile, "\xff\xfep\x00d\x00", list.ReasonEncoding},
		{list.TAT, "\xfe\xff\x00[", list.ReasonEncoding},
		{list.CSV, "pdq," + hashA + "\n", list.ReasonHeader},
		{list.CSV, "type,value,value\n", list.ReasonHeader},
		{list.CSV, "value\nkettle\n", list.ReasonHeader},
		{list.CSV, "type,value" + strings.Repeat(",", 1<<20) + "\n", list.ReasonHeader},
		{list.TAT, "kettle", list.ReasonStructure},
		{list.TAT, "{\"error\":\"kettle\"}", list.ReasonStructure},
		{list.TAT, "{\"results\":null}", list.ReasonStructure},
		{list.TAT, "[" + good + "}", list.ReasonStructure},
		{list.TAT, "[" + good + " " + good + "]", list.ReasonStructure},
		{list.TAT, "[" + good + ",]", list.ReasonStructure},
		{list.TAT, "[" + good + ",{\"algorithm\":", list.ReasonTruncated},
		{list.TAT, "[" + good, list.ReasonTruncated},
		{list.TAT, "{\"results\":[" + good + "]", list.ReasonTruncated},
	} {
		got := read(t, c.text, c.format)
		var why *list.Error
		if !errors.As(got.Err, &why) || why.Reason != c.reason {
			t.Errorf("%s %q: %v", c.format, c.text, got.Err)
		}
		if strings.Contains(c.text, "["+good) && len(got.Rows) != 1 {
			t.Errorf("%s %q: %d rows before the end", c.format, c.text, len(got.Rows))
		}
	}
	for _, format := range list.Formats() {
		got := readFrom(t, iotest.ErrReader(io.ErrClosedPipe), format, list.Options{})
		if !errors.Is(got.Err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", format, got.Err)
		}
		got = readFrom(t, io.MultiReader(strings.NewReader("[  "), iotest.ErrReader(io.ErrClosedPipe)), format,
			list.Options{})
		if !errors.Is(got.Err, io.ErrClosedPipe) && format == list.TAT {
			t.Errorf("%s: %v", format, got.Err)
		}
		if got := read(t, "", format); got.Err != nil || got.Rows != nil || got.Bad != nil {
			t.Errorf("%s: an empty list gives %v", format, got)
		}
	}
}

func TestRepeatsAreNoticedAsFarAsIsRemembered(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for range 2 {
		for i := range 5000 {
			fmt.Fprintf(&text, "pdq %064x\n", i+1)
		}
	}
	for remember, repeats := range map[int]int64{0: 5000, 100: 100, -1: 0} {
		got := readFrom(t, strings.NewReader(text.String()), list.LocalFile, list.Options{Remember: remember})
		if got.Tally.Reasons[list.ReasonDuplicate] != repeats {
			t.Errorf("%d remembered: %v", remember, got.Tally)
		}
	}
}

func TestUnknownFormatAndMissingValidatorAreErrors(t *testing.T) {
	t.Parallel()
	if _, err := list.NewReader(strings.NewReader(""), "xlsx", list.Options{Canonical: canonical}); err == nil {
		t.Error("read")
	}
	if _, err := list.NewReader(strings.NewReader(""), list.CSV, list.Options{}); err == nil {
		t.Error("read without a validator")
	}
	if _, err := list.NewWriter(io.Discard, "xlsx", ""); err == nil {
		t.Error("written")
	}
}
