// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package blob keeps immutable files in a folder, each under the SHA-256 of its bytes: batches of an import,
// and exhibits. What Put has acknowledged is on the disk whole, and what Open gives was compared with its
// name by the time it ends. It must never change a blob in its place, never show one that is not whole, and
// never keep a name, a type or a source beside the bytes: those belong to the journal. Start reading at
// Store.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tocsin"
)

// Reasons of the errors of this package. A blob that is absent is [tocsin.CodeNotFound].
const (
	ReasonUnknown  tocsin.Reason = "unknown_blob"
	ReasonTooLarge tocsin.Reason = "blob_too_large"
	ReasonDamaged  tocsin.Reason = "blob_damaged" // its bytes are not those of its name
	ReasonName     tocsin.Reason = "blob_name"    // the digest is not a digest
)

const (
	// DefaultMaxSize is the limit of a blob when Options name none: 4 GiB.
	DefaultMaxSize = 4 << 30

	incoming = "incoming" // where files are written before they are whole
	leftover = 24 * time.Hour

	fileMode   = 0o600
	folderMode = 0o700
)

// Options of a store; the zero value is good.
type Options struct {
	MaxSize int64        // bytes of one blob; 0 is DefaultMaxSize
	Clock   tocsin.Clock // only to tell old leftovers from files that are being written
}

// Store is a folder of blobs: ab/cd/abcd…. Several goroutines, and several processes, may use one folder.
type Store struct {
	dir  string
	max  int64
	disk disk
}

// disk is what makes a file durable, apart so that tests can break it.
type disk struct {
	syncFile   func(*os.File) error
	rename     func(from, to string) error
	syncFolder func(string) error
}

// New opens a folder and makes it when it is not there. What interrupted writes left a day ago goes away.
func New(dir string, o Options) (*Store, error) {
	if o.MaxSize <= 0 {
		o.MaxSize = DefaultMaxSize
	}
	if o.Clock == nil {
		o.Clock = tocsin.SystemClock
	}
	s := &Store{dir: dir, max: o.MaxSize,
		disk: disk{syncFile: (*os.File).Sync, rename: os.Rename, syncFolder: syncFolder}}
	if err := os.MkdirAll(filepath.Join(dir, incoming), folderMode); err != nil {
		return nil, fmt.Errorf("open blob folder: %w", err)
	}
	if err := s.disk.syncFolder(dir); err != nil {
		return nil, fmt.Errorf("open blob folder: %w", err)
	}
	if err := s.sweep(o.Clock.Now().Add(-leftover)); err != nil {
		return nil, fmt.Errorf("sweep blob folder: %w", err)
	}
	return s, nil
}

// Put keeps what r holds and gives its digest and size. When it returns without an error the blob survives
// a loss of power. The same bytes again are the same blob; should its file have been damaged, it is whole
// after that. More than the limit is [tocsin.CodeTooLarge], and nothing stays.
func (s *Store) Put(ctx context.Context, r io.Reader) (digest tocsin.Digest, size int64, err error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, incoming), "*") // 0600
	if err != nil {
		return "", 0, fmt.Errorf("create blob: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), &bounded{ctx: ctx, r: r, left: s.max})
	if err == nil {
		err = s.disk.syncFile(f)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return "", 0, fmt.Errorf("write blob: %w", err)
	}
	digest = tocsin.Digest(hex.EncodeToString(sum.Sum(nil)))
	if err := s.place(f.Name(), digest); err != nil {
		return "", 0, fmt.Errorf("place blob: %w", err)
	}
	return digest, size, nil
}

// place moves a whole file under its name and makes the move durable, with the folders on the way.
func (s *Store) place(from string, digest tocsin.Digest) error {
	to := s.path(digest)
	inner := filepath.Dir(to)
	outer := filepath.Dir(inner)
	if err := os.MkdirAll(inner, folderMode); err != nil {
		return err
	}
	if err := s.disk.rename(from, to); err != nil {
		return err
	}
	// All of them, even if they were there: whoever made them may not have come to this line.
	return errors.Join(s.disk.syncFolder(inner), s.disk.syncFolder(outer), s.disk.syncFolder(s.dir))
}

// Open gives the bytes of a blob. They are compared with the digest on the way: of a damaged blob the read
// that would have told its end fails with [ReasonDamaged], so nothing read is to be believed before io.EOF.
func (s *Store) Open(ctx context.Context, digest tocsin.Digest) (io.ReadCloser, error) {
	if err := check(ctx, digest); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(digest))
	if err != nil {
		return nil, absent(err)
	}
	return &verified{ctx: ctx, f: f, sum: sha256.New(), want: digest}, nil
}

// Has reports whether a blob is there, without reading it.
func (s *Store) Has(ctx context.Context, digest tocsin.Digest) (bool, error) {
	if err := check(ctx, digest); err != nil {
		return false, err
	}
	switch info, err := os.Lstat(s.path(digest)); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for blob: %w", err)
	default:
		return info.Mode().IsRegular(), nil
	}
}

// Delete removes a blob for good; readers that have it open may finish. One that is absent is an error.
func (s *Store) Delete(ctx context.Context, digest tocsin.Digest) error {
	if err := check(ctx, digest); err != nil {
		return err
	}
	path := s.path(digest)
	if err := os.Remove(path); err != nil {
		return absent(err)
	}
	if err := s.disk.syncFolder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("delete blob: %w", err)
	}
	return nil
}

// path is where a valid digest has its place.
func (s *Store) path(digest tocsin.Digest) string {
	d := string(digest)
	return filepath.Join(s.dir, d[:2], d[2:4], d)
}

// check refuses what could name another file than a blob.
func check(ctx context.Context, digest tocsin.Digest) error {
	if !digest.Valid() {
		return tocsin.Invalid(ReasonName, "digest", "A blob is named by 64 lower-case hexadecimal digits.")
	}
	return ctx.Err()
}

func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return tocsin.Errorf(tocsin.CodeNotFound, ReasonUnknown, "There is no such blob.")
	}
	return fmt.Errorf("open blob: %w", err)
}

// bounded reads until its limit is passed or its context ends.
type bounded struct {
	ctx  context.Context
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, tocsin.Errorf(tocsin.CodeTooLarge, ReasonTooLarge, "The blob is larger than this store takes.")
	}
	return n, err
}

// verified reads a file and holds it against its name.
type verified struct {
	ctx  context.Context
	f    *os.File
	sum  hash.Hash
	want tocsin.Digest
}

func (v *verified) Read(p []byte) (int, error) {
	if err := v.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := v.f.Read(p)
	_, _ = v.sum.Write(p[:n]) // a hash never fails
	if err == io.EOF && hex.EncodeToString(v.sum.Sum(nil)) != string(v.want) {
		return n, tocsin.Errorf(tocsin.CodeInternal, ReasonDamaged, "The blob is damaged.")
	}
	return n, err
}

func (v *verified) Close() error { return v.f.Close() }
