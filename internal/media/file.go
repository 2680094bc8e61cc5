// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"fmt"
	"hash"
	"io"

	"tocsin/match/digest"
)

// File is what reading a file once tells without decoding it.
type File struct {
	Size    int64
	Digests []digest.Digest // in the order of digest.Algorithms

	// Data is for [Hasher.Picture]: all of a picture that is small enough, its first MaxBytes+1 bytes when it is
	// larger, and of other files the first few, which say what they are not.
	Data []byte
}

// Read reads a file of any size to its end, in constant memory unless it is a picture.
func Read(ctx context.Context, r io.Reader) (File, error) {
	kept := &keeper{}
	sums, sinks := []hash.Hash{}, []io.Writer{kept}
	for _, a := range digest.Algorithms() {
		sum := a.New()
		sums, sinks = append(sums, sum), append(sinks, sum)
	}
	size, err := io.Copy(io.MultiWriter(sinks...), &live{ctx, r})
	if err != nil {
		return File{}, fmt.Errorf("read file: %w", err)
	}
	f := File{Size: size, Data: kept.data}
	for i, a := range digest.Algorithms() {
		f.Digests = append(f.Digests, digest.FromHash(a, sums[i]))
	}
	return f, nil
}

// live is a reader that ends with a context.
type live struct {
	ctx context.Context
	r   io.Reader
}

func (l *live) Read(p []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	return l.r.Read(p)
}

// keeper keeps the bytes of a picture, and of anything else only as many as show that it is none.
type keeper struct{ data []byte }

func (k *keeper) Write(p []byte) (int, error) {
	more := p
	if missing := magicSize - len(k.data); missing > 0 {
		n := min(missing, len(more))
		k.data, more = append(k.data, more[:n]...), more[n:]
	}
	if _, picture := codecFor(k.data); picture {
		k.data = append(k.data, more[:min(len(more), MaxBytes+1-len(k.data))]...)
	}
	return len(p), nil
}
