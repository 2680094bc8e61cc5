// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

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

// shapes of commits: how many write at once, and how many events each commit carries.
var shapes = []struct{ writers, batch int }{{1, 1}, {16, 1}, {1, 100}}

// database is an engine that can be closed.
type database interface {
	flow.Store
	Close() error
}

func measureJournal(ctx context.Context, b *bench) error {
	t := b.report.table("Journal", "Events appended and committed to disk, each with its leaf in the transparency log, so leaves a second are "+
		"events a second; each run begins with an empty database, and ends by reading everything again.")
	engines := []struct {
		name string
		open func() (database, error)
	}{{"SQLite", func() (database, error) {
		return sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(b.dir, tocsin.NewToken("journal")), Create: true})
	}}}
	if b.postgres != "" {
		engines = append(engines, struct {
			name string
			open func() (database, error)
		}{"PostgreSQL", func() (database, error) {
			address, err := b.newDatabase()
			if err != nil {
				return nil, err
			}
			return postgres.Open(ctx, postgres.Options{URL: address, Create: true})
		}})
	}
	for _, e := range engines {
		for _, shape := range shapes {
			var rates []float64
			for range journalRuns {
				rate, err := appendFor(ctx, e.open, shape.writers, shape.batch)
				if err != nil {
					return fmt.Errorf("%s: %w", e.name, err)
				}
				rates = append(rates, rate)
			}
			t.figure(fmt.Sprintf("%s, %d at once, %d to a commit", e.name, shape.writers, shape.batch), "events/s", rates...)
		}
	}
	return nil
}

// appendFor writes for a while and gives events a second.
func appendFor(ctx context.Context, open func() (database, error), writers, batch int) (rate float64, err error) {
	db, err := open()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var mu sync.Mutex
	var working sync.WaitGroup
	var total int64
	began := time.Now()
	for range writers {
		working.Go(func() {
			for time.Since(began) < journalTime {
				entries, e := newEntries(batch)
				if e == nil {
					e = db.Update(ctx, func(tx flow.Tx) error { return tx.Append(entries) })
				}
				mu.Lock()
				total, err = total+int64(batch), errors.Join(err, e)
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

// newEntries are events of the size that an order's have.
func newEntries(n int) ([]flow.Entry, error) {
	entries := make([]flow.Entry, n)
	id := tocsin.NewRecordID(tocsin.KindItem)
	for i := range entries {
		h := tocsin.Header{V: tocsin.HeaderVersion, ID: tocsin.NewEventID(), Kind: tocsin.EventItemLocated, Record: id,
			Of: tocsin.KindItem, Version: int64(i + 1), At: time.Now().UTC().Truncate(time.Microsecond), Actor: tocsin.ActorClock}
		exact, err := h.Encode()
		if err != nil {
			return nil, err
		}
		leaf, err := newLeaf(h)
		if err != nil {
			return nil, err
		}
		entries[i] = flow.Entry{Header: h, Exact: exact, Payload: make([]byte, 1500), Leaf: leaf}
	}
	return entries, nil
}

// newLeaf is the leaf of a receipt, which commits to three fields.
func newLeaf(h tocsin.Header) ([]byte, error) {
	var key translog.RecordKey
	_, _ = rand.Read(key[:]) // never fails
	digests, _, err := key.Commit(string(h.ID), translog.Field{Name: translog.FieldDocument, Value: "document"},
		translog.Field{Name: translog.FieldReference, Value: "reference"}, translog.Field{Name: translog.FieldTime, Value: "time"})
	if err != nil {
		return nil, err
	}
	return translog.Leaf{Type: translog.TypeReceipt, Of: translog.TypeOrder, Issuer: "authority", Code: translog.CodeLogged,
		Deadline: translog.Deadline1h, Hour: translog.HourOf(h.At), SD: digests}.Encode()
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
