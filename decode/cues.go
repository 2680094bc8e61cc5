// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	_ "embed"
	"strings"
)

//go:embed cues.tsv
var cueText string

// cues are phrases that flag a reading's context, folded, a space before and after each, by their first word.
type cues map[string][]string

// cuesOf are the cues of each flag.
var cuesOf = readCues(cueText)

const (
	flagAttribution = "attribution"
	flagNegation    = "negation"
	flagCounter     = "counter"
)

// readCues reads rows of a flag, a language, and phrases set apart by commas.
func readCues(text string) map[string]cues {
	all := map[string]cues{flagAttribution: {}, flagNegation: {}, flagCounter: {}}
	for line := range strings.Lines(text) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		for phrase := range strings.SplitSeq(columns[2], ",") {
			folded := lettersOf(phrase)
			first, _, _ := strings.Cut(folded[1:], " ")
			all[columns[0]][first] = append(all[columns[0]][first], folded)
		}
	}
	return all
}

// in is the first cue that stands in folded text; "" when none does.
func (c cues) in(folded string) string {
	for at := 0; at+1 < len(folded); {
		word, _, _ := strings.Cut(folded[at+1:], " ")
		for _, phrase := range c[word] {
			if strings.HasPrefix(folded[at:], phrase) {
				return phrase[1 : len(phrase)-1]
			}
		}
		at += 1 + len(word)
	}
	return ""
}
