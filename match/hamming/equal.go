// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"cmp"
	"slices"
)

// equal says that a row has the hash of an earlier one.
type equal struct{ row, first uint32 }

// equalRows finds the rows whose hash an earlier row has. Rows are sorted by one key in scratch, so that only
// those of the same key are compared. The key mixes all words: parts of real hashes repeat, wholes seldom.
func equalRows(hashes []words, scratch []uint32) (pairs []equal) {
	const most = 22
	width := 1
	for width < most && 1<<width < len(hashes) {
		width++
	}
	if len(scratch) < len(hashes)+1<<width+1 {
		scratch = make([]uint32, len(hashes)+1<<width+1)
	}
	starts, members := scratch[:1<<width+1], scratch[1<<width+1:][:len(hashes)]
	clear(starts)
	for i := range hashes {
		starts[mixed(&hashes[i], width)]++
	}
	sum := uint32(0)
	for key, count := range starts {
		starts[key] = sum
		sum += count
	}
	for i := range hashes {
		key := mixed(&hashes[i], width)
		members[starts[key]] = uint32(i)
		starts[key]++
	}
	begin := uint32(0)
	for _, end := range starts[:1<<width] {
		if end-begin > 1 {
			pairs = equalMembers(hashes, members[begin:end], pairs)
		}
		begin = end
	}
	return pairs
}

func mixed(w *words, width int) uint64 {
	sum := w[0] ^ w[1]*0x9e3779b97f4a7c15 ^ w[2]*0xbf58476d1ce4e5b9 ^ w[3]*0x94d049bb133111eb
	return sum * 0xd6e8feb86659fd93 >> (64 - width)
}

// equalMembers compares rows of one key, which are few but for equal hashes.
func equalMembers(hashes []words, members []uint32, pairs []equal) []equal {
	slices.SortFunc(members, func(a, b uint32) int {
		return cmp.Or(hashes[a].compare(&hashes[b]), cmp.Compare(a, b))
	})
	first := members[0]
	for _, row := range members[1:] {
		if hashes[row] == hashes[first] {
			pairs = append(pairs, equal{row, first})
		} else {
			first = row
		}
	}
	return pairs
}
