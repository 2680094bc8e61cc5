// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tocsin/decode"
	"tocsin/decode/disguise"
)

// rowsOf reads a file of rows with columns; what begins with # is left out.
func rowsOf(t testing.TB, file string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		}
	}
	return rows
}

// TestWordInsideAWordIsNotRead goes through words that hold a word of the lexicon.
func TestWordInsideAWordIsNotRead(t *testing.T) {
	t.Parallel()
	traps := 0
	for _, row := range rowsOf(t, "testdata/traps.tsv") {
		language, word := row[0], row[1]
		d := decoderOf(t, language, []string{word})
		for trap := range strings.FieldsSeq(row[2]) {
			traps++
			for _, frame := range append(frames[language], "%s", "#%s", "%s.", "(%s)") {
				text := fmt.Sprintf(frame, trap)
				for _, r := range d.Read(text, decode.About{}).Decodes {
					t.Errorf("%s: %q is read as %q (%s)", language, text, r.Normalised, r.Tier)
				}
			}
		}
	}
	if traps < 300 {
		t.Errorf("%d traps are too few", traps)
	}
}

// TestFlagsSayWhenAWordIsQuotedReportedOrDenied reads every sentence, plain and disguised: a flag never takes a reading
// away, and nine in ten are right both ways.
func TestFlagsSayWhenAWordIsQuotedReportedOrDenied(t *testing.T) {
	t.Parallel()
	right, all := map[string]int{}, map[string]int{}
	for _, row := range rowsOf(t, "testdata/frames.tsv") {
		language, kind, frame := row[0], row[1], row[2]
		words := wordsOf(t, language)[:8]
		d := decoderOf(t, language, words)
		for _, word := range words {
			for _, written := range []string{word, disguise.Classes[10].Write(word, luckOf(1)), strings.Join(strings.Split(word, ""), ".")} {
				text := fmt.Sprintf(frame, written)
				read := d.Read(text, decode.About{}).Decodes
				if len(read) != 1 {
					t.Errorf("%q has %d readings", text, len(read))
					continue
				}
				all[kind]++
				if read[0].Context.Flagged() == (kind == "flagged") {
					right[kind]++
				} else if written == word {
					t.Logf("%s: %q: %+v", kind, text, read[0].Context)
				}
			}
		}
	}
	if right["flagged"] < all["flagged"] {
		t.Errorf("of %d sentences that quote, report or deny, %d are flagged", all["flagged"], right["flagged"])
	}
	if 10*right["plain"] < 9*all["plain"] {
		t.Errorf("of %d plain sentences %d are not flagged", all["plain"], right["plain"])
	}
}
