// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"time"

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
)

// automaticPeriod is how long a person has to ratify an automatic execution; zero for a person's decision.
type automaticPeriod = time.Duration

// locate asks the platform what each address of an order names, then records it and, where the host
// switched it on and nothing speaks against it, executes.
func (f *Flow) locate(ctx context.Context, job ClaimedJob) (outcome, error) {
	id, addresses, err := f.addressesOf(ctx, tocsin.EventID(job.Args["event"]))
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return outcome{fail: string(tocsin.ReasonErased)}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	named := make([]Named, len(addresses))
	for i, a := range addresses {
		if named[i], err = f.Platform.Resolve(ctx, a.URL); err != nil {
			return outcome{}, err
		}
	}
	if f.Settings.Automatic.Enabled {
		if err := f.conduct.prepare(ctx, f.Store, f.Clock.Now()); err != nil {
			return outcome{}, err
		}
	}
	err = f.update(ctx, func(u *unit) error {
		o, err := load[*tocsin.ReceivedOrder](u, id)
		if err != nil {
			return err
		}
		if o.Status == tocsin.ReceivedAuthenticated {
			if err := u.located(o, addresses, named); err != nil {
				return err
			}
		}
		return u.finish(job)
	})
	return finished, ignoreLost(err)
}

func (f *Flow) addressesOf(ctx context.Context, event tocsin.EventID) (tocsin.RecordID, []tocsin.Address, error) {
	var id tocsin.RecordID
	var order tocsin.Order
	err := f.view(ctx, func(u *unit) error {
		entry, err := u.tx.EntryByID(event)
		if err != nil {
			return err
		}
		id = entry.Header.Record
		o, err := load[*tocsin.ReceivedOrder](u, id)
		if err != nil {
			return err
		}
		var file ReceivedFile
		if err := u.read(o, &file); err != nil {
			return err
		}
		order, err = wire.DecodeOrder(file.Exact)
		return err
	})
	return id, order.Annex.Content.Addresses, err
}

// located records items and findings, and executes automatically where that is allowed.
func (u *unit) located(o *tocsin.ReceivedOrder, addresses []tocsin.Address, named []Named) error {
	var file ReceivedFile
	if err := u.read(o, &file); err != nil {
		return err
	}
	file.Located = nil
	located := make([]tocsin.LocatedAddress, len(named))
	for i, n := range named {
		l := tocsin.LocatedAddress{Findings: tocsin.Gate(addresses[i].URL)}
		text := LocatedText{Address: addresses[i].URL, Kind: n.Kind, Ref: n.Ref}
		switch n.Kind {
		case "item":
			id, err := u.item(n)
			if err != nil {
				return err
			}
			l.Item, text.Item = id, id
		case "collection":
			l.Findings = append(l.Findings, tocsin.FindingCollection)
		default:
			l.Findings = append(l.Findings, tocsin.FindingNotFound)
		}
		located[i] = l
		file.Located = append(file.Located, text)
	}
	events, err := o.Locate(u.clock(), located)
	if err := u.did(o, events, err); err != nil {
		return err
	}
	if err := u.write(o, file); err != nil {
		return err
	}
	limits, err := u.automaticLimits(o)
	if err != nil {
		return err
	}
	if !o.MayExecuteAutomatically(limits) {
		return nil
	}
	return u.execute(u.clock(), o, limits.RatifyWithin, "")
}

// item finds or opens the record of an item by the platform's own reference.
func (u *unit) item(n Named) (tocsin.RecordID, error) {
	key := u.f.Sealer.LookupKey(lookupItem, n.Ref)
	id, err := u.tx.Lookup(lookupItem, key)
	if err == nil || tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return id, err
	}
	file := ItemFile{Ref: n.Ref, Address: n.Address}
	item, events, err := tocsin.LocateItem(u.clock(), tocsin.NewRecordID(tocsin.KindItem), true, file)
	if err := u.did(item, events, err); err != nil {
		return "", err
	}
	if err := u.tx.Reserve(lookupItem, key, item.ID); err != nil {
		return "", err
	}
	u.findable(item.ID, n.Address)
	return item.ID, u.write(item, file)
}

// automaticLimits gathers what bounds automatic execution of this order.
func (u *unit) automaticLimits(o *tocsin.ReceivedOrder) (tocsin.AutomaticLimits, error) {
	a := u.f.Settings.Automatic
	l := tocsin.AutomaticLimits{Enabled: a.Enabled, MaxPerHour: a.MaxPerHour, RatifyWithin: u.f.Settings.Periods.Ratification}
	if !l.Enabled {
		return l, nil
	}
	recent, decided, overdue, err := u.f.conduct.limits(u.tx, o.Issuer, u.now)
	l.RecentOrders, l.KnownIssuer, l.ReviewPending = recent, decided >= a.TrustedFrom, overdue
	return l, err
}

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
	if err := f.offered(ctx, job, SentLetter{To: platformTarget, Type: "callback"}); err != nil {
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
		v = Visibility{Event: event, At: entry.Header.At, Ref: file.Ref, Address: file.Address, Version: item.Version}
		for _, r := range item.Active(u.now) {
			shown, err := u.shown(r)
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
func (u *unit) shown(r tocsin.Restriction) (Shown, error) {
	s := Shown{Restriction: r, Neutral: r.Gagged(u.now)}
	if s.Neutral || r.Order == "" {
		return s, nil
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
	s.Authority, s.OrderReference, s.Reasons = order.Annex.Authority.Name, order.Annex.Heading.Reference, order.Reasons
	s.Remedies = order.Annex.Redress.Body + ". " + order.Annex.Redress.Deadline
	return s, nil
}

// measured records the platform's confirmation on the item and on every order it completes: those whose
// restriction the platform was told of by the event of that time, or before it.
func (u *unit) measured(id tocsin.RecordID, m tocsin.Measure, told time.Time) error {
	item, err := load[*tocsin.Item](u, id)
	if err != nil {
		return err
	}
	events, err := item.ConfirmMeasure(u.clock(), m)
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return nil // this answer was recorded before
	}
	if err := u.did(item, events, err); err != nil {
		return err
	}
	if m.Action == "reinstated" {
		return u.reinstated(item, m.At)
	}
	for _, r := range item.Active(u.now) {
		if r.From.After(told) {
			continue
		}
		if err := u.confirm(r, id, m.At); err != nil {
			return err
		}
	}
	return nil
}

// reinstated accounts for an item that is visible again, with the order whose restriction was its last.
func (u *unit) reinstated(item *tocsin.Item, at time.Time) error {
	last := lastEnded(item)
	if last == nil {
		return nil
	}
	o, err := load[*tocsin.ReceivedOrder](u, last.Order)
	if err != nil {
		return err
	}
	events, err := o.Reinstated(u.clock(), item.ID, at, &Kept{})
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return nil // the restriction ended by its own date, the order did not
	}
	if err := u.did(o, events, err); err != nil {
		return err
	}
	leaf := translog.Leaf{Type: translog.TypeReinstatement, Issuer: string(o.Issuer)}
	arrival, err := u.firstEvent(o.ID)
	if err != nil {
		return err
	}
	if err := u.answers(&leaf, arrival); err != nil {
		return err
	}
	return u.account(tocsin.EventReceivedReinstated, leaf, o.GagUntil,
		translog.Field{Name: translog.FieldTime, Value: exactTime(at)})
}

// lastEnded is the restriction by an order that ended last; nil when none did.
func lastEnded(item *tocsin.Item) *tocsin.Restriction {
	var last *tocsin.Restriction
	for i := range item.Restrictions {
		r := &item.Restrictions[i]
		if r.EndedAt != nil && r.Order != "" && (last == nil || !r.EndedAt.Before(*last.EndedAt)) {
			last = r
		}
	}
	return last
}

// confirm counts a measure for the order behind a restriction.
func (u *unit) confirm(r tocsin.Restriction, item tocsin.RecordID, at time.Time) error {
	if r.Order == "" {
		return nil
	}
	o, err := load[*tocsin.ReceivedOrder](u, r.Order)
	if err != nil {
		return err
	}
	// The platform's clock may lag behind ours: a measure is never earlier than the order's receipt.
	if at.Before(o.ReceivedAt) {
		at = o.ReceivedAt
	}
	events, err := o.Measured(u.clock(), item, at)
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return nil // confirmed before, or no longer asked for
	}
	if err != nil {
		return err
	}
	if o.Status != tocsin.ReceivedConfirmed {
		return u.stage(o, events)
	}
	return u.feedback(o, events)
}

// feedback makes Annex II leave for the authority (Art. 3(6)).
func (u *unit) feedback(o *tocsin.ReceivedOrder, events []tocsin.Event) error {
	var file ReceivedFile
	if err := u.read(o, &file); err != nil {
		return err
	}
	order, err := wire.DecodeOrder(file.Exact)
	if err != nil {
		return err
	}
	self, err := u.f.Self()
	if err != nil {
		return err
	}
	form := tocsin.AnnexII{References: u.references(o, order), Measure: tocsin.MeasureDisabled, MeasureAt: *o.MeasureAt,
		HostName: self.Name, EstablishmentIn: self.Country, AuthorisedPerson: string(o.DecidedBy),
		ContactPointEmail: ContactPoint(self), Date: u.now}
	body := &wire.Feedback{Order: receivedRef(o, order), Annex: form}
	return u.reply(o, events, body, translog.TypeAction, "")
}
