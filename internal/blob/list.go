// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"tocsin"
)

// Info is a line of the listing.
type Info struct {
	Digest tocsin.Digest
	Size   int64
}

// List gives every blob in the order of digests, without reading them. A file that is not in the place of
// its name is passed over; a folder that cannot be read ends the list with an error. Blobs that come or go
// meanwhile may be in it or not.
func (s *Store) List(ctx context.Context) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist) && path != s.dir:
				return nil // deleted since its folder was read
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case e.IsDir() && e.Name() == incoming:
				return fs.SkipDir
			case !e.Type().IsRegular():
				return nil
			}
			digest := tocsin.Digest(e.Name())
			if !digest.Valid() || path != s.path(digest) {
				return nil
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(Info{Digest: digest, Size: info.Size()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Info{}, err)
		}
	}
}

// Old gives the blobs that nobody put since a time, by the clock of the file system. One that is put meanwhile may be among them: whoever deletes
// what it gives leaves time enough.
func (s *Store) Old(ctx context.Context, since time.Time) iter.Seq2[tocsin.Digest, error] {
	return func(yield func(tocsin.Digest, error) bool) {
		for info, err := range s.List(ctx) {
			if err == nil {
				var file fs.FileInfo
				if file, err = os.Lstat(s.path(info.Digest)); errors.Is(err, fs.ErrNotExist) ||
					err == nil && !file.ModTime().Before(since) {
					continue
				}
			}
			if !yield(info.Digest, err) {
				return
			}
		}
	}
}

// sweep removes what interrupted writes left before a time. Younger files may belong to a writer that lives.
func (s *Store) sweep(before time.Time) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, incoming))
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.ModTime().Before(before) {
			err = os.Remove(filepath.Join(s.dir, incoming, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncFolder makes a move or removal durable. Windows cannot open folders and journals such changes itself.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
