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
	for _, language := range languages {
		read, all := trapped(t, language)
		if traps += all; read > 0 {
			t.Errorf("%s: %d of %d traps are read", language, read, all)
		}
	}
	if traps < 300 {
		t.Errorf("%d traps are too few", traps)
	}
}

// trapped counts the words that hold a word of the lexicon, and those in which it is read.
func trapped(t testing.TB, language string) (read, all int) {
	for _, row := range rowsOf(t, "testdata/traps.tsv") {
		if row[0] != language {
			continue
		}
		d := decoderOf(t, language, []string{row[1]})
		for trap := range strings.FieldsSeq(row[2]) {
			all++
			if anyRead(t, d, trap, append(frames[language], "%s", "#%s", "%s.", "(%s)")) {
				read++
			}
		}
	}
	return read, all
}

func anyRead(t testing.TB, d *decode.Decoder, word string, frames []string) (any bool) {
	for _, frame := range frames {
		text := fmt.Sprintf(frame, word)
		for _, r := range d.Read(text, decode.About{}).Decodes {
			t.Logf("%q is read as %q (%s)", text, r.Normalised, r.Tier)
			any = true
		}
	}
	return any
}

// TestFlagsSayWhenAWordIsQuotedReportedOrDenied reads every sentence, plain and disguised: a flag never takes a reading
// away, and nine in ten are right both ways.
func TestFlagsSayWhenAWordIsQuotedReportedOrDenied(t *testing.T) {
	t.Parallel()
	for _, language := range languages {
		if right, all := flagsRight(t, language, "flagged"); right < all || all == 0 {
			t.Errorf("%s: of %d sentences that quote, report or deny, %d are flagged", language, all, right)
		}
		if right, all := flagsRight(t, language, "plain"); 10*right < 9*all || all == 0 {
			t.Errorf("%s: of %d plain sentences %d are not flagged", language, all, right)
		}
	}
}

// flagsRight counts the sentences of a kind whose readings are flagged as they should be.
func flagsRight(t testing.TB, language, kind string) (right, all int) {
	words := wordsOf(t, language)[:8]
	d := decoderOf(t, language, words)
	for _, row := range rowsOf(t, "testdata/frames.tsv") {
		if row[0] != language || row[1] != kind {
			continue
		}
		for _, word := range words {
			for _, written := range []string{word, disguise.Classes[10].Write(word, luckOf(1)), strings.Join(strings.Split(word, ""), ".")} {
				text := fmt.Sprintf(row[2], written)
				read := d.Read(text, decode.About{}).Decodes
				if len(read) != 1 {
					t.Errorf("%q has %d readings", text, len(read))
					continue
				}
				all++
				if read[0].Context.Flagged() == (kind == "flagged") {
					right++
				} else if written == word {
					t.Logf("%s: %q: %+v", kind, text, read[0].Context)
				}
			}
		}
	}
	return right, all
}
