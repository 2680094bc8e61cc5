// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
)

// ExecuteOrder is the decision of the person on duty at a host: restrict what the order names.
func (f *Flow) ExecuteOrder(ctx context.Context, actor Actor, id tocsin.RecordID, note string) error {
	return f.receivedCommand(ctx, actor, id, func(u *unit, o *tocsin.ReceivedOrder, file *ReceivedFile) error {
		file.Note = note
		return u.execute(u.by(actor.ID), o, 0, note)
	})
}

// execute records the decision and imposes its restrictions, one on each item, in the same transaction. A
// person decides, or, with ratifyWithin over zero, has that long to ratify.
func (u *unit) execute(by tocsin.By, o *tocsin.ReceivedOrder, ratifyWithin time.Duration,
	note string) error {
	events, err := o.Execute(by, ratifyWithin, note)
	if err := u.did(o, events, err); err != nil {
		return err
	}
	for _, ordered := range o.Items {
		item, err := load[*tocsin.Item](u, ordered.Item)
		if err != nil {
			return err
		}
		events, err := item.Impose(by, tocsin.Restriction{ID: ordered.Restriction, Basis: tocsin.BasisRemovalOrder,
			Order: o.ID, Territory: []tocsin.Country{tocsin.TerritoryUnion}, GagUntil: o.GagUntil})
		if err := u.did(item, events, err); err != nil {
			return err
		}
		u.enqueue(JobApply, events[0].ID, platformTarget, nil)
	}
	return nil
}

// CannotExecute answers an order with Annex III (Art. 3(7), 3(8)). The host's details are filled in.
func (f *Flow) CannotExecute(ctx context.Context, actor Actor, id tocsin.RecordID,
	form tocsin.AnnexIII) error {
	return f.receivedCommand(ctx, actor, id, func(u *unit, o *tocsin.ReceivedOrder, file *ReceivedFile) error {
		order, err := wire.DecodeOrder(file.Exact)
		if err != nil {
			return err
		}
		self, err := f.Self()
		if err != nil {
			return err
		}
		form.References = u.references(o, order)
		form.HostName, form.Contact, form.Date = self.Name, ContactPoint(self), u.now
		if form.AuthorisedPerson == "" {
			form.AuthorisedPerson = string(actor.ID)
		}
		events, err := o.Impede(u.by(actor.ID), form)
		if err != nil {
			return err
		}
		file.Impossibility = &form
		return u.reply(o, events, &wire.Impossibility{Order: receivedRef(o, order), Annex: form},
			translog.TypeImpediment, string(form.Ground()))
	})
}

// GroundCeased tells the authority that the ground of an impossibility ended: a full new hour starts.
func (f *Flow) GroundCeased(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.receivedCommand(ctx, actor, id, func(u *unit, o *tocsin.ReceivedOrder, file *ReceivedFile) error {
		if o.Ground != string(tocsin.GroundForceMajeure) {
			return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState,
				"This order waits for the authority's clarification; only its receipt starts the hour again.")
		}
		order, err := wire.DecodeOrder(file.Exact)
		if err != nil {
			return err
		}
		events, err := o.Rearm(u.by(actor.ID), nil, u.f.Settings.Periods)
		if err != nil {
			return err
		}
		u.enqueue(JobLocate, events[0].ID, platformTarget, nil)
		return u.reply(o, events, &wire.GroundCeased{Order: receivedRef(o, order), CeasedAt: u.now}, "", "")
	})
}

// RatifyOrder confirms an automatic execution.
func (f *Flow) RatifyOrder(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.receivedCommand(ctx, actor, id, func(u *unit, o *tocsin.ReceivedOrder, _ *ReceivedFile) error {
		events, err := o.Ratify(u.by(actor.ID))
		return u.did(o, events, err)
	})
}

// UpholdOrder keeps a reopened order in force.
func (f *Flow) UpholdOrder(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.receivedCommand(ctx, actor, id, func(u *unit, o *tocsin.ReceivedOrder, _ *ReceivedFile) error {
		events, err := o.Uphold(u.by(actor.ID), reasons)
		if err != nil {
			return err
		}
		if o.Status != tocsin.ReceivedConfirmed || o.MeasureAt == nil ||
			events[len(events)-1].Kind != tocsin.EventReceivedConfirmed {
			return u.stage(o, events)
		}
		return u.feedback(o, events) // the platform confirmed while the order was in doubt
	})
}

// DismissOrder finds a reopened order not authentic; its restrictions end.
func (f *Flow) DismissOrder(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.receivedCommand(ctx, actor, id, func(u *unit, o *tocsin.ReceivedOrder, _ *ReceivedFile) error {
		events, err := o.Dismiss(u.by(actor.ID), reasons)
		if err := u.did(o, events, err); err != nil {
			return err
		}
		return u.lift(o, u.by(actor.ID), "order_not_authentic")
	})
}

func (f *Flow) receivedCommand(ctx context.Context, actor Actor, id tocsin.RecordID,
	fn func(*unit, *tocsin.ReceivedOrder, *ReceivedFile) error) error {
	return f.update(ctx, func(u *unit) error {
		o, err := authorised[*tocsin.ReceivedOrder](u, actor, ActionOrderAnswer, id)
		if err != nil {
			return err
		}
		file := &ReceivedFile{}
		if err := u.read(o, file); err != nil {
			return err
		}
		if err := fn(u, o, file); err != nil {
			return err
		}
		return u.write(o, file)
	})
}

// reply stages an event of a received order with the document it makes leave for the issuer.
func (u *unit) reply(o *tocsin.ReceivedOrder, events []tocsin.Event, body wire.Body, kind translog.Type,
	code string) error {
	signed, err := u.sign(o.Issuer, body)
	if err != nil {
		return err
	}
	last := len(events) - 1
	sent := &Sent{Letters: []SentLetter{{o.Issuer, body.Type(), string(signed)}}}
	events[last].Payload = sent
	if err := u.stage(o, events); err != nil {
		return err
	}
	u.post(events[last].ID, sent)
	if kind == "" {
		return nil
	}
	leaf := translog.Leaf{Type: kind, Issuer: string(o.Issuer), Code: code,
		Legal: string(tocsin.BasisRemovalOrder)}
	arrival, err := u.firstEvent(o.ID)
	if err != nil {
		return err
	}
	if err := u.answers(&leaf, arrival); err != nil {
		return err
	}
	return u.account(events[last].Kind, leaf, o.GagUntil, sent.fields()...)
}

// firstEvent is the event a record began with.
func (u *unit) firstEvent(id tocsin.RecordID) (tocsin.EventID, error) {
	entries, err := u.tx.EntriesOf(id)
	if err != nil {
		return "", err
	}
	if len(entries) == 0 {
		return "", unknownRecord()
	}
	return entries[0].Header.ID, nil
}

func receivedRef(o *tocsin.ReceivedOrder, order tocsin.Order) wire.OrderRef {
	return wire.OrderRef{ID: order.ID, Reference: order.Annex.Heading.Reference, Document: o.Document}
}

// references is Section A of Annex II and Annex III.
func (u *unit) references(o *tocsin.ReceivedOrder, order tocsin.Order) tocsin.OrderReferences {
	heading := order.Annex.Heading
	return tocsin.OrderReferences{Addressee: heading.AddresseeName, IssuingAuthority: order.Annex.Authority.Name,
		AuthorityReference: heading.Reference, AddresseeReference: string(o.ID), ReceivedAt: o.ReceivedAt}
}
