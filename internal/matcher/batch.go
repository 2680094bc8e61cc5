// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tocsin"
	"tocsin/match"
	"tocsin/match/batch"
	"tocsin/match/hamming"
	"tocsin/match/pdq"
)

// holding is a batch that the matcher has something of.
type holding struct {
	entry
	state  state
	change chan struct{}      // closed when adding or leaving has ended; nil at other times
	cancel context.CancelFunc // ends adding
	part   bool               // not all of its pictures may be in the index
}

// state is how far a batch has come.
type state int

const (
	stored  state = iota // in the files, found by nobody: it was not added since the matcher was opened
	adding               // being read
	live                 // found
	leaving              // found by nobody; its memory is not given back yet
)

func (h *holding) leave() { h.state, h.change = leaving, make(chan struct{}) }

// AddBatch makes every row of a blob findable under base plus its number; base is a multiple of
// [tocsin.MostRows]. When it returns without an error all are found; after an error none is. To add a batch
// that is there already does nothing. Errors: CodeNotFound, and CodeInternal for a blob that cannot be read.
func (m *Matcher) AddBatch(ctx context.Context, base match.ID, blob tocsin.Digest) error {
	if base != baseOf(base) {
		return fmt.Errorf("add batch: %d is no base", base)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h, err := m.begin(ctx, &holding{entry: entry{Base: base, Blob: blob}, cancel: cancel})
	if h == nil || err != nil {
		return err
	}
	err = m.load(ctx, h)
	m.mu.Lock()
	defer m.mu.Unlock()
	close(h.change)
	if err != nil {
		m.let(h)
		return err
	}
	m.show(h)
	m.nudge()
	return nil
}

// begin marks a batch as being added, and gives it; nil when it is live already, or now. It waits for whoever
// adds or removes the same batch.
func (m *Matcher) begin(ctx context.Context, wanted *holding) (*holding, error) {
	for {
		h, wait := m.mark(wanted)
		if wait == nil {
			return h, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (m *Matcher) mark(wanted *holding) (h *holding, wait <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, known := m.batches[wanted.Base]
	switch {
	case !known:
		h = wanted
		m.batches[h.Base] = h
	case h.state == live:
		return nil, nil
	case h.change != nil:
		return nil, h.change
	case h.Blob != wanted.Blob: // the files are of another journal
		m.let(h)
		return nil, h.change
	case h.Others == 0:
		m.show(h)
		return nil, nil
	}
	h.state, h.change, h.cancel = adding, make(chan struct{}), wanted.cancel
	return h, nil
}

// show makes a batch findable. The caller holds mu.
func (m *Matcher) show(h *holding) {
	h.state, h.change, h.part = live, nil, false
	m.pictures.live.Store(h.Base, nil)
}

// RemoveBatch makes the rows of a batch unfindable at once. Memory and files are given back in the
// background. A batch that is not there is no error.
func (m *Matcher) RemoveBatch(ctx context.Context, base match.ID, _ tocsin.Digest) error {
	for {
		wait := m.unmark(base)
		if wait == nil {
			return nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (m *Matcher) unmark(base match.ID) (wait <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.batches[base]
	switch {
	case h == nil || h.state == leaving:
		return nil
	case h.state == adding:
		h.cancel()
		return h.change
	}
	m.let(h)
	return nil
}

// let makes a batch unfindable and has it reclaimed. The caller holds mu.
func (m *Matcher) let(h *holding) {
	m.pictures.live.Delete(h.Base)
	m.set.Hide(h.Base, h.Base+tocsin.MostRows-1)
	h.leave()
	m.nudge()
}

// load reads the blob of a batch into the set and, unless they are there already, the files.
func (m *Matcher) load(ctx context.Context, h *holding) error {
	blob, err := m.open(ctx, h.Blob)
	if err != nil {
		return fmt.Errorf("open batch: %w", err)
	}
	defer blob.Close()
	file, err := batch.Open(blob, blob.Size())
	if err != nil {
		return unreadable(err)
	}
	stream, err := batch.NewReader(io.NewSectionReader(blob, 0, blob.Size()))
	if err != nil {
		return unreadable(err)
	}
	in := &intake{ctx: ctx, set: m.set, stream: stream, base: h.Base}
	if h.Stored {
		in.rest()
	} else {
		err = m.store(h, in, file)
	}
	if in.refused > 0 {
		m.report(fmt.Errorf("add batch: %d rows are of no type that this program reads", in.refused))
	}
	return errors.Join(err, in.err, ctx.Err(), unreadable(stream.Err()))
}

// store gives the pictures of a batch to the files. One batch at a time, so that memory stays bounded.
func (m *Matcher) store(h *holding, in *intake, file *batch.File) error {
	m.loading.Lock()
	defer m.loading.Unlock()
	m.mu.Lock()
	h.Stored, h.part, h.Pictures, h.Others = true, true, 0, file.Rows()
	for _, count := range file.Counts() {
		if count.Type == pdq.Name {
			h.Pictures, h.Others = count.Rows, file.Rows()-count.Rows
		}
	}
	m.mu.Unlock()
	if h.Pictures == 0 {
		in.rest()
		return nil
	}
	if err := m.pictures.disk.Load(int(h.Pictures), in.pictures); err != nil {
		return fmt.Errorf("add batch: %w", err)
	}
	return nil
}

func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return &tocsin.Error{Code: tocsin.CodeInternal, Reason: "batch_unreadable",
		Public: "A batch cannot be read.", Err: err}
}

// intake reads the rows of a batch: pictures go where they are asked for, others into the set.
type intake struct {
	ctx     context.Context
	set     *match.Set
	stream  *batch.Reader
	base    match.ID
	next    match.ID // row
	refused int
	err     error
}

// pictures yields the pictures, and puts the others into the set on the way.
func (in *intake) pictures(yield func(hamming.Hash, uint64) bool) {
	for in.err == nil && in.stream.Next() {
		const often = 1 << 12
		if in.next%often == 0 {
			in.err = in.ctx.Err()
		}
		id := in.base + in.next
		in.next++
		name, value := in.stream.Raw()
		if name == pdq.Name {
			if !yield(hamming.Hash(value), uint64(id)) {
				return
			}
		} else if in.set.Add(id, name, string(value)) != nil {
			in.refused++
		}
	}
}

// rest reads all rows, and leaves pictures where they are.
func (in *intake) rest() { in.pictures(func(hamming.Hash, uint64) bool { return true }) }
