// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

const (
	// defaultDeadline bounds every call whose context has no deadline: a transaction without end
	// would hold the lock everybody waits for.
	defaultDeadline = 10 * time.Second
	maxTries        = 5
	tryPause        = 20 * time.Millisecond
)

// Dialect is what differs between the engines.
type Dialect struct {
	Claim    string            // the statement that leases jobs: $1 now, $2 lease end, $3 limit
	Notify   string            // run in a transaction whose commit others should hear of; "" when there are none
	Classify func(error) Class // of the driver's errors; contexts are seen to before
	// Cause drops from an error what must not be shown, such as the server's address. nil: there is nothing.
	Cause func(error) error
	// Parameters is how many an INSERT of many rows may have, where more would cost more than another one.
	Parameters int
	// CommitLost reports whether a failed COMMIT may have happened all the same. nil: never.
	CommitLost func(error) bool
}

// Store implements [flow.Store] on a pair of handles, which may be the same.
type Store struct {
	writer, reader *sql.DB
	dialect        Dialect
	erased         func() // called after a commit that erased; nil: nothing to do

	mu          sync.Mutex
	subscribers []chan struct{}
	health      health
}

var _ flow.Store = (*Store)(nil)

// New makes a store of open handles. erased is called after each commit that erased a record; it may be nil.
func New(writer, reader *sql.DB, d Dialect, erased func()) *Store {
	return &Store{writer: writer, reader: reader, dialect: d, erased: erased}
}

// View runs fn in a read-only transaction that sees the database at one moment.
func (s *Store) View(ctx context.Context, fn func(flow.Tx) error) error {
	ctx, cancel := Deadline(ctx)
	defer cancel()
	// READ COMMITTED would show each statement another moment.
	opts := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	t, err := s.begin(ctx, s.reader, opts)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err = fn(t); err == nil {
		err = t.err
	}
	if tocsin.ReasonOf(t.err) == reasonBroken { // what cannot be read must not be written to
		s.health.learn(t.err)
	}
	return err
}

// Update runs fn in a write transaction, again when it lost a race that another run can win.
func (s *Store) Update(ctx context.Context, fn func(flow.Tx) error) error {
	ctx, cancel := Deadline(ctx)
	defer cancel()
	if err := s.health.refusal(); err != nil {
		return err
	}
	for try := 1; ; try++ {
		again, err := s.update(ctx, fn)
		if err == nil || !again || try == maxTries {
			s.health.learn(err)
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(tryPause << try)):
		}
	}
}

// update is one run of fn. again says that the transaction as such lost a race.
func (s *Store) update(ctx context.Context, fn func(flow.Tx) error) (again bool, err error) {
	t, err := s.begin(ctx, s.writer, nil)
	if err != nil {
		return tocsin.ReasonOf(err) == reasonContended, err
	}
	defer t.rollback()
	if err = fn(t); err == nil {
		err = t.err
	}
	if err == nil {
		err = s.commit(ctx, t)
	}
	if err != nil {
		return tocsin.ReasonOf(t.err) == reasonContended, err
	}
	if t.announced {
		s.Broadcast()
	}
	if t.erased && s.erased != nil {
		s.erased()
	}
	return false, nil
}

func (s *Store) begin(ctx context.Context, db *sql.DB, opts *sql.TxOptions) (*tx, error) {
	inner, err := db.BeginTx(ctx, opts)
	if err != nil {
		return nil, s.dialect.translate(fmt.Errorf("begin transaction: %w", err))
	}
	return &tx{ctx: ctx, tx: inner, dialect: s.dialect, readOnly: opts != nil && opts.ReadOnly}, nil
}

func (s *Store) commit(ctx context.Context, t *tx) error {
	if err := ctx.Err(); err != nil {
		return t.fail(fmt.Errorf("commit transaction: %w", err))
	}
	err := t.tx.Commit()
	if err == nil {
		return nil
	}
	if s.dialect.CommitLost != nil && s.dialect.CommitLost(err) {
		return &tocsin.Error{Code: tocsin.CodeBusy, Reason: flow.ReasonUnknownOutcome, RetryAfter: time.Second,
			Public: "The answer to this was lost. Send it again with the same key.", Err: s.dialect.cause(err)}
	}
	return t.fail(fmt.Errorf("commit transaction: %w", err))
}

// Committed gives a channel of its own to each caller. It lives as long as the store.
func (s *Store) Committed() <-chan struct{} {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribers = append(s.subscribers, c)
	return c
}

// Broadcast wakes everybody who listens to Committed; for commits of other processes.
func (s *Store) Broadcast() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.subscribers {
		select {
		case c <- struct{}{}:
		default: // a wake-up is waiting already
		}
	}
}

// Deadline gives ctx one when it has none.
func Deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, defaultDeadline)
}
