// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming_test

import (
	"fmt"

	"tocsin/match/hamming"
)

// An index in memory: what is added is found by the next search, and what is removed is not.
func Example() {
	index := hamming.New(hamming.Options{})
	defer index.Close()

	garden := hamming.Hash{0: 0xf0, 31: 0x0f}
	index.Add(garden, 7)

	blurred := garden
	blurred[3] = 0b0000_0101 // two bits differ
	for _, hit := range index.Search(blurred, 31).Hits {
		fmt.Printf("signal %d at distance %d\n", hit.ID, hit.Distance)
	}
	index.Remove(garden, 7)
	fmt.Println(len(index.Search(blurred, 31).Hits), "hits after it was removed")
	// Output:
	// signal 7 at distance 2
	// 0 hits after it was removed
}

// Many pairs at once become one segment, without memory beyond it.
func ExampleIndex_Load() {
	index := hamming.New(hamming.Options{Limit: 3})
	defer index.Close()

	err := index.Load(10_000, func(yield func(hamming.Hash, uint64) bool) {
		for id := range uint64(10_000) {
			if !yield(hamming.Hash{byte(id), byte(id >> 8), byte(id), byte(id >> 8)}, id) {
				return
			}
		}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	result := index.Search(hamming.Hash{}, 2)
	for _, hit := range result.Hits {
		fmt.Println("signal", hit.ID, "at distance", hit.Distance)
	}
	fmt.Println("more than the limit:", result.More)
	fmt.Println("looked up by chunks:", result.Served.Probed, "read whole:", result.Served.Scanned)
	// Output:
	// signal 0 at distance 0
	// signal 1 at distance 2
	// signal 2 at distance 2
	// more than the limit: true
	// looked up by chunks: 10000 read whole: 0
}
