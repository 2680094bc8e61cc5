// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tocsin"
)

// Alerts are made by following the journal, so that no use case has to think of them. The alert, the calls it
// makes and the place in the journal are one transaction: a process that dies calls nobody twice and forgets
// nobody.

const (
	alerter     = "alert" // the follower's name
	lookupAlert = "alert" // topic and what it is about, while an alert about it is open
)

// Alert calls people about what happens, until the context ends. It goes on where it was when the node stopped.
func (f *Flow) Alert(ctx context.Context) error {
	wake := f.Store.Committed()
	for {
		err := f.followAlerts(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.Error("people not called about what happened", "code", tocsin.CodeOf(err),
				"reason", tocsin.ReasonOf(err))
		}
		var again <-chan time.Time
		if err != nil {
			again = time.After(followAgain)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-again:
		}
	}
}

// followAlerts looks at each event since the last one looked at.
func (f *Flow) followAlerts(ctx context.Context) error {
	for {
		var at int64
		var entries []StoredEntry
		err := f.Store.View(ctx, func(tx Tx) (err error) {
			if at, err = tx.Position(alerter); err == nil {
				entries, err = tx.Entries(at, 200)
			}
			return err
		})
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			if e.Seq <= at { // another process is further
				continue
			}
			if at, err = f.alertAfter(ctx, at, e); err != nil {
				return fmt.Errorf("call people about %s: %w", e.Header.ID, err)
			}
		}
		if last := entries[len(entries)-1].Seq; last > at {
			if err := f.passTo(ctx, at, last); err != nil {
				return err
			}
		}
	}
}

// alertAfter does what an event asks for and gives the place in the journal after it, which stays where nobody is called.
func (f *Flow) alertAfter(ctx context.Context, at int64, e StoredEntry) (int64, error) {
	var calls bool
	err := f.view(ctx, func(u *unit) (err error) {
		calls, err = u.calls(e.Header)
		return err
	})
	if err != nil || !calls {
		return at, err
	}
	return f.alertOf(ctx, at, e)
}

// calls reports whether an event may change an alert: a rule speaks of it, or an alert about its record is open. A host that
// screens makes hundreds of others a second, and each would wait for its turn to write while an order's clock runs.
func (u *unit) calls(h tocsin.Header) (bool, error) {
	for _, r := range alertRules {
		if r.of == "" || r.of != h.Of {
			continue
		}
		if slices.Contains(r.on, h.Kind) {
			return true, nil
		}
		if open, err := u.openAlert(r.topic, string(h.Record)); open != nil || err != nil {
			return open != nil, err
		}
	}
	return false, nil
}

// alertOf applies every rule to one event, and moves on. Another process of this node may have done so before.
func (f *Flow) alertOf(ctx context.Context, at int64, e StoredEntry) (int64, error) {
	err := f.update(ctx, func(u *unit) error {
		now, err := u.tx.Position(alerter)
		if err != nil || now != at {
			return err
		}
		for _, r := range alertRules {
			if r.of != e.Header.Of {
				continue
			}
			if err := u.judge(r, e.Header); err != nil {
				return err
			}
		}
		return u.tx.SetPosition(alerter, e.Seq)
	})
	if err != nil {
		return at, err
	}
	return f.position(ctx, alerter)
}

func (f *Flow) passTo(ctx context.Context, at, seq int64) error {
	return f.Store.Update(ctx, func(tx Tx) error {
		if now, err := tx.Position(alerter); err != nil || now != at {
			return err
		}
		return tx.SetPosition(alerter, seq)
	})
}

func (f *Flow) position(ctx context.Context, follower string) (at int64, err error) {
	err = f.Store.View(ctx, func(tx Tx) error {
		at, err = tx.Position(follower)
		return err
	})
	return at, err
}

// judge opens, renews or clears the alert of a rule, by how the record stands now: what was handled before
// anybody looked calls nobody.
func (u *unit) judge(r alertRule, h tocsin.Header) error {
	rec, err := u.record(h.Record)
	if err != nil {
		return err
	}
	open, err := u.openAlert(r.topic, string(h.Record))
	if err != nil {
		return err
	}
	speaks := slices.Contains(r.on, h.Kind)
	switch {
	case r.waits != nil && !r.waits(rec.agg):
		return u.clear(open, tocsin.ClearedHandled)
	case !speaks, r.waits == nil && u.now.Sub(h.At) > tidings:
		return nil
	}
	return u.raise(r, open, rec.agg, h.Record, h.ID)
}

func alertValue(topic tocsin.Topic, about string) string { return string(topic) + " " + about }

// openAlert finds the alert about a thing that is not over; nil when there is none.
func (u *unit) openAlert(topic tocsin.Topic, about string) (*tocsin.Alert, error) {
	id, err := u.tx.Lookup(lookupAlert, u.f.Sealer.LookupKey(lookupAlert, alertValue(topic, about)))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return load[*tocsin.Alert](u, id)
}
