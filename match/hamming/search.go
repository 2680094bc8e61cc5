// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Search finds every stored pair whose hash differs from q in at most threshold bits.
func (x *Index) Search(q Hash, threshold int) Result {
	v := x.pin()
	defer v.release()
	work := x.work.Get().(*scratch)
	defer x.work.Put(work)
	return v.search(q, threshold, x.options.Limit, work)
}

func (v *view) search(q Hash, threshold, limit int, work *scratch) Result {
	var (
		found  = collector{limit: limit}
		served Served
		w      = q.words()
	)
	threshold = min(threshold, Bits)
	for _, s := range v.segments {
		if s.search(&w, threshold, &found, work) {
			served.Probed += s.slots()
		} else {
			served.Scanned += s.slots()
		}
	}
	for _, t := range v.tails {
		served.Tail += t.search(&w, threshold, &found, work)
	}
	return found.result(served)
}

// share is how many queries of a batch are answered together.
const share = 16

// SearchAll answers many queries with one view of the index, on all processors. Result i is that of query i.
// Segments that must be read whole are read once for several queries.
func (x *Index) SearchAll(queries []Hash, threshold int) []Result {
	v := x.pin()
	defer v.release()
	results := make([]Result, len(queries))
	var next atomic.Int64
	answer := func() {
		work := x.work.Get().(*scratch)
		defer x.work.Put(work)
		for begin := int(next.Add(share)) - share; begin < len(queries); begin = int(next.Add(share)) - share {
			end := min(begin+share, len(queries))
			v.searchAll(queries[begin:end], threshold, x.options.Limit, results[begin:end], work)
		}
	}
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(queries)+share-1)/share) - 1 {
		group.Go(answer)
	}
	answer()
	group.Wait()
	return results
}

// searchAll answers at most share queries.
func (v *view) searchAll(queries []Hash, threshold, limit int, results []Result, work *scratch) {
	var (
		served Served
		all    [share]words
		found  [share]collector
	)
	threshold = min(threshold, Bits)
	for i := range queries {
		all[i], found[i].limit = queries[i].words(), limit
	}
	for _, s := range v.segments {
		if threshold > s.shape.layout.guarantee() {
			s.scanAll(all[:len(queries)], threshold, found[:], work)
			served.Scanned += s.slots()
			continue
		}
		for i := range queries {
			s.search(&all[i], threshold, &found[i], work)
		}
		served.Probed += s.slots()
	}
	for i := range queries {
		own := served
		for _, t := range v.tails {
			own.Tail += t.search(&all[i], threshold, &found[i], work)
		}
		results[i] = found[i].result(own)
	}
}
