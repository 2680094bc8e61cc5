// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/postgres"
	"tocsin/internal/store/sqlite"
	"tocsin/translog"
)

const (
	journalRuns = 3
	journalTime = 2 * time.Second // of each run
)

// shape of commits: how many write at once, how many events each commit carries, and how many events a
// second there must be on each engine; 0 where no goal is set.
type shape struct {
	writers, batch       int
	onSQLite, onPostgres float64
}

var shapes = []shape{{1, 1, 1000, 0}, {16, 1, 1000, 600}, {1, 100, 4000, 4000}}

// database is an engine that can be closed.
type database interface {
	flow.Store
	Close() error
}

// opener makes an empty database.
type opener func(context.Context) (database, error)

func measureJournal(ctx context.Context, b *bench) error {
	t := b.report.table("Journal", "Events appended and committed to disk, each with its leaf in the "+
		"transparency log and a job, so leaves a second are events a second; each run begins with an empty "+
		"database, and ends by reading everything again.")
	for _, s := range shapes {
		rates, err := s.rates(ctx, b.newSQLite)
		if err != nil {
			return fmt.Errorf("SQLite: %w", err)
		}
		t.rate("SQLite", s, s.onSQLite, rates)
	}
	if b.postgres == "" {
		return nil
	}
	for _, s := range shapes {
		rates, err := s.rates(ctx, b.newPostgres)
		if err != nil {
			return fmt.Errorf("PostgreSQL: %w", err)
		}
		t.rate("PostgreSQL", s, s.onPostgres, rates)
	}
	return nil
}

func (t *table) rate(engine string, s shape, goal float64, rates []float64) {
	what := fmt.Sprintf("%s, %d at once, %d to a commit", engine, s.writers, s.batch)
	if goal == 0 {
		t.figure(what, "events/s", rates...)
		return
	}
	t.atLeast(what, goal, "events/s", rates...)
}

func (b *bench) newSQLite(ctx context.Context) (database, error) {
	return sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(b.dir, tocsin.NewToken("journal")), Create: true})
}

func (b *bench) newPostgres(ctx context.Context) (database, error) {
	address, err := b.newDatabase()
	if err != nil {
		return nil, err
	}
	return postgres.Open(ctx, postgres.Options{URL: address, Create: true})
}

func (s shape) rates(ctx context.Context, open opener) ([]float64, error) {
	var rates []float64
	for range journalRuns {
		rate, err := s.appendFor(ctx, open)
		if err != nil {
			return nil, err
		}
		rates = append(rates, rate)
	}
	return rates, nil
}

// appendFor writes for a while and gives events a second.
func (s shape) appendFor(ctx context.Context, open opener) (rate float64, err error) {
	db, err := open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var mu sync.Mutex
	var working sync.WaitGroup
	var total int64
	began := time.Now()
	for range s.writers {
		working.Go(func() {
			for time.Since(began) < journalTime {
				entries, jobs, e := newEntries(s.batch)
				if e == nil {
					e = commit(ctx, db, entries, jobs)
				}
				mu.Lock()
				total, err = total+int64(s.batch), errors.Join(err, e)
				mu.Unlock()
				if e != nil {
					return
				}
			}
		})
	}
	working.Wait()
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	return float64(total) / took.Seconds(), readAgain(ctx, db, total)
}

func commit(ctx context.Context, db database, entries []flow.Entry, jobs []flow.Job) error {
	return db.Update(ctx, func(tx flow.Tx) error {
		if err := tx.Enqueue(jobs...); err != nil {
			return err
		}
		return tx.Append(entries)
	})
}

// newEntries are events of the size that an order's have, each with a job.
func newEntries(n int) ([]flow.Entry, []flow.Job, error) {
	entries, jobs := make([]flow.Entry, n), make([]flow.Job, n)
	id, at := tocsin.NewRecordID(tocsin.KindItem), time.Now().UTC().Truncate(time.Microsecond)
	for i := range entries {
		h := tocsin.Header{V: tocsin.HeaderVersion, ID: tocsin.NewEventID(), Kind: tocsin.EventItemLocated,
			Record: id, Of: tocsin.KindItem, Version: int64(i + 1), At: at, Actor: tocsin.ActorClock}
		exact, err := h.Encode()
		if err != nil {
			return nil, nil, err
		}
		leaf, err := newLeaf(h)
		if err != nil {
			return nil, nil, err
		}
		args := map[string]string{"event": string(h.ID)}
		jobs[i] = flow.Job{Kind: "bench", Key: string(h.ID), Args: args, RunAt: at}
		entries[i] = flow.Entry{Header: h, Exact: exact, Payload: make([]byte, 1500), Leaf: leaf}
	}
	return entries, jobs, nil
}

// newLeaf is the leaf of a receipt, which commits to three fields.
func newLeaf(h tocsin.Header) ([]byte, error) {
	var key translog.RecordKey
	_, _ = rand.Read(key[:]) // never fails
	digests, _, err := key.Commit(string(h.ID), translog.Field{Name: translog.FieldDocument, Value: "document"},
		translog.Field{Name: translog.FieldReference, Value: "reference"},
		translog.Field{Name: translog.FieldTime, Value: "time"})
	if err != nil {
		return nil, err
	}
	return translog.Leaf{Type: translog.TypeReceipt, Of: translog.TypeOrder, Issuer: "authority",
		Code: translog.CodeLogged, Deadline: translog.Deadline1h, Hour: translog.HourOf(h.At), SD: digests}.Encode()
}

// readAgain counts what is there and follows the chain.
func readAgain(ctx context.Context, db database, total int64) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var seq int64
	var hash [32]byte
	return db.View(ctx, func(tx flow.Tx) error {
		for {
			entries, err := tx.Entries(seq, 500)
			if err != nil {
				return err
			}
			if len(entries) == 0 {
				break
			}
			for _, e := range entries {
				seq++
				if hash = flow.ChainHash(hash, seq, e.Exact); e.Seq != seq || hash != e.Hash || e.LeafIndex != seq-1 {
					return fmt.Errorf("event %d is not where it belongs", e.Seq)
				}
			}
		}
		if seq != total {
			return fmt.Errorf("%d events were acknowledged and %d are there", total, seq)
		}
		return nil
	})
}
