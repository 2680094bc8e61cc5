// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package winnow_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tocsin/match/winnow"
)

// changes are what people do to a text before they post it again, with the least share, in thousandths, that
// must be found of texts of 300 bytes and more.
var changes = []struct {
	name  string
	least int
	make  func(random *rand.Rand, script, text string) string
}{
	{"same", 1000, func(_ *rand.Rand, _, text string) string { return strings.ToUpper(text) }},
	{"append", 995, func(random *rand.Rand, script, text string) string {
		return text + " https://garden.example/" + word(random, script) + " #kettle"
	}},
	{"words-10%", 990, func(random *rand.Rand, script, text string) string {
		return edit(random, script, text, .1)
	}},
	{"words-25%", 0, func(random *rand.Rand, script, text string) string {
		return edit(random, script, text, .25)
	}},
	{"first-third-dropped", 0, func(_ *rand.Rand, _, text string) string {
		all := strings.Fields(text)
		return strings.Join(all[len(all)/3:], " ")
	}},
	{"embedded", 990, func(random *rand.Rand, script, text string) string {
		return prose(random, script, len(text)) + " " + text + " " + prose(random, script, len(text))
	}},
}

const knownTexts = 250 // in the index, of one script and size

func TestQualityIsWhatTheGoldenFileSays(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	fmt.Fprintf(&b, "thousandths of %d texts: found, of those as embedded; texts wrongly found\n", knownTexts)
	for _, size := range []int{130, 320, 1300} {
		for s, script := range scripts {
			random := rand.New(rand.NewPCG(uint64(size), uint64(s)))
			known := winnow.NewIndex(winnow.Public.Key())
			texts := make([]string, knownTexts)
			for id := range texts {
				texts[id] = prose(random, script, size)
				if err := known.Add(uint64(id), sum(texts[id])); err != nil {
					t.Fatal(err)
				}
			}
			for _, change := range changes {
				got := searchAll(t, known, texts, func(text string) string {
					return change.make(random, script, text)
				})
				line := fmt.Sprintf("%-5d %-20s %-9s %4d %4d %4d\n",
					size, change.name, script, got.found, got.embedded, got.wrong)
				b.WriteString(line)
				if size >= 300 && got.found < change.least {
					t.Errorf("%swant %d", line, change.least)
				}
			}
		}
	}
	pairs, wrong := randomPairs(t)
	fmt.Fprintf(&b, "random pairs %d, matched %d\n", pairs, wrong)
	if wrong*10000 > pairs {
		t.Errorf("%d of %d random pairs match, want at most 1 in 10,000", wrong, pairs)
	}
	golden(t, "quality.txt", b.String())
}

type quality struct{ found, embedded, wrong int }

// searchAll looks for every text, changed, among all.
func searchAll(t *testing.T, known *winnow.Index, texts []string, change func(string) string) (q quality) {
	t.Helper()
	for id, text := range texts {
		hits, err := known.Search(sum(change(text)))
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range hits {
			switch {
			case hit.ID != uint64(id):
				q.wrong++
			case hit.Embedded:
				q.embedded++
				fallthrough
			default:
				q.found++
			}
		}
	}
	q.found, q.embedded = q.found*1000/len(texts), q.embedded*1000/len(texts)
	return q
}

// randomPairs compares every two of some unrelated texts of one script.
func randomPairs(t *testing.T) (pairs, wrong int) {
	t.Helper()
	for s, script := range scripts {
		random := rand.New(rand.NewPCG(99, uint64(s)))
		var all []*winnow.Fingerprint
		for range 250 {
			all = append(all, sum(prose(random, script, 100+random.IntN(1500))))
		}
		for i, query := range all {
			prepared := winnow.NewQuery(query)
			for j, known := range all {
				c, err := prepared.Compare(known)
				switch {
				case err != nil:
					t.Fatal(err)
				case i == j:
				case c.Matches():
					wrong++
					fallthrough
				default:
					pairs++
				}
			}
		}
	}
	return pairs, wrong
}
