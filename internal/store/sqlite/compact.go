// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/store/sqlstore"
)

// Compact rewrites the file from its living rows and empties the write-ahead log. When it returns without
// an error, nothing of an erased record is in either: deleting overwrites, but a page that was once split
// can keep a copy in its unused part. It takes time and memory in proportion to the database, and writers
// wait for it; give it a context with a deadline that fits.
func (db *DB) Compact(ctx context.Context) error {
	ctx, cancel := sqlstore.Deadline(ctx)
	defer cancel()
	if _, err := db.writer.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("rewrite database: %w", err)
	}
	for {
		done, err := db.truncate(ctx)
		if err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return &tocsin.Error{Code: tocsin.CodeBusy, Reason: "too_slow", RetryAfter: time.Second,
				Public: "Readers kept the write-ahead log from being emptied. Try again.", Err: ctx.Err()}
		case <-time.After(truncatePause):
		}
	}
}

// truncatePause lies between two tries to empty the log.
const truncatePause = 200 * time.Millisecond

// truncate moves the write-ahead log into the file and empties it. It is not done while somebody reads, and
// does not wait for that, because writers would wait with it.
func (db *DB) truncate(ctx context.Context) (done bool, err error) {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return false, fmt.Errorf("empty write-ahead log: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return false, fmt.Errorf("empty write-ahead log: %w", err)
	}
	var busy, frames, moved int64
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	_, resetErr := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = 5000")
	if err := errors.Join(err, resetErr); err != nil {
		return false, fmt.Errorf("empty write-ahead log: %w", err)
	}
	return busy == 0, nil
}

// truncator empties the log soon after an erasure, trying until no reader is in the way.
type truncator struct {
	signal chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func startTruncator(truncate func(context.Context) (bool, error)) *truncator {
	ctx, cancel := context.WithCancel(context.Background())
	t := &truncator{signal: make(chan struct{}, 1), cancel: cancel}
	t.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.signal:
			}
			if done, err := truncate(ctx); done || err != nil {
				continue // an error comes back at the next write, and at Close
			}
			t.wake()
			select {
			case <-ctx.Done():
				return
			case <-time.After(truncatePause):
			}
		}
	})
	return t
}

func (t *truncator) wake() {
	select {
	case t.signal <- struct{}{}:
	default:
	}
}

func (t *truncator) stop() {
	t.cancel()
	t.done.Wait()
}
