// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// Source is a numbered sequence that many write and one tails.
type Source struct {
	// Write appends n elements in one transaction, or rolls it back and says so.
	Write func(ctx context.Context, n int, rollback bool) error
	// Read gives the numbers above after, in order.
	Read func(ctx context.Context, after int64) ([]int64, error)
}

// Tailed is what a follower saw that reads what is above its position and never looks back.
type Tailed struct {
	Written int // by transactions that committed
	Seen    int
	Gaps    int // numbers that were not the next
}

// Complete reports whether the follower missed nothing and could have told.
func (r Tailed) Complete() bool { return r.Written == r.Seen && r.Gaps == 0 }

// Tail lets writers run their transactions, of one to three elements and every seventh rolled back, while
// a follower reads.
func Tail(ctx context.Context, s Source, writers, transactions int) (Tailed, error) {
	var r Tailed
	var mu sync.Mutex
	var failed error
	written := make(chan struct{})
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range transactions {
				n, rollback := 1+(w+i)%3, (w+i)%7 == 6
				err := s.Write(ctx, n, rollback)
				mu.Lock()
				if !rollback {
					r.Written += n
					failed = errors.Join(failed, err)
				}
				mu.Unlock()
			}
		})
	}
	go func() {
		group.Wait()
		close(written)
	}()
	err := r.follow(ctx, s, written)
	<-written // also when the follower gave up
	return r, errors.Join(failed, err)
}

// follow reads until everything was written and nothing more comes.
func (r *Tailed) follow(ctx context.Context, s Source, written <-chan struct{}) error {
	last := int64(0)
	for finished := false; ; {
		seqs, err := s.Read(ctx, last)
		if err != nil {
			return err
		}
		for _, seq := range seqs {
			if seq != last+1 {
				r.Gaps++
			}
			last = seq
			r.Seen++
		}
		if len(seqs) > 0 {
			continue
		}
		if finished {
			return nil
		}
		select {
		case <-written:
			finished = true
		case <-time.After(time.Millisecond):
		}
	}
}

func concurrentWriters(t *testing.T, s flow.Store) {
	undone := errors.New("rolled back on purpose")
	source := Source{
		Write: func(ctx context.Context, n int, rollback bool) error {
			return s.Update(ctx, func(tx flow.Tx) error {
				id := tocsin.NewRecordID(tocsin.KindItem)
				var batch []flow.Entry
				for i := range n {
					batch = append(batch, entry(id, int64(i+1), i%2 == 0))
				}
				if err := tx.Append(batch); err != nil {
					return fmt.Errorf("append: %w", err)
				}
				if rollback {
					return undone
				}
				return nil
			})
		},
		Read: func(ctx context.Context, after int64) (seqs []int64, err error) {
			err = s.View(ctx, func(tx flow.Tx) error {
				page, err := tx.Entries(after, 500)
				for _, e := range page {
					seqs = append(seqs, e.Seq)
				}
				return err
			})
			return seqs, err
		},
	}
	got, err := Tail(whole(t), source, racers, 40)
	if err != nil || !got.Complete() {
		t.Errorf("got %+v, %v", got, err)
	}
	if all := Verify(t, s); len(all) != got.Written {
		t.Errorf("the journal has %d events, want %d", len(all), got.Written)
	}
}
