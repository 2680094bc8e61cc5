// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/canon"
)

func address(t testing.TB, text string) canon.URL {
	t.Helper()
	u, err := exampleRules(t).Canonicalise(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func domain(t testing.TB, text string) canon.Domain {
	t.Helper()
	d, err := canon.ParseDomain(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestHitsComeStrongestFirst(t *testing.T) {
	t.Parallel()
	set := canon.NewSet()
	set.AddDomain(1, domain(t, "example.org"))
	set.AddDomain(2, domain(t, "film.example.org"))
	set.Add(3, address(t, "https://film.example.org/"))
	set.Add(4, address(t, "https://film.example.org/embed/"))
	set.Add(5, address(t, "https://film.example.org/embed/Ab3xY9k"))
	set.Add(6, address(t, "http://film.example.org/embed/Ab3xY9k"))
	set.Add(7, address(t, "https://f.example/Ab3xY9k"))
	set.Add(8, address(t, "https://keep.example/web/1/https://film.example.org/embed/Ab3xY9k"))
	set.Add(9, address(t, "https://film.example.org/embed/Ab3xY9K"))
	set.AddDomain(10, domain(t, "other.example"))
	hits, more := set.Lookup(address(t, "https://film.example.org/embed/Ab3xY9k"), 100)
	var got []string
	for _, hit := range hits {
		got = append(got, fmt.Sprintf("%d %s %s %t", hit.ID, hit.Level, hit.Key.Value, hit.Level.Context()))
	}
	want := []string{
		"5 resource film:Ab3xY9k false", "6 resource film:Ab3xY9k false", "7 resource film:Ab3xY9k false",
		"8 unwrapped film:Ab3xY9k false", "4 path-prefix film.example.org/embed/ false",
		"2 host film.example.org true", "3 host film.example.org/ true", "1 domain example.org true",
	}
	if diff := cmp.Diff(want, got); diff != "" || more {
		t.Error(more, diff)
	}
}

func TestHostAndDomainAreContextOnly(t *testing.T) {
	t.Parallel()
	set := canon.NewSet()
	set.AddDomain(1, domain(t, "garden.example.org"))
	for text, want := range map[string]string{
		"https://garden.example.org/":          "host",
		"https://garden.example.org./a":        "host",
		"http://a.b.garden.example.org/x?y":    "domain",
		"https://example.org/":                 "",
		"https://notgarden.example.org/":       "",
		"https://garden.example.org.example/a": "",
	} {
		hits, _ := set.Lookup(address(t, text), 10)
		switch {
		case want == "" && len(hits) != 0, want != "" && (len(hits) != 1 || hits[0].Level.String() != want):
			t.Errorf("%s: got %v, want %q", text, hits, want)
		case want != "" && !hits[0].Level.Context():
			t.Errorf("%s: not context", text)
		}
	}
}

func TestCutIsNeverSilent(t *testing.T) {
	t.Parallel()
	set := canon.NewSet()
	u := address(t, "https://example.org/a")
	for id := range uint64(20) {
		set.Add(id, u)
	}
	if hits, more := set.Lookup(u, 20); len(hits) != 20 || more {
		t.Errorf("20 of 20: got %d, more %t", len(hits), more)
	}
	if hits, more := set.Lookup(u, 19); len(hits) != 19 || !more {
		t.Errorf("19 of 20: got %d, more %t", len(hits), more)
	}
}

// TestSetIsWhatAMapWouldBe compares the set with the plainest model under additions and removals.
func TestSetIsWhatAMapWouldBe(t *testing.T) {
	t.Parallel()
	var urls []canon.URL
	for i := range 40 {
		urls = append(urls, address(t, fmt.Sprintf("https://example.org/%d", i)))
	}
	rapid.Check(t, func(t *rapid.T) {
		type known struct {
			id uint64
			at int
		}
		set, model := canon.NewSet(), map[known]int{}
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			k := known{rapid.Uint64Range(0, 3).Draw(t, "id"), rapid.IntRange(0, len(urls)-1).Draw(t, "url")}
			if rapid.Bool().Draw(t, "add") {
				set.Add(k.id, urls[k.at])
				model[k]++
			} else {
				if removed := set.Remove(k.id, urls[k.at]); removed != (model[k] > 0) {
					t.Fatalf("removal of %v: got %t with %d known", k, removed, model[k])
				}
				model[k] = max(0, model[k]-1)
			}
			hits, _ := set.Lookup(urls[k.at], 1000)
			for id := range uint64(4) {
				found := false
				for _, hit := range hits {
					found = found || hit.ID == id && hit.Level == canon.MatchExact
				}
				if found != (model[known{id, k.at}] > 0) {
					t.Fatalf("id %d at %d: found %t", id, k.at, found)
				}
			}
		}
		total := 0
		for _, n := range model {
			total += n
		}
		if set.Keys() != total {
			t.Fatalf("%d keys, want %d", set.Keys(), total)
		}
	})
}

func TestReadersAndWritersPassEachOther(t *testing.T) {
	t.Parallel()
	set := canon.NewSet()
	stays := address(t, "https://example.org/stays")
	set.Add(1, stays)
	var group sync.WaitGroup
	for worker := range uint64(4) {
		group.Go(func() {
			for i := range uint64(500) {
				u := address(t, fmt.Sprintf("https://example.org/%d/%d", worker, i))
				set.Add(worker<<32|i, u)
				if hits, _ := set.Lookup(u, 10); len(hits) != 1 || hits[0].ID != worker<<32|i {
					t.Errorf("an addition is not visible: %v", hits)
				}
				if i%2 == 0 && !set.Remove(worker<<32|i, u) {
					t.Error("an addition cannot be removed")
				}
				if hits, _ := set.Lookup(stays, 10); len(hits) != 1 {
					t.Error("what stays was lost")
				}
			}
		})
	}
	group.Wait()
	if set.Keys() != 1+4*250 {
		t.Errorf("got %d keys", set.Keys())
	}
}

// TestAddressesTakeFortyBytes counts what the set has taken, by its own account. A quarter of a million does
// as a million does, which the benchmark reports: the tables double.
func TestAddressesTakeFortyBytes(t *testing.T) {
	t.Parallel()
	const count = 250_000
	set := filled(t, count)
	if got := set.Bytes(); got > 40*count || set.Keys() != count {
		t.Errorf("%d keys take %d bytes, at most 40 each", set.Keys(), got)
	}
}

func filled(t testing.TB, count int) *canon.Set {
	t.Helper()
	set, rules := canon.NewSet(), canon.Default()
	for i := range count {
		u, err := rules.Canonicalise(fmt.Sprintf("https://www.example-%d.org/rose/%d?id=%d", i%5000, i, i))
		if err != nil {
			t.Fatal(err)
		}
		set.Add(uint64(i), u)
	}
	return set
}

func BenchmarkSet(b *testing.B) {
	set := filled(b, 1_000_000)
	var known, unknown []canon.URL
	for i := range 4096 {
		known = append(known, address(b, fmt.Sprintf("https://www.example-%d.org/rose/%d?id=%d", i*199%5000,
			i*199, i*199)))
		unknown = append(unknown, address(b, fmt.Sprintf("https://www.example-%d.org/tulip/%d?id=%d", i%5000, i,
			i)))
	}
	b.Run("unknown", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			set.Lookup(unknown[i%len(unknown)], 10)
		}
		b.ReportMetric(float64(set.Bytes())/1e6, "MB")
	})
	b.Run("known with trace", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			set.Lookup(known[i%len(known)], 10)
		}
	})
	b.Run("add and remove", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			set.Add(1, unknown[i%len(unknown)])
			set.Remove(1, unknown[i%len(unknown)])
		}
	})
}
