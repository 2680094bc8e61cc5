// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"time"

	"tocsin"
)

const (
	scanEvery  = time.Second
	handEvery  = time.Minute
	tidyEvery  = 10 * time.Minute
	keepJobs   = 30 * 24 * time.Hour // finished jobs stay this long for people to look at
	pruneBatch = 1000
)

// Clockwork fires legal clocks until the context ends. They live in columns, not in timers, so that a
// restart, a stepped clock or a change to summer time loses none and doubles none.
func (f *Flow) Clockwork(ctx context.Context) error {
	scan, hand, tidy := time.NewTicker(scanEvery), time.NewTicker(handEvery), time.NewTicker(tidyEvery)
	defer scan.Stop()
	defer hand.Stop()
	defer tidy.Stop()
	for {
		if err := f.Scan(ctx); err != nil && ctx.Err() == nil {
			f.Log.Error("legal clocks not scanned", "code", tocsin.CodeOf(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tidy.C:
			if err := f.tidy(ctx); err != nil && ctx.Err() == nil {
				f.Log.Error("old rows not removed", "code", tocsin.CodeOf(err))
			}
		case <-hand.C:
			if err := f.HandOn(ctx); err != nil && ctx.Err() == nil {
				f.Log.Error("cases not handed on", "code", tocsin.CodeOf(err))
			}
		case <-scan.C:
		}
	}
}

// tidy removes what nobody needs any more: finished jobs past their period and nonces of hops that could
// no longer be replayed.
func (f *Flow) tidy(ctx context.Context) error {
	now := f.Clock.Now()
	f.stills.forget(now)
	for {
		var removed int64
		err := f.Store.Update(ctx, func(tx Tx) (err error) {
			if err := errors.Join(tx.PruneNonces(now), tx.PruneKept(now)); err != nil {
				return err
			}
			removed, err = tx.PruneJobs(now.Add(-keepJobs), pruneBatch)
			return err
		})
		if err != nil || removed < pruneBatch {
			return err
		}
	}
}

// clocked are the kinds of record that have clocks.
var clocked = []tocsin.RecordKind{tocsin.KindReceivedOrder, tocsin.KindIssuedOrder, tocsin.KindItem,
	tocsin.KindOrderCopy, tocsin.KindBatch, tocsin.KindSignal, tocsin.KindCase, tocsin.KindDecision,
	tocsin.KindNotice, tocsin.KindComplaint, tocsin.KindMisuse, tocsin.KindAlert, tocsin.KindReview, tocsin.KindChallenge}

// Scan fires every clock that is due now, each record in a transaction of its own, so that one that
// fails holds up no other.
func (f *Flow) Scan(ctx context.Context) error {
	now := f.Clock.Now()
	for _, kind := range clocked {
		page := Page{Kind: kind, DueBy: &now, ByDue: true, Limit: 200}
		for {
			var rows []Row
			err := f.Store.View(ctx, func(tx Tx) (err error) {
				rows, page.After, err = tx.Records(page)
				return err
			})
			if err != nil {
				return err
			}
			for _, row := range rows {
				if err := f.fire(ctx, row.ID); err != nil {
					f.Log.Error("legal clock not fired", "record", row.ID, "code", tocsin.CodeOf(err),
						"reason", tocsin.ReasonOf(err))
				}
			}
			if page.After == "" {
				break
			}
		}
	}
	return nil
}

func (f *Flow) fire(ctx context.Context, id tocsin.RecordID) error {
	return f.update(ctx, func(u *unit) error {
		rec, err := u.record(id)
		if err != nil {
			return err
		}
		if due := rec.agg.Due(); due == nil || u.now.Before(*due) {
			return nil // fired meanwhile
		}
		if o, ok := rec.agg.(*tocsin.IssuedOrder); ok && o.Status == tocsin.IssuedWaiting {
			return u.waited(o)
		}
		if a, ok := rec.agg.(*tocsin.Alert); ok {
			return u.callNext(a)
		}
		events, err := rec.agg.Tick(u.clock(), f.Settings.Periods)
		if err := u.did(rec.agg, events, err); err != nil {
			return err
		}
		return u.follow(rec.agg, events)
	})
}

// waited issues an order whose twelve hours of prior information are over (Art. 3(2)).
func (u *unit) waited(o *tocsin.IssuedOrder) error {
	contact, err := u.contact(o.Host)
	if err != nil {
		return err
	}
	return u.issue(o, contact)
}

// follow does what must happen with a clock's event in the same transaction.
func (u *unit) follow(agg tocsin.Aggregate, events []tocsin.Event) error {
	for _, e := range events {
		switch e.Kind {
		case tocsin.EventOrderDeliveryAlarm, tocsin.EventReceivedAlarm, tocsin.EventReceivedDeadlinePassed,
			tocsin.EventReceivedRatificationLate, tocsin.EventOrderOverdue,
			tocsin.EventNoticeOverdue, tocsin.EventComplaintAlarm, tocsin.EventComplaintOverdue:
			u.alarm(agg, e)
		case tocsin.EventCaseOverdue:
			u.alarm(agg, e)
			return u.handOn(agg.(*tocsin.Case))
		case tocsin.EventOrderGagEnded:
			return u.openLeaves(agg, u.f.Identity.Party)
		case tocsin.EventCopyGagEnded:
			return u.openLeaves(agg, agg.(*tocsin.OrderCopy).Issuer)
		case tocsin.EventReceivedGagEnded:
			return u.ungag(agg.(*tocsin.ReceivedOrder))
		case tocsin.EventDecisionRatificationLate:
			u.alarm(agg, e)
			return u.unratified(agg.(*tocsin.Decision))
		case tocsin.EventStandingEnded:
			return u.unstand(agg.(*tocsin.Decision))
		case tocsin.EventRestrictionEnded:
			u.enqueue(JobApply, e.ID, platformTarget, nil)
		}
	}
	return nil
}

// alarm calls the people on duty, once the event is committed. It names the record, never its content.
func (u *unit) alarm(agg tocsin.Aggregate, e tocsin.Event) {
	u.after = append(u.after, func() {
		u.f.Log.Warn("alarm", "event", e.Kind, "record", agg.Base().ID, "party", e.Facts.Party)
	})
}

// ungag opens what a gag closed: the log, and what the platform may tell. No person has to do anything
// (Art. 11(3)).
func (u *unit) ungag(o *tocsin.ReceivedOrder) error {
	if err := u.openLeaves(o, o.Issuer); err != nil {
		return err
	}
	for _, ordered := range o.Items {
		if ordered.Restriction == "" {
			continue
		}
		item, err := load[*tocsin.Item](u, ordered.Item)
		if err != nil {
			return err
		}
		events, err := item.Disclose(u.clock(), o.ID)
		if err := u.did(item, events, err); err != nil {
			return err
		}
		u.enqueue(JobApply, events[0].ID, platformTarget, nil)
	}
	return nil
}
