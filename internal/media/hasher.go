// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"tocsin"
	"tocsin/match/pdq"
)

// Question is what is asked of a picture.
type Question byte

// The questions.
const (
	Upright  Question = iota // the hash of the picture as it is stored
	Dihedral                 // that, and those of its seven rotations and reflections

	stillSmall // what it shows, small; see [Hasher.Still]
	stillLarge
)

// Picture is what was found in a file. Orientation, colour profile and alpha are not applied.
type Picture struct {
	Format        Format
	Width, Height int        // in pixels, as stored
	Animated      bool       // there are more frames than the first, which alone was hashed
	Quality       int        // of the hash, 0–100; below pdq.MinQuality it says little
	Hashes        []pdq.Hash // one, or eight in the order of pdq.DihedralName
}

// Options of a Hasher; the zero value is good.
type Options struct {
	Processes int // children that work at the same time; 0 is one for each processor
	Ahead     int // children that are started before they are needed, which saves their start
}

// Hasher hashes pictures, each in a child of its own. It is for use by several goroutines.
type Hasher struct {
	limits     limits
	protection Protection
	slots      chan struct{}
	idle       chan *process
	ahead      int
	starts     chan start
	open       context.Context // ends with the Hasher
	end        context.CancelFunc
	background sync.WaitGroup
	starter    sync.WaitGroup
	closing    sync.Once
}

// New starts a first child to see that it can, and how well the kernel holds it. The program must have called
// [RunIfChild].
func New(ctx context.Context, o Options) (*Hasher, error) { return newHasher(ctx, o, standard) }

func newHasher(ctx context.Context, o Options, l limits) (*Hasher, error) {
	if !canBeChild.Load() {
		return nil, failure(ReasonUnavailable, "", errors.New("main does not begin with media.RunIfChild"))
	}
	if o.Processes <= 0 {
		o.Processes = runtime.NumCPU()
	}
	h := &Hasher{limits: l, slots: make(chan struct{}, o.Processes), idle: make(chan *process, max(o.Ahead, 1)),
		ahead: o.Ahead, starts: make(chan start)}
	h.open, h.end = context.WithCancel(context.Background())
	h.starter.Go(h.startAll)
	first, err := h.start(ctx)
	if err != nil {
		h.Close()
		return nil, err
	}
	h.protection = first.protection
	h.idle <- first
	return h, nil
}

// Protection says what holds the children on this machine.
func (h *Hasher) Protection() Protection { return h.protection }

// Picture hashes the picture in a file. Whatever is not hashed is a [tocsin.Error] with one of the reasons of
// this package, or the context's error. It waits while all children are busy; the time a file may take begins
// afterwards. data may be cut after MaxBytes+1 bytes, as [Read] does.
func (h *Hasher) Picture(ctx context.Context, data []byte, q Question) (Picture, error) {
	a, f, err := h.examined(ctx, data, q)
	if err != nil {
		return Picture{Format: f}, err
	}
	a.picture.Format = f
	return a.picture, nil
}

// examined has a child look into a file. The format is by our own look at it, whatever the child says.
func (h *Hasher) examined(ctx context.Context, data []byte, q Question) (a answer, f Format, err error) {
	// What needs no decoding needs no child.
	f, known := FormatOf(data)
	switch {
	case len(data) == 0:
		return answer{}, "", failure(ReasonEmpty, "", nil)
	case !known:
		return answer{}, "", failure(ReasonUnsupported, "", nil)
	case len(data) > MaxBytes:
		return answer{}, f, failure(ReasonTooLarge, f, nil)
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return answer{}, "", fmt.Errorf("wait for a child: %w", ctx.Err())
	case <-h.open.Done():
		return answer{}, "", failure(ReasonUnavailable, f, errClosed)
	}
	a, err = h.ask(ctx, data, q)
	switch {
	case err != nil && ctx.Err() != nil:
		return answer{}, "", fmt.Errorf("examine picture: %w", ctx.Err())
	case err != nil && h.open.Err() != nil:
		return answer{}, "", failure(ReasonUnavailable, f, errClosed)
	case err != nil:
		return answer{}, f, failure(reasonOf(err), f, err)
	case a.outcome != "":
		return answer{}, f, failure(a.outcome, f, nil)
	}
	return a, f, nil
}

var errClosed = errors.New("the hasher is closed")

// ask hands a file to a child. One that was started ahead may have died since, through no fault of the file:
// when it has not begun, another gets the file.
func (h *Hasher) ask(ctx context.Context, data []byte, q Question) (answer, error) {
	select {
	case p := <-h.idle:
		h.replenish()
		a, err := p.ask(ctx, data, q)
		if !errors.Is(err, errNotBegun) || ctx.Err() != nil {
			return a, err
		}
	default:
	}
	p, err := h.start(ctx)
	if err != nil {
		return answer{}, err
	}
	return p.ask(ctx, data, q)
}

// replenish starts the child that takes the place of one that was taken.
func (h *Hasher) replenish() {
	if h.ahead == 0 {
		return
	}
	h.background.Go(func() {
		p, err := h.start(h.open)
		if err != nil {
			return // whoever needs one starts it, and is told why it cannot
		}
		select {
		case h.idle <- p:
		default:
			p.finish()
		}
	})
}

// Close ends all children; what they were asked fails with [ReasonUnavailable].
func (h *Hasher) Close() { h.closing.Do(h.close) }

func (h *Hasher) close() {
	h.end()
	for range cap(h.slots) {
		h.slots <- struct{}{} // nobody works any more, and nobody begins
	}
	h.background.Wait()
	h.starter.Wait()
	close(h.idle)
	for p := range h.idle {
		p.finish()
	}
}

// reasonOf says why a child gave no answer.
func reasonOf(err error) tocsin.Reason {
	e, ok := errors.AsType[*tocsin.Error](err)
	switch {
	case ok:
		return e.Reason
	case errors.Is(err, errNotBegun):
		return ReasonUnavailable
	}
	return ReasonCrashed
}
