// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin/match/pdq"
	"tocsin/match/vpdq"
)

// frames makes a video of hashes that differ from the zero hash in the bits given.
func frames(quality int, bits ...[]int) (v vpdq.Video) {
	for i, set := range bits {
		f := vpdq.Feature{Quality: quality, Frame: i, At: time.Duration(i) * time.Second}
		for _, k := range set {
			f.Hash[k/8] |= 1 << (k % 8)
		}
		v = append(v, f)
	}
	return v
}

func span(from, n int) (bits []int) {
	for k := range n {
		bits = append(bits, from+k)
	}
	return bits
}

func TestFramesAtTheDistanceItselfMatch(t *testing.T) {
	t.Parallel()
	stored := frames(100, span(0, 100))
	for distance, want := range map[int]bool{0: true, 30: true, 31: true, 32: false} {
		c := vpdq.Compare(frames(100, span(0, 100+distance)), stored, vpdq.Defaults())
		if c.Match != want || c.Query.Matched == 1 != want {
			t.Errorf("distance %d: %+v", distance, c)
		}
		if want && (len(c.Frames) != 1 || c.Frames[0].Distance != distance) {
			t.Errorf("distance %d explained by %+v", distance, c.Frames)
		}
	}
}

func TestBothPercentagesDecide(t *testing.T) {
	t.Parallel()
	a, b, other := span(0, 60), span(60, 60), span(120, 60)
	query, stored := frames(100, a, b), frames(100, a, other, span(180, 60), span(0, 120))
	c := vpdq.Compare(query, stored, vpdq.Defaults())
	if c.Query != (vpdq.Side{Matched: 1, Kept: 2}) || c.Stored != (vpdq.Side{Matched: 1, Kept: 4}) || c.Match {
		t.Errorf("%+v", c)
	}
	if c.Query.Percent() != 50 || c.Stored.Percent() != 25 {
		t.Errorf("%v %% and %v %%", c.Query.Percent(), c.Stored.Percent())
	}
	for _, o := range []struct {
		query, stored float64
		match         bool
	}{{50, 25, true}, {50.1, 25, false}, {50, 25.1, false}, {0, 0, true}} {
		options := vpdq.Options{Distance: 31, MinQuality: 50, QueryPercent: o.query, StoredPercent: o.stored}
		if got := vpdq.Compare(query, stored, options).Match; got != o.match {
			t.Errorf("at least %v %% and %v %%: %v", o.query, o.stored, got)
		}
	}
}

func TestNothingLeftIsNoMatchWhateverIsAsked(t *testing.T) {
	t.Parallel()
	good, bad := frames(50, span(0, 60)), frames(49, span(0, 60))
	all := vpdq.Options{Distance: pdq.MatchDistance, MinQuality: 50}
	for name, c := range map[string]vpdq.Comparison{
		"query":  vpdq.Compare(bad, good, all),
		"stored": vpdq.Compare(good, bad, all),
		"both":   vpdq.Compare(bad, bad, all),
		"empty":  vpdq.Compare(nil, nil, all),
		"apart":  vpdq.Compare(good, frames(50, span(60, 60)), all),
	} {
		if c.Match || c.Query.Percent() != 0 || c.Stored.Percent() != 0 || c.Frames != nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestMatchIsExplainedByTheNearestStoredFrame(t *testing.T) {
	t.Parallel()
	query := frames(100, span(0, 60), span(120, 60))
	stored := frames(100, span(0, 70), span(0, 62), span(1, 60), span(119, 60))
	c := vpdq.Compare(query, stored, vpdq.Defaults())
	if len(c.Frames) != 2 || c.Stored.Matched != 4 || !c.Match {
		t.Fatalf("%+v", c)
	}
	if f := c.Frames[0]; f.Query.At != 0 || f.Stored.At != time.Second || f.Distance != 2 {
		t.Errorf("of two equally near the later: %+v", f)
	}
	if f := c.Frames[1]; f.Query.Frame != 1 || f.Stored.Frame != 3 || f.Distance != 2 {
		t.Errorf("%+v", f)
	}
}

// The definition, with sets, to hold Compare against.
func TestCompareGivesWhatTheDefinitionSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		query, stored := drawVideo(t, "query", 7), drawVideo(t, "stored", 7)
		if rapid.Bool().Draw(t, "related") {
			stored = append(stored, query[:rapid.IntRange(0, len(query)).Draw(t, "part")]...)
		}
		o := vpdq.Options{
			Distance: rapid.IntRange(0, 60).Draw(t, "distance"), MinQuality: 50,
			QueryPercent:  float64(rapid.IntRange(0, 100).Draw(t, "query percent")),
			StoredPercent: float64(rapid.IntRange(0, 100).Draw(t, "stored percent")),
		}
		side := func(a, b vpdq.Video) (s vpdq.Side) {
			seen := map[pdq.Hash]bool{}
			for _, f := range a {
				if f.Quality < o.MinQuality || seen[f.Hash] {
					continue
				}
				seen[f.Hash] = true
				s.Kept++
				for _, g := range b {
					if g.Quality >= o.MinQuality && pdq.Distance(f.Hash, g.Hash) <= o.Distance {
						s.Matched++
						break
					}
				}
			}
			return s
		}
		q, s := side(query, stored), side(stored, query)
		c := vpdq.Compare(query, stored, o)
		if c.Query != q || c.Stored != s || c.Match != o.Matches(q, s) || len(c.Frames) != q.Matched {
			t.Fatalf("%+v, want %v and %v", c, q, s)
		}
		back := vpdq.Compare(stored, query, o)
		if back.Query != s || back.Stored != q {
			t.Fatalf("the other way round %+v", back)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	v := manyFrames(600)
	for b.Loop() {
		vpdq.Compare(v, v, vpdq.Defaults())
	}
}
