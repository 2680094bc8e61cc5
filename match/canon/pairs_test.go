// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon_test

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tocsin/match/canon"
)

var loadRules = sync.OnceValues(func() (*canon.Rules, error) {
	file, err := os.ReadFile("testdata/rules.json")
	if err != nil {
		return nil, err
	}
	return canon.ParseRules(canon.BuiltinRules(), file)
})

// exampleRules are the built-in rules with some for example hosts.
func exampleRules(t testing.TB) *canon.Rules {
	t.Helper()
	rules, err := loadRules()
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

type pair struct {
	line          int
	level         string
	first, second string
}

func pairs(t testing.TB) []pair {
	t.Helper()
	file, err := os.ReadFile("testdata/pairs.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []pair
	number := 0
	for line := range strings.Lines(string(file)) {
		number++
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, "\t")
		if len(columns) != 3 {
			t.Fatalf("line %d has %d columns", number, len(columns))
		}
		for i, text := range columns {
			if strings.HasPrefix(text, `"`) {
				if columns[i], err = strconv.Unquote(text); err != nil {
					t.Fatalf("line %d: %v", number, err)
				}
			}
		}
		all = append(all, pair{number, columns[0], columns[1], columns[2]})
	}
	return all
}

func TestPairsAreFoundOrNotAsTheyMust(t *testing.T) {
	t.Parallel()
	rules, all := exampleRules(t), pairs(t)
	counts := map[string]int{}
	for _, p := range all {
		counts[p.level]++
		first, err := rules.Canonicalise(p.first)
		if err != nil {
			t.Errorf("line %d: %q: %v", p.line, p.first, err)
			continue
		}
		second, err := rules.Canonicalise(p.second)
		if err != nil {
			t.Errorf("line %d: %q: %v", p.line, p.second, err)
			continue
		}
		set := canon.NewSet()
		set.Add(1, first)
		hits, _ := set.Lookup(second, 10)
		level := "differ"
		if len(hits) > 0 && hits[0].Level <= canon.MatchUnwrapped {
			level = hits[0].Level.String()
		}
		if level != p.level {
			t.Errorf("line %d: %q finds %q as %s, want %s (identities %q and %q)", p.line, p.second, p.first, level,
				p.level,
				second, first)
		}
		for _, hit := range hits {
			if err := rules.Replay(p.second, hit.Key); err != nil {
				t.Errorf("line %d: %v: %v", p.line, hit, err)
			}
		}
	}
	if len(all) < 400 {
		t.Errorf("only %d pairs", len(all))
	}
	t.Logf("%d pairs: %v", len(all), counts)
}
