// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"math/rand/v2"
	"testing"
)

// TestASegmentReportsAPairOnce although a near pair agrees in many chunks. The result would drop the repetitions
// as well, after sorting sixteen times as much.
func TestASegmentReportsAPairOnce(t *testing.T) {
	t.Parallel()
	const near, all = 50, 20_000 // so many that the segment is looked up by its chunks
	random := rand.New(rand.NewPCG(3, 5))
	segment, err := Build(Heap, all, func(yield func(Hash, uint64) bool) {
		for i := range uint64(all) {
			h := Hash{byte(i), 1} // within a few bits of each other
			if i >= near {
				for at := range h {
					h[at] = byte(random.Uint32())
				}
			}
			if !yield(h, i) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	found, asked := &collector{limit: 1 << 20}, Hash{0, 1}
	query := asked.words()
	if !segment.search(&query, 20, found, &scratch{}) {
		t.Fatal("the segment was read whole")
	}
	if len(found.hits) != near {
		t.Errorf("%d hits for %d pairs", len(found.hits), near)
	}
}
