// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tocsin/bench/prose"
	"tocsin/decode/literal"
)

// A list is replaced while others search: each search has the old list or the new one, whole.
func Example_replace() {
	var current atomic.Pointer[literal.Set]
	use := func(patterns ...string) {
		set, err := literal.CompileFolded(patterns) // aside, while the old one still answers
		if err != nil {
			fmt.Println(err) // and the old one stays
			return
		}
		current.Store(set)
	}
	search := func(text string) {
		current.Load().Find([]byte(text), func(_, start, end int) bool {
			fmt.Printf("%s at %d\n", text[start:end], start)
			return true
		})
	}
	use("kettle", "garden")
	search("Kettles in the garden")
	use("bridge", "")
	search("A garden bridge")
	use("bridge")
	search("A garden bridge")
	// Output:
	// Kettle at 0
	// garden at 15
	// compile pattern 1: pattern is empty
	// garden at 2
	// bridge at 9
}

func TestReplacedSetsAnswerWhole(t *testing.T) {
	t.Parallel()
	const lists = 20
	text := []byte(strings.Repeat("a garden, a bridge, a kettle; ", 50))
	words := []string{"garden", "bridge", "kettle"}
	listed := func(n int) *literal.Set { // each word n+1 times, so that the reports tell which list it was
		var patterns []string
		for range n + 1 {
			patterns = append(patterns, words...)
		}
		return compiled(t, patterns, false)
	}
	var current atomic.Pointer[literal.Set]
	current.Store(listed(0))
	var searching, ready sync.WaitGroup
	var over atomic.Bool
	for range 4 {
		ready.Add(1)
		searching.Go(func() {
			for first := true; first || !over.Load(); first = false {
				set := current.Load()
				reports := 0
				set.Find(text, func(int, int, int) bool { reports++; return true })
				if want := set.Len() * 50; reports != want {
					t.Errorf("%d reports of a list of %d, want %d", reports, set.Len(), want)
				}
				if first {
					ready.Done()
				}
			}
		})
	}
	ready.Wait()
	for n := range lists {
		current.Store(listed(n))
	}
	over.Store(true)
	searching.Wait()
}

// The digests are those of every architecture: a set is the same wherever it is compiled.
func TestASetIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about    string
		patterns []string
		want     string
	}{
		{"nothing", nil, "9823146997c3ad4ca094841e0d2e2313b13ca05331319affe1f4e7acaeb4be7a"},
		{"few", []string{"kettle", "Kettle", "garden bridge", "حديقة", "tea"},
			"1188df4bb0cee64f0be92fb4656e7a4b7df79924d339b8dde8a382bd364e0438"},
		{"many", append(prose.Strangers(3000), prose.Kin(3000)...),
			"66ee6b9a1bfc1196e6179dbeb9cfaa10c1cd4f1790af8be5576101ee812a4de2"},
	} {
		if got := compiled(t, c.patterns, true).Digest(); got != c.want {
			t.Errorf("%s: %s, want %s", c.about, got, c.want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("he\nshe\nhers", "ushers and shells", false)
	f.Add("aaaa\naaaaaaaab\nA", "aaaaaaaaaaaaaaaaAAAA", true)
	f.Add("حديقة\n\xff\n", "في حديقة \xff", true)
	f.Add("kettle on the stove\nstove\nt", "the kettle on the stove on the kettle on the sto", false)
	f.Fuzz(func(t *testing.T, list, text string, folded bool) {
		if len(list) > 400 || len(text) > 400 {
			return // the naive search is slow, and longer ones show nothing else
		}
		var patterns []string
		for p := range strings.SplitSeq(list, "\n") {
			if p != "" {
				patterns = append(patterns, p)
			}
		}
		set := compiled(t, patterns, folded)
		got, want := find(set, text), naive(patterns, text, folded)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if steps, looks := set.Work([]byte(text)); steps > 2*len(text) || looks > len(text)+1 {
			t.Errorf("%d steps and %d looks for %d bytes", steps, looks, len(text))
		}
	})
}
