// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk_test

import (
	"fmt"
	"os"

	"tocsin/match/hamming"
	"tocsin/match/hammingdisk"
)

// A store stands alone: what Add acknowledged is there when it is opened again, whatever happened.
func ExampleOpenStore() {
	dir, err := os.MkdirTemp("", "index-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	bridge := hamming.Hash{0: 0xaa, 31: 0x55}
	for range 2 {
		store, err := hammingdisk.OpenStore(dir, hammingdisk.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("known:", len(store.Search(bridge, 31).Hits))
		if err := store.Add(bridge, 1); err != nil {
			fmt.Println(err)
		}
		if err := store.Close(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// known: 0
	// known: 1
}

// A caller with a journal of its own applies what the files do not have yet.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "index-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	journal := []hamming.Hash{{1: 1}, {2: 2}, {3: 3}}

	for range 2 {
		disk, err := hammingdisk.Open(dir, hammingdisk.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		if problem := disk.Problem(); problem != nil {
			fmt.Println("beginning again:", problem) // the position is 0
		}
		applied := journal[disk.Position():]
		for i, hash := range applied {
			disk.Add(hash, disk.Position()+uint64(i))
		}
		fmt.Println("applied", len(applied), "of", len(journal))
		if err := disk.Checkpoint(uint64(len(journal))); err != nil {
			fmt.Println(err)
		}
		if err := disk.Close(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// applied 3 of 3
	// applied 0 of 3
}
