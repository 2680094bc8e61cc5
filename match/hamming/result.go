// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"bytes"
	"cmp"
	"slices"
)

// Hit is a pair whose hash lies within the threshold.
type Hit struct {
	ID       uint64
	Distance int
	Hash     Hash // what was stored
}

// Result is the answer to one query.
type Result struct {
	// Hits are sorted by distance, then id, then hash. An id that was added with several hashes has a hit for
	// each of them.
	Hits []Hit
	// More says that there are further hits beyond the limit of the index; Hits are the nearest.
	More bool
	// Served is how the answer was found.
	Served Served
}

// Served counts stored hashes by the path that answered for them. All paths are exact.
type Served struct {
	Probed  int // in segments that were looked up by chunks
	Scanned int // in segments that were read whole
	Tail    int // in the tail, which is always read whole
}

// collector gathers hits and keeps the nearest.
type collector struct {
	hits  []Hit
	limit int
	more  bool
}

func (c *collector) add(id uint64, distance int, w *words) {
	c.hits = append(c.hits, Hit{id, distance, w.hash()})
	if len(c.hits) >= 2*c.limit {
		c.trim()
	}
}

// trim sorts, drops repetitions, which lie in segments that are not merged yet, and cuts at the limit.
func (c *collector) trim() {
	slices.SortFunc(c.hits, func(a, b Hit) int {
		if a.Distance != b.Distance {
			return a.Distance - b.Distance
		}
		if a.ID != b.ID {
			return cmp.Compare(a.ID, b.ID)
		}
		return bytes.Compare(a.Hash[:], b.Hash[:])
	})
	c.hits = slices.Compact(c.hits)
	if len(c.hits) > c.limit {
		c.hits = c.hits[:c.limit]
		c.more = true
	}
}

func (c *collector) result(served Served) Result {
	c.trim()
	return Result{Hits: c.hits, More: c.more, Served: served}
}
