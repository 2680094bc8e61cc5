// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// area is memory outside the Go heap.
type area struct {
	data  []byte
	whole []byte // what is unmapped at last
}

// hugePage is the size of a huge page on the machines that have them.
const hugePage = 2 << 20

// anonymous gives zeroed memory, in huge pages where the machine offers them to those who ask.
func anonymous(size int) (area, error) {
	whole, err := unix.Mmap(-1, 0, max(size, 1)+hugePage, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return area{}, fmt.Errorf("map memory: %w", err)
	}
	_ = unix.Madvise(whole, unix.MADV_HUGEPAGE) // without them it is slower, no more
	begin := -int(addressOf(whole)) & (hugePage - 1)
	return area{data: whole[begin : begin+size : begin+size], whole: whole}, nil
}

// trim gives back what lies behind the first size bytes.
func (a *area) trim(size int) {
	page := os.Getpagesize()
	if end := (size + page - 1) / page * page; end < len(a.data) {
		_ = unix.Madvise(a.data[end:], unix.MADV_DONTNEED)
	}
	a.data = a.data[:size:size]
}

func (a *area) release() {
	if a.whole != nil {
		_ = unix.Munmap(a.whole)
	}
	*a = area{}
}

// mapFile maps a file for reading and touches every page, so that the first queries find them in memory.
func mapFile(path string, size int) (area, error) {
	file, err := os.Open(path)
	if err != nil {
		return area{}, err
	}
	defer file.Close()
	whole, err := unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return area{}, err
	}
	_ = unix.Madvise(whole, unix.MADV_RANDOM)
	return area{data: whole, whole: whole}, nil
}

// readFile reads a file into anonymous memory, on all processors.
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
	const share = 16 * hugePage
	var (
		group  sync.WaitGroup
		next   atomic.Int64
		failed atomic.Pointer[error]
	)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for begin := next.Add(share) - share; begin < int64(size); begin = next.Add(share) - share {
				end := min(begin+share, int64(size))
				if _, err := file.ReadAt(a.data[begin:end], begin); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		a.release()
		return area{}, *err
	}
	return a, nil
}
