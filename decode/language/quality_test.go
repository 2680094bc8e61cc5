// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package language_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"tocsin/decode/language"
)

var update = flag.Bool("update", false, "write testdata/quality.txt")

// sample is a text and its language; "?" behind the language says that it is none of ours.
type sample struct{ language, text string }

// sets are the texts that nothing was counted from: of a source apart, and written for this test.
var sets = []struct{ name, file string }{
	{"declaration", "testdata/heldout.txt"},
	{"own", "testdata/own.txt"},
}

func samples(t testing.TB, file string) (list []sample) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		language, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		list = append(list, sample{language, text})
	}
	return list
}

// tally counts the guesses about some texts.
type tally struct{ texts, right, abstained int }

func (c *tally) add(right, abstained bool) {
	c.texts++
	switch {
	case abstained:
		c.abstained++
	case right:
		c.right++
	}
}

func share(part, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(part)*100/float64(of))
}

// line gives the share of all texts that were named rightly, of those that a language was named for, and the
// share of abstentions.
func (c *tally) line() string {
	return fmt.Sprintf("%6d %8s %8s %8s", c.texts, share(c.right, c.texts), share(c.right, c.texts-c.abstained),
		share(c.abstained, c.texts))
}

// TestQuality measures the guesses and compares with the figures of testdata/quality.txt; -update writes them.
func TestQuality(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString("# Guesses of texts that nothing was counted from, in percent. Written by\n" +
		"# go test ./decode/language -run Quality -update\n")
	for _, set := range sets {
		writeSet(&page, set.name, samples(t, set.file))
	}
	const golden = "testdata/quality.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(page.String(), "\n")); diff != "" {
		t.Errorf("the quality is another (-update writes it down):\n%s", diff)
	}
}

func writeSet(page *strings.Builder, name string, list []sample) {
	long, short, strangers := map[string]*tally{"all": {}}, map[string]*tally{"all": {}}, map[string]*tally{"all": {}}
	taken := map[string]int{}
	for _, s := range list {
		guess := language.Detect(s.text)
		tallies, want := short, s.language
		if utf8.RuneCountInString(s.text) >= 60 {
			tallies = long
		}
		if stranger, is := strings.CutSuffix(s.language, "?"); is {
			tallies, want = strangers, stranger
		}
		if tallies[want] == nil {
			tallies[want] = &tally{}
		}
		for _, c := range []*tally{tallies["all"], tallies[want]} {
			c.add(guess.Language == want, guess.Language == language.Unknown)
		}
		if guess.Language != want && guess.Language != language.Unknown {
			taken[want+" for "+guess.Language]++
		}
	}
	fmt.Fprintf(page, "\n%s: 60 characters and more\n%5s %6s %8s %8s %8s\n", name, "", "texts", "right", "of named", "abstains")
	writeTallies(page, long)
	fmt.Fprintf(page, "\n%s: 15 to 59 characters\n%5s %6s %8s %8s %8s\n", name, "", "texts", "right", "of named", "abstains")
	writeTallies(page, short)
	if strangers["all"].texts > 0 {
		fmt.Fprintf(page, "\n%s: languages that are not known, which should be abstained from\n%5s %6s %8s\n", name, "", "texts", "abstains")
		for _, key := range slices.Sorted(maps.Keys(strangers)) {
			fmt.Fprintf(page, "%5s %6d %8s\n", key, strangers[key].texts, share(strangers[key].abstained, strangers[key].texts))
		}
	}
	fmt.Fprintf(page, "\n%s: taken for another\n", name)
	pairs := slices.SortedFunc(maps.Keys(taken), func(a, b string) int {
		return cmp.Or(cmp.Compare(taken[b], taken[a]), cmp.Compare(a, b))
	})
	for _, pair := range pairs {
		fmt.Fprintf(page, "%4d %s\n", taken[pair], pair)
	}
}

func writeTallies(page *strings.Builder, tallies map[string]*tally) {
	for _, key := range slices.Sorted(maps.Keys(tallies)) {
		fmt.Fprintf(page, "%5s %s\n", key, tallies[key].line())
	}
}

// TestQualityHoldsItsGoals fails when a change of the model or of the rules loses what was promised.
func TestQualityHoldsItsGoals(t *testing.T) {
	t.Parallel()
	for _, set := range sets {
		var long, short tally
		for _, s := range samples(t, set.file) {
			if strings.HasSuffix(s.language, "?") {
				continue
			}
			guess := language.Detect(s.text)
			c := &short
			if utf8.RuneCountInString(s.text) >= 60 {
				c = &long
			}
			c.add(guess.Language == s.language, guess.Language == language.Unknown)
		}
		for _, goal := range []struct {
			about string
			tally
			right int
		}{{"60 characters and more", long, 95}, {"15 to 59 characters", short, 85}} {
			if goal.texts == 0 || goal.tally.right*100 < goal.right*goal.texts || goal.abstained*100 > 10*goal.texts {
				t.Errorf("%s, %s: %s", set.name, goal.about, goal.line())
			}
		}
	}
}
