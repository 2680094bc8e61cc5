// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"tocsin/match"
	"tocsin/match/syntax"
)

func TestAddIsFoundAndRemovalForgets(t *testing.T) {
	t.Parallel()
	for _, typ := range match.Types() {
		t.Run(typ.Name, func(t *testing.T) {
			t.Parallel()
			s := match.NewSet(match.Options{})
			sample := samples[typ.Name]
			if sample == nil {
				t.Fatalf("no sample of the type %s", typ.Name)
			}
			r := rand.New(rand.NewPCG(1, 2))
			raw := sample(r)
			value, err := typ.Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []match.ID{7, 8} {
				if err := s.Add(id, typ.Name, value); err != nil {
					t.Fatal(err)
				}
				if err := s.Add(id, typ.Name, value); err != nil {
					t.Fatal("twice:", err)
				}
			}
			want(t, s, match.Query{Type: typ.Name, Value: raw, Radius: -1}, value, 7, 8)
			if ids, err := s.Find(typ.Name, value); err != nil || fmt.Sprint(ids) != "[7 8]" {
				t.Errorf("Find: %v, %v", ids, err)
			}
			if err := s.Remove(7, typ.Name, value); err != nil {
				t.Fatal(err)
			}
			want(t, s, match.Query{Type: typ.Name, Value: raw, Radius: -1}, value, 8)
			s.Hide(8, 8)
			want(t, s, match.Query{Type: typ.Name, Value: raw, Radius: -1}, value)
			s.Reclaim()
			want(t, s, match.Query{Type: typ.Name, Value: raw, Radius: -1}, value)
			if err := s.Add(8, typ.Name, value); err != nil {
				t.Fatal(err)
			}
			want(t, s, match.Query{Type: typ.Name, Value: raw, Radius: -1}, value, 8)
		})
	}
}

func want(t *testing.T, s *match.Set, q match.Query, value string, ids ...match.ID) {
	t.Helper()
	a, err := s.Search(q)
	if err != nil {
		t.Fatal(err)
	}
	var got []match.ID
	for _, h := range a.Hits {
		got = append(got, h.ID)
		if h.Value != value || h.Distance != 0 || h.Type != q.Type {
			t.Errorf("hit %+v, want the value as added, at distance 0", h)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(ids) {
		t.Errorf("ids %v, want %v", got, ids)
	}
}

func TestParseIsIdempotentAndItsErrorsSayWhy(t *testing.T) {
	t.Parallel()
	for _, typ := range match.Types() {
		r := rand.New(rand.NewPCG(3, 4))
		for range 20 {
			value, err := typ.Parse(samples[typ.Name](r))
			if err != nil {
				t.Fatal(typ.Name, err)
			}
			if again, err := typ.Parse(value); err != nil || again != value {
				t.Errorf("%s: Parse of a canonical value gives another: %v", typ.Name, err)
			}
			if d, err := typ.Distance(value, value); err != nil || d != 0 {
				t.Errorf("%s: a value is %d from itself, %v", typ.Name, d, err)
			}
		}
		s := match.NewSet(match.Options{})
		for _, bad := range []string{"", "\x00"} {
			if typ.Name == "text" && bad != "" {
				continue // any text is one
			}
			_, err := s.Search(match.Query{Type: typ.Name, Value: bad, Radius: -1})
			if e, ok := errors.AsType[*syntax.Error](err); !ok || e.Type != typ.Name || e.Reason == "" {
				t.Errorf("%s: searching for %q gives %v", typ.Name, bad, err)
			}
		}
	}
}

func TestUnknownTypeAndUnservedRadiusAreRefused(t *testing.T) {
	t.Parallel()
	s := match.NewSet(match.Options{})
	if _, err := s.Search(match.Query{Type: "kettle", Value: "x"}); !errors.Is(err, match.ErrNoType) {
		t.Error(err)
	}
	if err := s.Add(1, "kettle", "x"); !errors.Is(err, match.ErrNoType) {
		t.Error(err)
	}
	q := match.Query{Type: "pdq", Value: samples["pdq"](rand.New(rand.NewPCG(1, 1))), Radius: 200}
	if _, err := s.Search(q); err == nil {
		t.Error("a radius beyond the largest was served")
	}
}
