// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/batch"
	"tocsin/match/list"
	"tocsin/match/syntax"
)

func expect(t *testing.T, got outcome, rows []list.Row, bad map[int64]string) {
	t.Helper()
	if got.Err != nil {
		t.Error(got.Err)
	}
	if diff := cmp.Diff(rows, got.Rows); diff != "" {
		t.Error("rows:", diff)
	}
	if diff := cmp.Diff(bad, reasons(got.Bad)); diff != "" {
		t.Error("bad:", diff)
	}
	tally := got.Tally
	if tally.Signals+tally.Deletions != int64(len(rows)) || tally.Bad != int64(len(got.Bad)) {
		t.Error("tally:", tally)
	}
}

func TestLocalFileIsReadLineByLine(t *testing.T) {
	t.Parallel()
	text := "\ufeff  pdq " + strings.ToUpper(hashA) + " \r\n\n" +
		"text a kettle on the stove\n" +
		"pdq\n" + // no signal
		"# a remark\n" +
		"pdq " + strings.Repeat("0", 64) + "\n" +
		"pdq " + hashA + "\n" +
		"pdq " + hashA[1:] + "\n" +
		"url https://garden.example/\n" +
		"video_md5 " + video
	expect(t, read(t, text, list.LocalFile),
		[]list.Row{row(1, "pdq", hashA), row(3, "text", "a kettle on the stove"), row(10, "video_md5", video)},
		map[int64]string{4: list.ReasonForm, 5: list.ReasonUnknownType, 6: syntax.Sentinel, 7: list.ReasonDuplicate,
			8: syntax.Length, 9: list.ReasonRefused})
}

func TestLocalFileOfOneTypeHasNoTypes(t *testing.T) {
	t.Parallel()
	got := readFrom(t, strings.NewReader("a kettle\n\npdq kettle\n"), list.LocalFile, list.Options{Type: "text"})
	expect(t, got, []list.Row{row(1, "text", "a kettle"), row(3, "text", "pdq kettle")}, map[int64]string{})
}

func TestTATListIsAPageOrAnArray(t *testing.T) {
	t.Parallel()
	records := `[
	{"hash_digest":"` + hashA + `","algorithm":"PDQ","ideology":"garden","file_type":"jpg","deleted":false,
	 "updated_on":1724856487.709035,"created_on":"2024-08-28T14:48:07Z","id":10594},
	{"hash_digest":"` + video + `","algorithm":"MD5","ideology":null,"file_type":"MP4","deleted":true,
	 "id":"b{]\"7"},
	{"hash_digest":"` + video + `","algorithm":"MD5","file_type":"jpg","deleted":false,"id":3},
	{"hash_digest":"` + video + `","algorithm":"SHA1","file_type":"mp4","deleted":false,"id":3},
	{"hash_digest":"kettle","algorithm":"PDQ"},
	17, "kettle", {"hash_digest":4}, null, {}, [[[]]],
	{"hash_digest":"` + hashB + `","algorithm":"PDQ","id":[1]},
	{"hash_digest":"` + hashB + `","algorithm":"PDQ"}
	]`
	rows := []list.Row{row(1, "pdq", hashA), row(2, "video_md5", video), row(13, "pdq", hashB)}
	rows[0].Reference, rows[0].Labels = "10594", []string{"garden"}
	rows[1].Reference, rows[1].Deleted = `b{]"7`, true
	bad := map[int64]string{3: list.ReasonKeptOut, 4: list.ReasonKeptOut, 5: syntax.Length, 6: list.ReasonForm,
		7: list.ReasonForm, 8: list.ReasonForm, 9: list.ReasonForm, 10: list.ReasonKeptOut, 11: list.ReasonForm,
		12: batch.ReasonReference}
	for name, text := range map[string]string{
		"array":     "\ufeff" + records,
		"page":      `{"count":13,"next":null,"x":{"results":[1]},"results":` + records + `,"checkpoint":"1,2"}`,
		"page last": `{"count":13, "re\u0073ults" : ` + records + `}`,
		"pages":     `{"results":[]}` + "\n[ ] " + `{"results":` + records + `,"more":"]}"}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, text, list.TAT)
			expect(t, got, rows, bad)
			if got.Tally.Deletions != 1 || got.Tally.Reasons[list.ReasonKeptOut] != 3 {
				t.Error(got.Tally)
			}
		})
	}
}

func TestCSVNamesItsColumns(t *testing.T) {
	t.Parallel()
	text := "\ufeffUntil, VALUE ,type,Labels,reference,confidence,deleted\r\n" +
		"2031-04-05,\"" + hashA + "\",pdq,kettle; bridge;;kettle,\"line 3, list \"\"7\"\"\",80,FALSE\r\n" +
		"\r\n" +
		"2031-04-05T06:00:00+02:00,\"two\nlines\",text,,'=1+1,,\r\n" +
		",kettle,text,,,,true\r\n" +
		",kettle,text,,,,\r\n" + // back after its deletion
		",kettle,text,,,,0\r\n" +
		"soon,a,text,,,,\r\n" +
		",b,text,,,high,\r\n" +
		",c,text,,,101,\r\n" +
		",d,text,,,,perhaps\r\n" +
		",e,text,,\r\n" +
		",f,\"te\"xt,,,,\r\n" +
		",g,text,,,,,\r\n" +
		",\"h,text,,,,\r\n" + // never closed: costs this line only
		",bridge,text,,,,"
	rows := []list.Row{row(2, "pdq", hashA), row(4, "text", "two\nlines"), row(6, "text", "kettle"),
		row(7, "text", "kettle"), row(17, "text", "bridge")}
	rows[0].Until, rows[0].Labels = on(2031, 4, 5, 0), []string{"bridge", "kettle"}
	rows[0].Reference, rows[0].Confidence = `line 3, list "7"`, 80
	rows[1].Until, rows[1].Reference = on(2031, 4, 5, 4), "=1+1"
	rows[2].Deleted = true
	expect(t, read(t, text, list.CSV), rows, map[int64]string{8: list.ReasonDuplicate, 9: batch.ReasonUntil,
		10: batch.ReasonConfidence, 11: batch.ReasonConfidence, 12: list.ReasonForm, 13: list.ReasonForm,
		14: list.ReasonForm, 15: list.ReasonForm, 16: list.ReasonForm})
}

func TestCSVOfOtherSeparatorsAndColumns(t *testing.T) {
	t.Parallel()
	text := strings.NewReader("value;untill\nkettle;2031-04-05\n")
	got := readFrom(t, text, list.CSV, list.Options{Type: "text"})
	expect(t, got, []list.Row{row(2, "text", "kettle")}, map[int64]string{1: list.ReasonColumn})
	got = read(t, "type\tvalue\tlabels\ntext\ta, b\tc;d\n", list.CSV)
	want := row(2, "text", "a, b")
	want.Labels = []string{"c", "d"}
	expect(t, got, []list.Row{want}, map[int64]string{})
}

func TestJSONLinesAreStrict(t *testing.T) {
	t.Parallel()
	text := `{"type":"pdq","value":"` + hashA + `","reference":" 7 ","labels":["kettle","bridge"],` +
		`"confidence":80,"until":"2031-04-05T06:00:00Z","deleted":false}` + "\n" +
		`{"type":"text","value":"two\nlines","deleted":true}` + "\n\n" +
		`{"type":"text","value":"a","untill":"2031-04-05"}` + "\n" +
		`{"type":"text","value":"a","value":"b"}` + "\n" +
		`["text","a"]` + "\n" +
		`{"type":"text","value":"a"} {}` + "\n" +
		`{"type":"text","labels":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}\n" +
		`{"type":"text","value":"a","until":"soon"}` + "\n" +
		`{"type":"text","value":"a","labels":["x;y"]}` + "\n" +
		`{"type":"text","value":"` + "\xff" + `"}` + "\n" +
		`{"value":"a"}`
	rows := []list.Row{row(1, "pdq", hashA), row(2, "text", "two\nlines")}
	rows[0].Reference, rows[0].Labels, rows[0].Confidence = "7", []string{"bridge", "kettle"}, 80
	rows[0].Until, rows[1].Deleted = on(2031, 4, 5, 6), true
	expect(t, read(t, text, list.JSONLines), rows, map[int64]string{4: list.ReasonForm, 5: list.ReasonForm,
		6: list.ReasonForm, 7: list.ReasonForm, 8: list.ReasonTooDeep, 9: batch.ReasonUntil, 10: batch.ReasonLabels,
		11: list.ReasonForm, 12: list.ReasonUnknownType})
}

func TestNothingBadIsQuoted(t *testing.T) {
	t.Parallel()
	for format, text := range map[string]string{
		list.LocalFile: "kettle\nkettle kettle\npdq kettle\nurl kettle\n",
		list.CSV: "type,value,kettle\nkettle,kettle,\npdq,kettle,\nurl,kettle,\ntext\n" +
			"text,\"kettle\"kettle\n",
		list.JSONLines: `{"kettle":1}` + "\n" + `{"type":"kettle"}` + "\nkettle\n" +
			`{"type":"url","value":"kettle"}`,
		list.TAT: `[{"algorithm":"kettle"},{"algorithm":"PDQ","hash_digest":"kettle"},"kettle",` +
			`{"algorithm":"MD5","file_type":"kettle"}]`,
	} {
		got := read(t, text, format)
		if len(got.Bad) < 4 {
			t.Errorf("%s: only %v", format, got.Bad)
		}
		for _, bad := range got.Bad {
			if strings.Contains(bad.Error()+bad.Reason, "kettle") || strings.Contains(bad.Error(), "secret") {
				t.Errorf("%s: %v", format, bad)
			}
		}
	}
}
