// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// everything does one of each thing that must not remain when a transaction fails.
func everything(tx flow.Tx, r flow.Row) error {
	return errors.Join(
		tx.Create(r), tx.Reserve("address", []byte("key"), r.ID), tx.SetSearchText(r.ID, "kettle"),
		tx.SaveCommand("key", nil, start), tx.Enqueue(job("a", start)), tx.SetPosition("feed", 3),
		tx.SaveDelivery(flow.Delivery{Event: "evt", Target: "platform", Record: r.ID}),
		tx.Append([]flow.Entry{entry(r.ID, 1, true)}),
	)
}

// nothing checks that nothing of it is there.
func nothing(t *testing.T, s flow.Store, r flow.Row) {
	t.Helper()
	if got := Verify(t, s); len(got) != 0 {
		t.Errorf("the journal has %d events", len(got))
	}
	if got := jobs(t, s, false); len(got) != 0 {
		t.Errorf("there are jobs: %v", got)
	}
	if got := found(t, s, 1, "kettle"); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	view(t, s, func(tx flow.Tx) error {
		_, err := tx.Record(r.ID)
		expect(t, err, tocsin.CodeNotFound, "")
		_, err = tx.Lookup("address", []byte("key"))
		expect(t, err, tocsin.CodeNotFound, "")
		if _, known, err := tx.Command("key"); known || err != nil {
			t.Errorf("the command is known, %v", err)
		}
		if seq, err := tx.Position("feed"); seq != 0 || err != nil {
			t.Errorf("the follower stands at %d, %v", seq, err)
		}
		if all, err := tx.DeliveriesOf(r.ID); len(all) != 0 || err != nil {
			t.Errorf("there are deliveries: %v, %v", all, err)
		}
		return nil
	})
}

func errorInsideIsInvisible(t *testing.T, s flow.Store) {
	r, wrong := newRow(), errors.New("the use case changed its mind")
	err := s.Update(t.Context(), func(tx flow.Tx) error {
		if err := everything(tx, r); err != nil {
			t.Errorf("before the error: %v", err)
		}
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Errorf("got %v, want the error of the function", err)
	}
	nothing(t, s, r)
	update(t, s, func(tx flow.Tx) error { return everything(tx, r) })
}

func swallowedErrorCannotCommit(t *testing.T, s flow.Store) {
	r := newRow()
	for name, fail := range map[string]func(flow.Tx) error{
		"conflict": func(tx flow.Tx) error { return tx.Create(r) },
		"stale":    func(tx flow.Tx) error { return tx.Save(r, 7) },
		"taken":    func(tx flow.Tx) error { return tx.Reserve("address", []byte("key"), "itm_other") },
		"refused":  func(tx flow.Tx) error { return tx.SetPosition("\x00", 1) },
		"twice":    func(tx flow.Tx) error { return tx.Append([]flow.Entry{entry(r.ID, 1, true)}) },
	} {
		var first error
		err := s.Update(t.Context(), func(tx flow.Tx) error {
			if err := everything(tx, r); err != nil {
				t.Errorf("before the error: %v", err)
			}
			first = fail(tx)
			_ = tx.SetPosition("feed", 9) // and goes on as if nothing had happened
			return nil
		})
		if first == nil || !errors.Is(err, first) {
			t.Errorf("%s: committed with %v, got %v", name, first, err)
		}
		nothing(t, s, r)
	}
}

func panicRollsBack(t *testing.T, s flow.Store) {
	r := newRow()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Update(t.Context(), func(tx flow.Tx) error {
			if err := everything(tx, r); err != nil {
				t.Errorf("before the panic: %v", err)
			}
			panic("a bug in a use case")
		})
	}()
	nothing(t, s, r)
}

func viewSeesOneMoment(t *testing.T, s flow.Store) {
	r, _ := addRecord(t, s)
	view(t, s, func(tx flow.Tx) error {
		before, err := tx.Head()
		if err != nil {
			return err
		}
		addRecord(t, s) // somebody else commits meanwhile
		after, err := tx.Head()
		if before != after {
			t.Errorf("the view moved from event %d to %d", before.Seq, after.Seq)
		}
		if all, err := tx.Entries(0, 10); len(all) != 1 || err != nil {
			t.Errorf("the view shows %d events, %v", len(all), err)
		}
		return err
	})
	for name, write := range map[string]func(flow.Tx) error{
		"save":   func(tx flow.Tx) error { return tx.Save(r, 1) },
		"append": func(tx flow.Tx) error { return tx.Append([]flow.Entry{entry(r.ID, 2, true)}) },
		"claim": func(tx flow.Tx) error {
			_, err := tx.ClaimJobs(start, lease, 1)
			return err
		},
	} {
		if err := s.View(t.Context(), func(tx flow.Tx) error { _ = write(tx); return nil }); err == nil {
			t.Errorf("%s in a view succeeded", name)
		}
	}
	if got := Verify(t, s); len(got) != 2 {
		t.Errorf("the journal has %d events", len(got))
	}
}

func endedContext(t *testing.T, s flow.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	r := newRow()
	err := s.Update(ctx, func(tx flow.Tx) error {
		if err := everything(tx, r); err != nil {
			t.Errorf("before the end: %v", err)
		}
		cancel()
		return nil
	})
	expect(t, err, tocsin.CodeBusy, "")
	nothing(t, s, r)
	ran := false
	none := func(flow.Tx) error { ran = true; return nil }
	expect(t, s.Update(ctx, none), tocsin.CodeBusy, "")
	expect(t, s.View(ctx, none), tocsin.CodeBusy, "")
	if ran {
		t.Error("a function ran in an ended context")
	}
	update(t, s, func(tx flow.Tx) error { return everything(tx, r) })
}

func committedReachesEverySubscriber(t *testing.T, s flow.Store) {
	one, two := s.Committed(), s.Committed()
	heard := func() {
		t.Helper()
		for _, c := range []<-chan struct{}{one, two} {
			select {
			case <-c:
			case <-time.After(10 * time.Second): // a bound, not a measure
				t.Fatal("a subscriber heard nothing")
			}
		}
	}
	for range 3 { // coalesced: nobody has to listen
		addRecord(t, s)
	}
	heard()
	update(t, s, func(tx flow.Tx) error { return tx.Enqueue(job("a", start)) })
	heard()
}
