// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/postgres"
	"tocsin/internal/store/storetest"
)

var at = time.Unix(1_900_000_000, 0).UTC()

func update(t *testing.T, s flow.Store, fn func(flow.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// note appends the event that follows version, and saves the record with it.
func note(tx flow.Tx, id tocsin.RecordID, version int64) error {
	r := flow.Row{ID: id, Kind: tocsin.KindItem, Version: version + 1, Status: "visible", Body: []byte("{}"),
		UpdatedAt: at}
	save := tx.Create
	if version > 0 {
		save = func(r flow.Row) error { return tx.Save(r, version) }
	}
	h := tocsin.Header{V: tocsin.HeaderVersion, ID: tocsin.NewEventID(), Kind: "item.noted", Record: id,
		Of: tocsin.KindItem, Version: version + 1, At: at, Actor: tocsin.ActorClock}
	exact, err := h.Encode()
	if err != nil {
		return err
	}
	if err := save(r); err != nil {
		return err
	}
	return tx.Append([]flow.Entry{{Header: h, Exact: exact, Leaf: []byte(h.ID)}})
}

// hears waits for a wake-up, within a bound that is no measure.
func hears(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was heard")
	}
}

func TestProcessesHearEachOther(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	one, two := open(t, address, true), open(t, address, false)
	heard := two.Committed()
	listeners := func() (pids []int32) {
		t.Helper()
		// Not the sessions of the pools, whose last statement is another.
		rows, err := one.Pool().QueryContext(t.Context(),
			`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var pid int32
			if err := rows.Scan(&pid); err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
		return pids
	}
	waitFor := func(what string, done func() bool) {
		t.Helper()
		for range 2000 {
			if done() {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("%s did not happen", what)
	}
	drain := func() {
		for {
			select {
			case <-heard:
			case <-time.After(600 * time.Millisecond): // longer than they poll while deaf
				return
			}
		}
	}
	waitFor("listening", func() bool { return len(listeners()) == 2 })
	drain()
	update(t, one, func(tx flow.Tx) error { return note(tx, tocsin.NewRecordID(tocsin.KindItem), 0) })
	hears(t, heard)
	update(t, one, func(tx flow.Tx) error { return tx.Enqueue(flow.Job{Kind: "callback", Key: "a", RunAt: at}) })
	hears(t, heard)
	before := listeners()
	for _, pid := range before {
		if _, err := one.Pool().ExecContext(t.Context(), "SELECT pg_terminate_backend($1)", pid); err != nil {
			t.Fatal(err)
		}
	}
	waitFor("listening again", func() bool {
		now := listeners()
		return len(now) == 2 && now[0] != before[0] && now[0] != before[1]
	})
	drain()
	update(t, one, func(tx flow.Tx) error { return note(tx, tocsin.NewRecordID(tocsin.KindItem), 0) })
	hears(t, heard)
}

func TestProcessesShareJobsAndJournal(t *testing.T) {
	t.Parallel()
	address, total := newDatabase(t), 200
	stores := []flow.Store{open(t, address, true), open(t, address, false), open(t, address, false)}
	var mu sync.Mutex
	runs := map[int64]int{}
	var group sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	update(t, stores[0], func(tx flow.Tx) error {
		for i := range total {
			if err := tx.Enqueue(flow.Job{Kind: "callback", Key: fmt.Sprint(i), RunAt: at}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, s := range stores {
		group.Go(func() {
			for {
				var claimed []flow.ClaimedJob
				err := s.Update(ctx, func(tx flow.Tx) (err error) {
					claimed, err = tx.ClaimJobs(at, time.Minute, 3)
					if err != nil || len(claimed) == 0 {
						return err
					}
					return note(tx, tocsin.NewRecordID(tocsin.KindItem), 0)
				})
				if err != nil {
					t.Error(err)
				}
				if err != nil || len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, j := range claimed {
					runs[j.ID]++
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(runs) != total {
		t.Errorf("%d of %d jobs were claimed", len(runs), total)
	}
	for id, n := range runs {
		if n != 1 {
			t.Errorf("job %d was claimed %d times under one lease", id, n)
		}
	}
	storetest.Verify(t, stores[1])
}

func TestConcurrentStartsMigrateOnce(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			db, err := postgres.Open(t.Context(), postgres.Options{URL: address, Create: true})
			if err != nil {
				if tocsin.CodeOf(err) != tocsin.CodeConflict { // somebody else made it
					t.Error(err)
				}
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := open(t, address, false).Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWaitingTooLongForALockIsBusy(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	db := open(t, address+"&lock_timeout=50", true)
	own, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close(context.WithoutCancel(t.Context()))
	if _, err := own.Exec(t.Context(), "BEGIN; UPDATE journal_head SET seq = seq"); err != nil {
		t.Fatal(err)
	}
	id := tocsin.NewRecordID(tocsin.KindItem)
	err = db.Update(t.Context(), func(tx flow.Tx) error { return note(tx, id, 0) })
	if tocsin.CodeOf(err) != tocsin.CodeBusy || tocsin.ReasonOf(err) != "too_slow" {
		t.Errorf("got %v", err)
	}
	if err := db.Ready(t.Context()); err != nil { // readers do not wait
		t.Error(err)
	}
}
