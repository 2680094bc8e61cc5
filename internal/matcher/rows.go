// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"

	"tocsin"
	"tocsin/match/batch"
)

// mostOpen is how many blobs are kept open to read single rows of them.
const mostOpen = 32

// rows keeps the blobs open that were read last.
type rows struct {
	open OpenBlob

	mu     sync.Mutex
	byName map[tocsin.Digest]*list.Element // of *openBlob
	recent list.List                       // the last used first
	closed bool
}

// openBlob is closed when it left the cache and nobody reads it.
type openBlob struct {
	digest tocsin.Digest
	blob   Blob
	file   *batch.File
	users  int // the cache is one
}

func newRows(open OpenBlob) *rows {
	return &rows{open: open, byName: map[tocsin.Digest]*list.Element{}}
}

// Row reads one row of a blob. Errors: CodeNotFound.
func (m *Matcher) Row(ctx context.Context, blob tocsin.Digest, row int64) (batch.Row, error) {
	o, err := m.rows.use(ctx, blob)
	if err != nil {
		return batch.Row{}, err
	}
	defer m.rows.release(o)
	if row < 0 || row >= o.file.Rows() {
		return batch.Row{}, tocsin.Errorf(tocsin.CodeNotFound, "unknown_row", "The batch has no such row.")
	}
	r, err := o.file.Row(row)
	if err != nil {
		return batch.Row{}, unreadable(err)
	}
	return r, nil
}

// use gives an open blob until release.
func (r *rows) use(ctx context.Context, digest tocsin.Digest) (*openBlob, error) {
	if o := r.cached(digest); o != nil {
		return o, nil
	}
	blob, err := r.open(ctx, digest)
	if err != nil {
		return nil, fmt.Errorf("open batch: %w", err)
	}
	file, err := batch.Open(blob, blob.Size())
	if err != nil {
		return nil, errors.Join(unreadable(err), blob.Close())
	}
	o := &openBlob{digest: digest, blob: blob, file: file, users: 1}
	r.keep(o)
	return o, nil
}

func (r *rows) cached(digest tocsin.Digest) *openBlob {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.byName[digest]
	if !ok {
		return nil
	}
	r.recent.MoveToFront(e)
	o := e.Value.(*openBlob)
	o.users++
	return o
}

// keep puts a blob into the cache, unless somebody else was faster.
func (r *rows) keep(o *openBlob) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.byName[o.digest]; ok || r.closed {
		return
	}
	o.users++
	r.byName[o.digest] = r.recent.PushFront(o)
	if r.recent.Len() > mostOpen {
		r.evict(r.recent.Back())
	}
}

// evict takes a blob out of the cache. The caller holds mu.
func (r *rows) evict(e *list.Element) {
	o := r.recent.Remove(e).(*openBlob)
	delete(r.byName, o.digest)
	r.leave(o)
}

func (r *rows) release(o *openBlob) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leave(o)
}

// leave ends one use. The caller holds mu.
func (r *rows) leave(o *openBlob) {
	if o.users--; o.users == 0 {
		_ = o.blob.Close() // it was only read
	}
}

func (r *rows) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for r.recent.Len() > 0 {
		r.evict(r.recent.Back())
	}
}
