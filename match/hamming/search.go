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

// SearchAll answers many queries with one view of the index, on all processors. Result i is that of query i.
func (x *Index) SearchAll(queries []Hash, threshold int) []Result {
	v := x.pin()
	defer v.release()
	const share = 16
	results := make([]Result, len(queries))
	var next atomic.Int64
	answer := func() {
		work := x.work.Get().(*scratch)
		defer x.work.Put(work)
		for {
			begin := int(next.Add(share)) - share
			if begin >= len(queries) {
				return
			}
			for i := begin; i < min(begin+share, len(queries)); i++ {
				results[i] = v.search(queries[i], threshold, x.options.Limit, work)
			}
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
