// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package hammingdisk

import (
	"os"

	"tocsin/match/hamming"
)

// area is memory of the Go heap: on this system segments are read, not mapped.
type area struct{ data []byte }

func anonymous(size int) (area, error) {
	block, err := hamming.Heap.Allocate(size)
	if err != nil {
		return area{}, err
	}
	return area{data: block.Bytes()[:size]}, nil
}

func (a *area) trim(size int) { a.data = a.data[:size:size] }

func (a *area) release() { a.data = nil }

func mapFile(path string, size int) (area, error) { return readFile(path, size) }

func readFile(path string, size int) (area, error) {
	file, err := os.Open(path)
	if err != nil {
		return area{}, err
	}
	defer file.Close()
	a, err := anonymous(size)
	if err != nil {
		return area{}, err
	}
	_, err = file.ReadAt(a.data, 0)
	return a, err
}
