// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq

import "tocsin/match/pdq"

// Options are what a match is.
type Options struct {
	Distance      int     // frames match at this distance or less
	MinQuality    int     // frames of lower quality are left out
	QueryPercent  float64 // of the query's frames, so many must match
	StoredPercent float64 // of the stored video's frames, so many must match
}

// Defaults are the options that peers use: most of the query must be found, however little of the stored
// video that is. So a clip matches the video it was cut from, and a compilation does not match each of
// its sources.
func Defaults() Options {
	return Options{Distance: pdq.MatchDistance, MinQuality: pdq.MinQuality, QueryPercent: 80}
}

// Side counts the frames of one of two videos.
type Side struct {
	Matched int // those with a frame of the other near them
	Kept    int // those that count, see Video.Kept
}

// Percent is how much of this side matched, 0 to 100; 0 where nothing counts.
func (s Side) Percent() float64 {
	if s.Kept == 0 {
		return 0
	}
	return 100 * float64(s.Matched) / float64(s.Kept)
}

// FrameMatch is a frame of the query and the frame of the stored video nearest to it, the earliest of
// them where several are.
type FrameMatch struct {
	Query, Stored Feature
	Distance      int
}

// Comparison is what comparing two videos came to, and why: both counts, whichever decided, and the
// frames.
type Comparison struct {
	Match         bool
	Query, Stored Side
	Frames        []FrameMatch // one for each frame of the query that matched, in the order of the query
}

// Matches decides from the two sides, for whoever counted them with an index. Where no frame matched, or
// none counts, there is no match whatever the options say.
func (o Options) Matches(query, stored Side) bool {
	return query.Matched > 0 && query.Percent() >= o.QueryPercent && stored.Percent() >= o.StoredPercent
}

// Compare holds every frame of one video against every frame of the other.
func Compare(query, stored Video, o Options) Comparison {
	q, s := query.Kept(o.MinQuality), stored.Kept(o.MinQuality)
	c := Comparison{Query: Side{Kept: len(q)}, Stored: Side{Kept: len(s)}}
	matched := make([]bool, len(s))
	for i := range q {
		nearest := FrameMatch{Query: q[i], Distance: o.Distance + 1}
		for j := range s {
			d := pdq.Distance(q[i].Hash, s[j].Hash)
			if d > o.Distance {
				continue
			}
			if !matched[j] {
				matched[j] = true
				c.Stored.Matched++
			}
			if d < nearest.Distance {
				nearest.Stored, nearest.Distance = s[j], d
			}
		}
		if nearest.Distance <= o.Distance {
			c.Query.Matched++
			c.Frames = append(c.Frames, nearest)
		}
	}
	c.Match = o.Matches(c.Query, c.Stored)
	return c
}
