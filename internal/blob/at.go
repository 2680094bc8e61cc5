// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"context"
	"fmt"
	"os"

	"tocsin"
)

// File is an open blob, read anywhere.
type File struct {
	*os.File
	size int64
}

// Size is the length in bytes.
func (f *File) Size() int64 { return f.size }

// At opens a blob for reading anywhere in it. Nothing is compared with the digest: it is for formats that check
// their own parts.
func (s *Store) At(ctx context.Context, digest tocsin.Digest) (*File, error) {
	if err := check(ctx, digest); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(digest))
	if err != nil {
		return nil, absent(err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return &File{f, info.Size()}, nil
}
