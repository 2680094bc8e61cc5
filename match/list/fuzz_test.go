// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/list"
)

// checkList holds what is true of every list: it reads the same in small pieces, and the rows that were read
// can be written, are read again as they were, and are then written the same.
func checkList(t checker, text, format string) {
	t.Helper()
	got := read(t, text, format)
	if got.Tally.Signals+got.Tally.Deletions != int64(len(got.Rows)) || got.Tally.Bad != int64(len(got.Bad)) {
		t.Error("counts:", got.Tally)
	}
	if len(text) < 10_000 {
		pieces := readFrom(t, iotest.OneByteReader(strings.NewReader(text)), format, list.Options{})
		if diff := cmp.Diff(got.Rows, pieces.Rows); diff != "" || !cmp.Equal(got.Bad, pieces.Bad) {
			t.Error("in pieces:", diff, got.Bad, pieces.Bad)
		}
	}
	first, kept := write(t, got.Rows, format)
	again := read(t, first, format)
	if diff := cmp.Diff(unnumbered(kept), unnumbered(again.Rows)); len(kept) > 0 && diff != "" {
		t.Errorf("read again: %s\n%q", diff, first)
	}
	if again.Err != nil || len(again.Bad) > 0 {
		t.Errorf("read again: %v %v\n%q", again.Err, again.Bad, first)
	}
	if second, _ := write(t, again.Rows, format); second != first {
		t.Errorf("written again: %q\nfirst %q", second, first)
	}
}

type checker interface {
	fataler
	Error(...any)
	Errorf(string, ...any)
}

// pieces are what lists of a format are made of; put together at random they come close to lists and break
// them.
var pieces = map[string][]string{
	list.LocalFile: {"pdq ", hashA, hashB, "text ", "a kettle", " ", "\n", "\r\n", "\t", "\ufeff", "=", "url x"},
	list.TAT: {"{", "}", "[", "]", ",", ":", `"`, `\`, " ", `{"results":[`, `]}`, `"results"`, "null", "7",
		`{"hash_digest":"` + hashA + `","algorithm":"PDQ"`, `{"hash_digest":"` + video + `","algorithm":"MD5"`,
		`,"file_type":"mp4"}`, `,"id":"a\"]"`, `,"id":7`, `,"ideology":"a"`, `,"deleted":true}`},
	list.CSV: {"type,value\n", "value;type\n", "file,type,value,quality,error\n", "a,pdq," + hashA + ",50,\n",
		"type,value,labels,until,reference\n", "text,", "pdq," + hashA, ",",
		";", `"`, `""`, "\n", "\r\n", "\r", "a", "'", "=", " ", "2031-04-05", "\t", "＝"},
	list.JSONLines: {`{"type":"text","value":"`, `,"quality":7`, `,"file":"a"`, `,"error":"a"`,
		`","labels":["`, `"]`, `"}`, `}`, "\n", "a", `\n`, `\u0085`, " ",
		"[", `","until":"2031-04-05`, `,"deleted":true`, `,"confidence":7`, `","reference":"`, "{", "\x80"},
}

func TestWhateverIsReadCanBeWritten(t *testing.T) {
	t.Parallel()
	for _, format := range list.Formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			parts := rapid.SliceOfN(rapid.SampledFrom(pieces[format]), 0, 40)
			rapid.Check(t, func(t *rapid.T) {
				checkList(t, strings.Join(parts.Draw(t, "parts"), ""), format)
			})
		})
	}
}

func FuzzLocalFile(f *testing.F) {
	f.Add("pdq " + hashA + "\r\n\ntext  a kettle \nurl x\npdq\n\ufeffpdq " + hashA)
	f.Fuzz(func(t *testing.T, text string) { checkList(t, text, list.LocalFile) })
}

func FuzzTAT(f *testing.F) {
	f.Add(`{"count":1,"results":[{"hash_digest":"` + hashA + `","algorithm":"PDQ","id":7,"ideology":"a"}, 1e5,` +
		`{"hash_digest":"` + video + `","algorithm":"MD5","file_type":"mp4","deleted":true,"id":"\"]"}]}[]`)
	f.Add("[null,{}]")
	f.Fuzz(func(t *testing.T, text string) { checkList(t, text, list.TAT) })
}

func FuzzCSV(f *testing.F) {
	f.Add("type,value,reference,labels,confidence,until,deleted\r\n" +
		"text,\"a \"\"b\"\"\n\",'=1,a;b,7,2031-04-05,true\n")
	f.Add("value;type\n\"a;text\n'-b;text\n\"\"\"\";text")
	f.Fuzz(func(t *testing.T, text string) { checkList(t, text, list.CSV) })
}

func FuzzJSONLines(f *testing.F) {
	f.Add(`{"type":"text","value":"a\n","labels":["b","a"],"confidence":7,` +
		`"until":"2031-04-05","deleted":true}` + "\n{}\n")
	f.Fuzz(func(t *testing.T, text string) { checkList(t, text, list.JSONLines) })
}
