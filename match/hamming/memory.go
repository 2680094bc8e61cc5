// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

// Memory provides the bytes of segments. Its methods are called from several goroutines.
type Memory interface {
	// Allocate gives at least size bytes, which begin at a multiple of 64.
	Allocate(size int) (Block, error)
}

// Block is the memory of one segment.
type Block interface {
	// Bytes is the content. After Keep it may lie somewhere else, with the same content.
	Bytes() []byte
	// Keep is called once, when the first size bytes are a finished segment; the rest may be given back.
	Keep(size int) error
	// Release is called once, when nobody reads the block any more.
	Release()
}

// Heap is memory of the Go heap, the default of an index.
var Heap Memory = heap{}

type heap struct{}

func (heap) Allocate(size int) (Block, error) {
	// Numbers of 64 bits make it aligned to 8 at least; larger blocks begin at a page.
	return &heapBlock{bytesOf(make([]uint64, (size+7)/8))}, nil
}

type heapBlock struct{ data []byte }

func (b *heapBlock) Bytes() []byte { return b.data }

func (b *heapBlock) Keep(size int) error {
	b.data = b.data[:size:size]
	return nil
}

func (b *heapBlock) Release() {}

// Bytes makes a block of bytes that are in memory already, such as a finished segment that was read.
func Bytes(data []byte) Block { return &heapBlock{data} }
