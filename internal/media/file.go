// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"io"
)

// File is what reading a file once tells without decoding it.
type File struct {
	Size   int64
	MD5    [md5.Size]byte
	SHA1   [sha1.Size]byte
	SHA256 [sha256.Size]byte

	// Data is for [Hasher.Picture]: all of a picture that is small enough, its first MaxBytes+1 bytes when it is
	// larger, and of other files the first few, which say what they are not.
	Data []byte
}

// Read reads a file of any size to its end, in constant memory unless it is a picture. MD5 and SHA-1 are for
// comparison with other people's lists; neither proves that two files are the same.
func Read(ctx context.Context, r io.Reader) (File, error) {
	var f File
	kept := &keeper{}
	sum5, sum1, sum256 := md5.New(), sha1.New(), sha256.New()
	size, err := io.Copy(io.MultiWriter(sum5, sum1, sum256, kept), &live{ctx, r})
	if err != nil {
		return File{}, fmt.Errorf("read file: %w", err)
	}
	f.Size, f.Data = size, kept.data
	sum5.Sum(f.MD5[:0])
	sum1.Sum(f.SHA1[:0])
	sum256.Sum(f.SHA256[:0])
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
