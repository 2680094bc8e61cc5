// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/storetest"
)

// TestIdentityColumnWouldLoseEvents guards the follower test: the same check fails for numbers that are
// handed out before the commit.
func TestIdentityColumnWouldLoseEvents(t *testing.T) {
	t.Parallel()
	pool := open(t, newDatabase(t), true).Pool()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const table = "CREATE TABLE numbered (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x text)"
	if _, err := pool.ExecContext(ctx, table); err != nil {
		t.Fatal(err)
	}
	got, err := storetest.Tail(ctx, storetest.Source{
		Write: func(ctx context.Context, n int, rollback bool) error {
			tx, err := pool.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			defer func() { _ = tx.Rollback() }()
			for range n {
				if _, err := tx.ExecContext(ctx, "INSERT INTO numbered (x) VALUES ('')"); err != nil {
					return err
				}
			}
			if rollback {
				return nil
			}
			return tx.Commit()
		},
		Read: func(ctx context.Context, after int64) (seqs []int64, err error) {
			rows, err := pool.QueryContext(ctx, "SELECT seq FROM numbered WHERE seq > $1 ORDER BY seq", after)
			if err != nil {
				return nil, err
			}
			defer rows.Close()
			for rows.Next() {
				var seq int64
				if err := rows.Scan(&seq); err != nil {
					return nil, err
				}
				seqs = append(seqs, seq)
			}
			return seqs, rows.Err()
		},
	}, 16, 60)
	if err != nil {
		t.Fatal(err)
	}
	if got.Complete() || got.Gaps == 0 {
		t.Errorf("the check accepts an identity column: %+v", got)
	}
	t.Logf("with an identity column a follower saw %d of %d, with %d gaps", got.Seen, got.Written, got.Gaps)
}

// TestDeadlockRunsAgain: two transactions that take two records in opposite order both succeed.
func TestDeadlockRunsAgain(t *testing.T) {
	t.Parallel()
	db := open(t, newDatabase(t), true)
	a, b := tocsin.NewRecordID(tocsin.KindItem), tocsin.NewRecordID(tocsin.KindItem)
	update(t, db, func(tx flow.Tx) error { return note(tx, a, 0) })
	update(t, db, func(tx flow.Tx) error { return note(tx, b, 0) })
	var met, group sync.WaitGroup
	met.Add(2)
	for _, order := range [][]tocsin.RecordID{{a, b}, {b, a}} {
		group.Go(func() {
			runs := 0
			err := db.Update(t.Context(), func(tx flow.Tx) error {
				runs++
				for i, id := range order {
					r, err := tx.Record(id)
					if err != nil {
						return err
					}
					r.Version++
					if err := tx.Save(r, r.Version-1); err != nil {
						return err
					}
					if i == 0 && runs == 1 { // both hold one now
						met.Done()
						met.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := db.View(t.Context(), func(tx flow.Tx) error {
		for _, id := range []tocsin.RecordID{a, b} {
			if r, err := tx.Record(id); r.Version != 3 || err != nil {
				t.Errorf("version %d, %v", r.Version, err)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
