// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"

	"tocsin"
	"tocsin/wire"
)

// apply tells the platform the state of an item and records the measure it answers with; when that was the
// last one an order waited for, Annex II leaves in the same transaction.
func (f *Flow) apply(ctx context.Context, job ClaimedJob) (outcome, error) {
	event := tocsin.EventID(job.Args["event"])
	id, v, err := f.visibility(ctx, event)
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return outcome{fail: string(tocsin.ReasonErased)}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	if err := f.offered(ctx, job, SentLetter{To: platformTarget, Type: callback}); err != nil {
		return outcome{}, err
	}
	measure, err := f.Platform.Apply(ctx, v)
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Reason == ReasonPlatformRefused {
		return outcome{fail: string(e.Reason)}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	measure.Event, measure.At = event, measure.At.UTC()
	err = f.update(ctx, func(u *unit) error {
		if err := u.measured(id, measure, v.At); err != nil {
			return err
		}
		if err := u.delivered(job, func(d *Delivery) { d.AckedAt, d.Code = &u.now, measure.Action }); err != nil {
			return err
		}
		return u.finish(job)
	})
	return finished, ignoreLost(err)
}

// callback is the kind of a delivery to the platform.
const callback = "callback"

// ReasonPlatformRefused marks a callback the platform will not take; trying again does not help.
const ReasonPlatformRefused tocsin.Reason = "platform_refused"

// visibility is the state of the item of an event, as it is now.
func (f *Flow) visibility(ctx context.Context, event tocsin.EventID) (tocsin.RecordID, Visibility, error) {
	var v Visibility
	var id tocsin.RecordID
	err := f.view(ctx, func(u *unit) error {
		entry, err := u.tx.EntryByID(event)
		if err != nil {
			return err
		}
		id = entry.Header.Record
		item, err := load[*tocsin.Item](u, id)
		if err != nil {
			return err
		}
		var file ItemFile
		if err := u.read(item, &file); err != nil {
			return err
		}
		head, err := u.tx.Head()
		if err != nil {
			return err
		}
		v = Visibility{Event: event, At: entry.Header.At, Ref: file.Ref, Address: file.Address,
			Version: toldVersion(head.Shard, item.Version)}
		for _, r := range item.Active(u.now) {
			shown, err := u.shown(r, file)
			if err != nil {
				return err
			}
			v.Restrictions = append(v.Restrictions, shown)
		}
		return nil
	})
	return id, v, err
}

// shown is what a platform may tell of a restriction. Under a gag that is nothing but that there is one.
func (u *unit) shown(r tocsin.Restriction, of ItemFile) (Shown, error) {
	s := Shown{Restriction: r, Neutral: r.Gagged(u.now)}
	if s.Neutral {
		return s, nil
	}
	if r.Decision != "" {
		statement, err := u.statement(r, of.Language)
		s.Statement = &statement
		return s, err
	}
	o, err := load[*tocsin.ReceivedOrder](u, r.Order)
	if err != nil {
		return s, err
	}
	var file ReceivedFile
	if err := u.read(o, &file); err != nil {
		return s, err
	}
	order, err := wire.DecodeOrder(file.Exact)
	if err != nil {
		return s, err
	}
	s.Authority, s.OrderReference = order.Annex.Authority.Name, order.Annex.Heading.Reference
	s.Reasons = order.Reasons
	s.Remedies = order.Annex.Redress.Body + ". " + order.Annex.Redress.Deadline
	return s, nil
}

// toldVersion orders what a platform is told of an item. The shard goes first: a restored database has an
// older version of the item than the platform, which would ignore what it is told, and a new shard.
func toldVersion(shard, version int64) int64 { return shard<<32 | version }
