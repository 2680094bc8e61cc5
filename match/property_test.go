// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"tocsin/match"
	"tocsin/match/tlsh"
	"tocsin/match/winnow"
)

// variants make something near a signal as its sample wrote it; types that are missing have none.
var variants = map[string]func(*rand.Rand, string) string{
	"pdq": func(r *rand.Rand, text string) string { return flipped(r, text, 40) },
	"vpdq": func(r *rand.Rand, text string) string {
		frames := strings.Split(strings.Trim(text, "[]"), `","`)
		for i, f := range frames {
			hash, rest, _ := strings.Cut(strings.Trim(f, `"`), ",")
			frames[i] = fmt.Sprintf("%q", flipped(r, hash, 40)+","+rest)
		}
		return "[" + strings.Join(frames[r.IntN(2):], ",") + "]"
	},
	"text": edited,
}

func flipped(r *rand.Rand, text string, most int) string {
	b, _ := hex.DecodeString(text)
	for range r.IntN(most) {
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
	}
	return hex.EncodeToString(b)
}

// edited is a text with some words replaced.
func edited(r *rand.Rand, text string) string {
	fields := strings.Fields(text)
	for range r.IntN(len(fields) / 4) {
		fields[r.IntN(len(fields))] = pick(r)
	}
	return strings.Join(fields, " ")
}

// known is a signal with its id.
type known struct {
	id    match.ID
	value string
}

// TestSetEqualsBruteForce holds every answer against a comparison with every signal, while signals are added
// and removed: what stood there all the time is found, and nothing that is not near.
func TestSetEqualsBruteForce(t *testing.T) {
	t.Parallel()
	for _, typ := range match.Types() {
		t.Run(typ.Name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(11, 12))
			b := newBrute(t, typ, r)
			stop := make(chan struct{})
			var group sync.WaitGroup
			for share := range 2 {
				group.Go(func() { b.churn(share, stop) })
			}
			for range 25 {
				q := b.query(r)
				b.compare(q, b.constant, append(b.constant[:len(b.constant):len(b.constant)], b.changing...))
			}
			close(stop)
			group.Wait()
			b.rest()
			for range 25 {
				q := b.query(r)
				b.compare(q, b.constant, b.constant)
			}
		})
	}
}

// brute is a set with what must and may be in it.
type brute struct {
	t        *testing.T
	typ      match.Type
	set      *match.Set
	raw      []string
	constant []known
	changing []known
}

func newBrute(t *testing.T, typ match.Type, r *rand.Rand) *brute {
	b := &brute{t: t, typ: typ, set: match.NewSet(match.Options{})}
	n := 60
	if typ.Exact {
		n = 300
	}
	for i := range match.ID(n) {
		raw := samples[typ.Name](r)
		if vary := variants[typ.Name]; vary != nil && i > 0 && r.IntN(2) == 0 {
			raw = vary(r, b.raw[r.IntN(len(b.raw))])
		}
		b.raw = append(b.raw, raw)
		value, err := typ.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		switch r.IntN(3) {
		case 0:
			b.changing = append(b.changing, known{i, value})
		case 1: // one value under two ids, one of which comes and goes
			b.changing = append(b.changing, known{i + 1e6, value})
			fallthrough
		default:
			b.constant = append(b.constant, known{i, value})
			if err := b.set.Add(i, typ.Name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b
}

// churn adds and removes every second of the changing signals.
func (b *brute) churn(share int, stop chan struct{}) {
	const enough = 800 // for the time that a race detector takes
	for i := share; i < enough; i += 2 {
		select {
		case <-stop:
			return
		default:
		}
		k := b.changing[i%len(b.changing)]
		if err := b.set.Add(k.id, b.typ.Name, k.value); err != nil {
			b.t.Error(err)
		}
		if i%16 == 0 {
			b.set.Hide(k.id, k.id)
			b.set.Reclaim()
		} else if err := b.set.Remove(k.id, b.typ.Name, k.value); err != nil {
			b.t.Error(err)
		}
	}
}

// rest removes all changing signals.
func (b *brute) rest() {
	for _, k := range b.changing {
		if err := b.set.Remove(k.id, b.typ.Name, k.value); err != nil {
			b.t.Error(err)
		}
	}
}

func (b *brute) query(r *rand.Rand) string {
	raw := b.raw[r.IntN(len(b.raw))]
	if vary := variants[b.typ.Name]; vary != nil {
		return vary(r, raw)
	}
	return raw
}

// compare wants all of must that are near the query, and nothing but what may be there, each at its distance.
func (b *brute) compare(raw string, must, may []known) {
	b.t.Helper()
	answer, err := b.set.Search(match.Query{Type: b.typ.Name, Value: raw, Radius: -1})
	if err != nil || answer.More {
		b.t.Fatal(err, answer.More)
	}
	canonical, err := b.typ.Parse(raw)
	if err != nil {
		b.t.Fatal(err)
	}
	near := func(all []known) map[known]int {
		b.t.Helper()
		found := map[known]int{}
		for _, k := range all {
			d, err := 1, error(nil)
			if !b.typ.Exact {
				d, err = b.typ.Distance(k.value, canonical)
			} else if k.value == canonical {
				d = 0
			}
			if err != nil {
				b.t.Fatal(err)
			}
			if d <= b.typ.Default {
				found[k] = d
			}
		}
		return found
	}
	got := map[known]int{}
	for _, h := range answer.Hits {
		if h.Why.Level == "" || h.Why.Level == "exact" || h.Why.Level == "identity" || h.Value == canonical {
			got[known{h.ID, h.Value}] = h.Distance
		}
	}
	for k, d := range near(must) {
		if b.typ.Name == "text" && !contains(b.t, k.value, canonical) {
			continue // resemblance alone is found most of the time only
		}
		if at, ok := got[k]; !ok || at != d {
			b.t.Errorf("id %d at distance %d: found %v, at %d", k.id, d, ok, at)
		}
	}
	allowed := near(may)
	maps.DeleteFunc(got, func(k known, d int) bool {
		at, ok := allowed[k]
		return ok && at == d
	})
	if len(got) > 0 {
		b.t.Errorf("hits that are none: %v", got)
	}
}

// contains says whether a text has enough of a known one word by word.
func contains(t *testing.T, known, query string) bool {
	t.Helper()
	k, err := winnow.Parse(known)
	if err != nil {
		t.Fatal(err)
	}
	q, err := winnow.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	c, err := winnow.Compare(&k, &q)
	if err != nil {
		t.Fatal(err)
	}
	return c.Shared >= winnow.MinShared && c.Containment >= winnow.MatchContainment
}

func TestDigestsOfEditedTextsAreFoundAtEveryDistance(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	s := match.NewSet(match.Options{})
	var all []tlsh.Hash
	text := prose(r) + prose(r) + prose(r)
	for i := range 400 {
		if i%20 == 0 {
			text = prose(r) + prose(r) + prose(r)
		}
		h, err := tlsh.Sum([]byte(edited(r, text)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h)
		if err := s.Add(match.ID(i), "text_tlsh", h.String()); err != nil {
			t.Fatal(err)
		}
	}
	hits := 0
	for i, h := range all {
		radius := i % 151
		a, err := s.Search(match.Query{Type: "text_tlsh", Value: h.String(), Radius: radius})
		if err != nil {
			t.Fatal(err)
		}
		var want []match.ID
		for j, other := range all {
			if tlsh.DistanceWithoutLength(h, other) <= radius {
				want = append(want, match.ID(j))
			}
		}
		var got []match.ID
		for _, hit := range a.Hits {
			got = append(got, hit.ID)
		}
		slices.Sort(got)
		if hits += len(got); !slices.Equal(got, want) {
			t.Fatalf("radius %d: found %v, want %v", radius, got, want)
		}
	}
	if hits < 2*len(all) {
		t.Errorf("%d hits only: the test tests nothing", hits)
	}
}
