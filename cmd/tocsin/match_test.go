// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"tocsin/internal/api"
)

func TestThingIsTakenForWhatItIs(t *testing.T) {
	t.Parallel()
	hex32, hex64 := strings.Repeat("ab", 16), strings.Repeat("ab", 32)
	there := func(name string) bool { return name == "kettle.png" || name == "https://file" }
	cases := map[string]string{
		"kettle.png":                 "file",
		"https://file":               "file",
		hex32:                        "md5",
		strings.ToUpper(hex32):       "md5",
		strings.Repeat("ab", 20):     "sha1",
		hex64:                        "sha256 pdq",
		"sha256 " + hex64:            "sha256",
		"domain kettle.example":      "domain",
		"https://board.example/12":   "address",
		"hxxps[:]//board[.]example/": "address",
		"board[.]example/12":         "address",
		"kettle":                     "",
		"smell rose":                 "",
		"":                           "",
	}
	for given, want := range cases {
		got, err := matchFlags{}.thing(given, there)
		if readAs(got) != want || (err == nil) != (want != "") || err != nil && !isUsage(err) {
			t.Errorf("%q: %q, %v; want %q", given, readAs(got), err, want)
		}
	}
	if got, err := (matchFlags{text: true}).thing("kettle.png", there); err != nil || readAs(got) != "text" {
		t.Errorf("as a text: %q, %v", readAs(got), err)
	}
	if got, err := (matchFlags{signalType: "pdq"}).thing(hex64, there); err != nil || readAs(got) != "pdq" {
		t.Errorf("as a type: %q, %v", readAs(got), err)
	}
}

// readAs says how a thing is looked up.
func readAs(t thing) string {
	if t.file {
		return "file"
	}
	var all []string
	for _, q := range t.queries {
		all = append(all, readQueryAs(q))
	}
	return strings.Join(all, " ")
}

func readQueryAs(q api.ScreenQuery) string {
	switch {
	case q.Text != "":
		return "text"
	case q.Address != "":
		return "address"
	}
	return q.Type
}

func FuzzThingNeverPanics(f *testing.F) {
	for _, seed := range []string{"pdq x", "https://a/", strings.Repeat("0", 64), "a[.]b",
		"T1" + strings.Repeat("0", 70)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		got, err := matchFlags{}.thing(given, func(string) bool { return false })
		if (err == nil) != (len(got.queries) > 0) {
			t.Errorf("%d queries of %q, and %v", len(got.queries), given, err)
		}
	})
}

func TestThresholdsAndTimesAreReadStrictly(t *testing.T) {
	t.Parallel()
	got, err := thresholds([]string{"text=40", "pdq=20"})
	if err != nil || len(got) != 2 || got[0].Type != "pdq" || got[1].Distance != 40 {
		t.Errorf("thresholds %+v, %v", got, err)
	}
	for _, bad := range []string{"pdq", "pdq=", "pdq=x", "pdq=1.5"} {
		if _, err := thresholds([]string{bad}); !isUsage(err) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for text, want := range map[string]string{"2027-01-01": "2027-01-01 00:00:00Z",
		"2027-01-01T02:00:00+02:00": "2027-01-01 00:00:00Z"} {
		if m, err := moment(text); err != nil || at(m) != want {
			t.Errorf("%q: %s, %v", text, at(m), err)
		}
	}
	if _, err := moment("tomorrow"); !isUsage(err) {
		t.Errorf("tomorrow: %v", err)
	}
	for name, want := range map[string]string{"a.CSV": "csv", "a.txt": "local_file", "a.json": "tat",
		"a.ndjson": "jsonl"} {
		if got, err := formatOf("", name); err != nil || got != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
