// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"tocsin/match"
	"tocsin/match/syntax"
)

// FuzzSet adds and asks for anything as any type: what Parse takes is found under its id, and what it refuses
// is refused everywhere, with a reason.
func FuzzSet(f *testing.F) {
	types := match.Types()
	r := rand.New(rand.NewPCG(71, 72))
	for i, typ := range types {
		f.Add(uint8(i), samples[typ.Name](r))
		f.Add(uint8(i), "")
	}
	f.Fuzz(func(t *testing.T, which uint8, raw string) {
		typ := types[int(which)%len(types)]
		s := match.NewSet(match.Options{})
		value, err := typ.Parse(raw)
		if err != nil {
			if e, ok := errors.AsType[*syntax.Error](err); !ok || e.Type != typ.Name || e.Reason == "" {
				t.Fatalf("%s: refused by %v", typ.Name, err)
			}
			return
		}
		if again, err := typ.Parse(value); err != nil || again != value {
			t.Fatalf("%s: the canonical form has another: %v", typ.Name, err)
		}
		if err := s.Add(1, typ.Name, value); err != nil {
			if e, ok := errors.AsType[*syntax.Error](err); !ok || e.Reason != "key" {
				t.Fatalf("%s: %v", typ.Name, err)
			}
			return
		}
		a, err := s.Search(match.Query{Type: typ.Name, Value: raw, Radius: -1})
		if err != nil || len(a.Hits) != 1 || a.Hits[0].Value != value || a.Hits[0].Distance != 0 {
			t.Fatalf("%s: hits %+v, %v", typ.Name, a.Hits, err)
		}
		if err := s.Remove(1, typ.Name, value); err != nil {
			t.Fatal(err)
		}
		if a, err = s.Search(match.Query{Type: typ.Name, Value: raw, Radius: -1}); err != nil || len(a.Hits) > 0 {
			t.Fatalf("%s: after removal: %+v, %v", typ.Name, a.Hits, err)
		}
	})
}
