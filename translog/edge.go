// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxSize bounds the size of a tree. No log reaches it, and index arithmetic stays far from overflow.
const MaxSize = int64(1) << 56

// StoredHash is one hash to keep, under its [tlog.StoredHashIndex].
type StoredHash struct {
	Index int64
	Hash  tlog.Hash
}

// Edge is the right edge of a tree: the roots of its complete subtrees, largest first, at most one for each
// bit of the size. It is all that appending needs, so a log that keeps it beside its size reads nothing.
// The zero value is the edge of the empty tree. An Edge is a value: Append gives another one.
type Edge struct {
	size   int64
	hashes []tlog.Hash
}

// Append adds entries to a tree of a size, reading its right edge with one call of r. It gives the hashes
// to store, which continue the stored indexes without a gap, and the new edge.
func Append(size int64, entries [][]byte, r tlog.HashReader) ([]StoredHash, Edge, error) {
	e, err := ReadEdge(size, r)
	if err != nil {
		return nil, Edge{}, err
	}
	return e.Append(entries...)
}

// ReadEdge reads the right edge of a tree of a size, with one call of r.
func ReadEdge(size int64, r tlog.HashReader) (Edge, error) {
	if size < 0 || size > MaxSize {
		return Edge{}, fmt.Errorf("read edge: %w: size out of range", ErrMalformed)
	}
	if size == 0 {
		return Edge{}, nil
	}
	var indexes []int64
	for rest := size; rest != 0; {
		level := bits.Len64(uint64(rest)) - 1
		rest &^= 1 << level
		indexes = append(indexes, tlog.StoredHashIndex(level, (size-rest)>>level-1))
	}
	hashes, err := r.ReadHashes(indexes)
	if err != nil {
		return Edge{}, fmt.Errorf("read edge: %w", err)
	}
	if len(hashes) != len(indexes) {
		return Edge{}, fmt.Errorf("read edge: got %d hashes, want %d", len(hashes), len(indexes))
	}
	return Edge{size: size, hashes: slices.Clone(hashes)}, nil
}

// ParseEdge reads what [Edge.Bytes] wrote for a tree of that size.
func ParseEdge(size int64, b []byte) (Edge, error) {
	if size < 0 || size > MaxSize || len(b) != bits.OnesCount64(uint64(size))*tlog.HashSize {
		return Edge{}, fmt.Errorf("parse edge: %w: wrong length for the size", ErrMalformed)
	}
	e := Edge{size: size}
	for h := range slices.Chunk(b, tlog.HashSize) {
		e.hashes = append(e.hashes, tlog.Hash(h))
	}
	return e, nil
}

// Bytes is the edge's hashes one after another, to be kept beside the size.
func (e Edge) Bytes() []byte {
	b := make([]byte, 0, len(e.hashes)*tlog.HashSize)
	for _, h := range e.hashes {
		b = append(b, h[:]...)
	}
	return b
}

// Size is the number of entries.
func (e Edge) Size() int64 { return e.size }

// Root is the tree's hash (RFC 6962, section 2.1).
func (e Edge) Root() tlog.Hash {
	if len(e.hashes) == 0 {
		return sha256.Sum256(nil)
	}
	root := e.hashes[len(e.hashes)-1]
	for _, left := range slices.Backward(e.hashes[:len(e.hashes)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

// Append adds entries. It gives the hashes to store, in index order, and the new edge.
func (e Edge) Append(entries ...[]byte) ([]StoredHash, Edge, error) {
	e.hashes = slices.Clone(e.hashes)
	stored := make([]StoredHash, 0, 2*len(entries))
	for _, entry := range entries {
		if len(entry) > MaxEntry || e.size >= MaxSize {
			return nil, Edge{}, fmt.Errorf("append entries: %w: entry or tree too large", ErrMalformed)
		}
		stored = e.grow(tlog.RecordHash(entry), stored)
	}
	return stored, e, nil
}

// grow adds one record hash in place, with every subtree that it completes.
func (e *Edge) grow(h tlog.Hash, stored []StoredHash) []StoredHash {
	index := tlog.StoredHashIndex(0, e.size)
	stored = append(stored, StoredHash{index, h})
	for done := e.size; done&1 == 1; done >>= 1 { // each low 1 bit is a subtree waiting for its right half
		last := len(e.hashes) - 1
		h = tlog.NodeHash(e.hashes[last], h)
		e.hashes = e.hashes[:last]
		index++
		stored = append(stored, StoredHash{index, h})
	}
	e.hashes = append(e.hashes, h)
	e.size++
	return stored
}
