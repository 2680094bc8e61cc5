// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"time"

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
)

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
	if r.Decision != "" {
		return u.informed(r, item, at)
	}
	o, err := load[*tocsin.ReceivedOrder](u, r.Order)
	if err != nil {
		return err
	}
	// A platform's clock may run ahead of ours or lag behind: an authority refuses what tells of the future, and
	// a measure is never earlier than the order's receipt.
	if at.After(u.now) {
		at = u.now
	}
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
