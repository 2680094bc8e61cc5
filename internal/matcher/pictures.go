// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher

import (
	"cmp"
	"slices"
	"sync"

	"tocsin"
	"tocsin/match"
	"tocsin/match/hamming"
	"tocsin/match/hammingdisk"
)

// pictures joins the hashes that were added by hand, in memory, and those of batches, in files. Of the latter
// only rows of batches that are live are given.
type pictures struct {
	hands *hamming.Index
	disk  *hammingdisk.Disk
	live  sync.Map // of match.ID: the bases of batches that are found
}

func (p *pictures) Add(hash hamming.Hash, id uint64) bool { return p.hands.Add(hash, id) }

func (p *pictures) Remove(hash hamming.Hash, id uint64) bool { return p.hands.Remove(hash, id) }

// Search gives the hits of both, the nearest first.
func (p *pictures) Search(q hamming.Hash, radius int) hamming.Result {
	r, batches := p.hands.Search(q, radius), p.disk.Search(q, radius)
	r.More = r.More || batches.More
	r.Served.Probed += batches.Served.Probed
	r.Served.Scanned += batches.Served.Scanned
	r.Served.Tail += batches.Served.Tail
	for _, hit := range batches.Hits {
		if _, live := p.live.Load(baseOf(match.ID(hit.ID))); live {
			r.Hits = append(r.Hits, hit)
		}
	}
	slices.SortFunc(r.Hits, func(a, b hamming.Hit) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID))
	})
	return r
}

// purge takes the rows of batches out of the files. It does not hold up searches.
func (p *pictures) purge(gone map[match.ID]bool) {
	p.disk.RemoveIDs(func(id uint64) bool { return gone[baseOf(match.ID(id))] })
}

// segments are those the files consist of.
func (p *pictures) segments() (all []*hamming.Segment) {
	snapshot := p.disk.Snapshot()
	defer snapshot.Release()
	for _, state := range snapshot.Segments {
		all = append(all, state.Segment)
	}
	return all
}

// baseOf is the base of the batch that an id belongs to.
func baseOf(id match.ID) match.ID { return id &^ (tocsin.MostRows - 1) }
