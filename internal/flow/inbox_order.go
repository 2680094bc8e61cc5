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

// receiveOrder records an authenticated order and gives the receipt: the hour starts, the receipt gets its
// leaf, and the platform is asked what the addresses name.
func (u *unit) receiveOrder(doc *wire.Document, body *wire.Order, bundle wire.Bundle) ([]byte, error) {
	if u.f.Platform == nil {
		return nil, tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongAddressee, "This party is not a host: it takes no removal orders.")
	}
	unlogged := u.f.checkInclusion(doc.Issuer, bundle, translog.TypeOrder, doc.Digest) != nil
	order := body.Content
	id := tocsin.NewRecordID(tocsin.KindReceivedOrder)
	gag := u.running(gagEnd(order))
	arrival := tocsin.Arrival{Issuer: doc.Issuer, Document: doc.Digest, Key: doc.Key, SignedAt: doc.IssuedAt,
		Categories: order.Annex.Content.Categories, Addresses: len(order.Annex.Content.Addresses), GagUntil: gag, Unlogged: unlogged}
	arrived := &Arrived{Signed: string(doc.Signed)}
	o, events, err := tocsin.ReceiveOrder(u.partyBy(doc.Issuer), id, arrival, arrived, u.f.Settings.Periods)
	if err := u.did(o, events, err); err != nil {
		return nil, err
	}
	if err := u.reserveReference(doc.Issuer, order, id); err != nil {
		return nil, err
	}
	if err := u.tx.Reserve(lookupDocument, u.f.Sealer.LookupKey(lookupDocument, string(doc.Digest)), id); err != nil {
		return nil, err
	}
	leaf := translog.Leaf{Type: translog.TypeReceipt, Issuer: string(doc.Issuer), Of: translog.TypeOrder,
		Code: translog.CodeLogged, Legal: string(tocsin.BasisRemovalOrder), Deadline: translog.Deadline1h}
	if unlogged {
		leaf.Code = translog.CodeUnlogged
	}
	fields := orderFields(doc.Digest, order.Annex.Heading.Reference, exactTime(u.now))
	if err := u.account(tocsin.EventOrderReceived, leaf, gag, fields...); err != nil {
		return nil, err
	}
	u.index(id, order)
	u.enqueue(JobLocate, events[0].ID, platformTarget, nil)
	receipt, err := u.receipt(doc, unlogged)
	if err != nil {
		return nil, err
	}
	return receipt, u.write(o, ReceivedFile{Signed: string(doc.Signed), Exact: body.Exact, Receipt: string(receipt)})
}

// running is a time that lies ahead, or nil.
func (u *unit) running(until *time.Time) *time.Time {
	if until == nil || !until.After(u.now) {
		return nil
	}
	return until
}

// keepRefusal records what did not authenticate, in a transaction of its own, once a document. A party in the
// directory sent it, or it would not have reached the inbox; a failure to record it must not hide the answer.
func (f *Flow) keepRefusal(ctx context.Context, sender tocsin.PartyID, bundle wire.Bundle, at time.Time, cause *tocsin.Error) {
	signed := []byte(bundle.Document)
	err := f.update(ctx, func(u *unit) error {
		digest := wire.Digest(signed)
		key := f.Sealer.LookupKey(lookupDocument, refusedValue(sender, digest))
		if _, err := u.tx.Lookup(lookupDocument, key); tocsin.CodeOf(err) != tocsin.CodeNotFound {
			return err // recorded before
		}
		u.now = at
		id := tocsin.NewRecordID(tocsin.KindReceivedOrder)
		arrival := tocsin.Arrival{Issuer: sender, Document: digest, SignedAt: at, Refusal: cause.Reason}
		o, events, err := tocsin.ReceiveOrder(u.partyBy(sender), id, arrival, &Arrived{Signed: string(signed)}, f.Settings.Periods)
		if err := u.did(o, events, err); err != nil {
			return err
		}
		leaf := translog.Leaf{Type: translog.TypeRefusal, Of: translog.TypeOrder, Code: string(cause.Reason)}
		// Named only where the party itself shows it in its log: else a forgery would make it look as if it
		// ordered in secret, and an order under a gag would be told of.
		openly := bundle.Log != nil && len(bundle.Log.Inner) == 0
		if openly && f.checkInclusion(sender, bundle, translog.TypeOrder, digest) == nil {
			leaf.Issuer = string(sender)
		}
		if err := u.account(tocsin.EventReceivedRefused, leaf, nil); err != nil {
			return err
		}
		if err := u.tx.Reserve(lookupDocument, key, id); err != nil {
			return err
		}
		return u.write(o, ReceivedFile{Signed: string(signed)})
	})
	if err != nil {
		f.Log.Error("refusal not recorded", "party", sender, "reason", cause.Reason, "error", tocsin.CodeOf(err))
	}
}

// receiveWithdrawal ends the order's own restrictions, and no other; at a supervisor it closes the copy.
func (u *unit) receiveWithdrawal(doc *wire.Document, body *wire.Withdrawal, bundle wire.Bundle) error {
	if c, err := u.copyOf(body.Order.Document, doc.Issuer); err == nil {
		events, err := c.OrderWithdrawn(u.partyBy(doc.Issuer))
		return u.did(c, events, err)
	}
	o, file, err := u.receivedFrom(body.Order, doc.Issuer)
	if err != nil {
		return err
	}
	events, err := o.WithdrawnByIssuer(u.partyBy(doc.Issuer), &Arrived{Signed: string(doc.Signed)})
	if err := u.did(o, events, err); err != nil {
		return err
	}
	leaf := translog.Leaf{Type: translog.TypeReceipt, Issuer: string(doc.Issuer), Of: translog.TypeWithdrawal,
		Code: u.receiptCode(doc, bundle, translog.TypeWithdrawal, doc.Digest)}
	if err := u.account(tocsin.EventReceivedWithdrawn, leaf, o.GagUntil,
		translog.Field{Name: translog.FieldDocument, Value: string(doc.Digest)}); err != nil {
		return err
	}
	file.Withdrawal = body.Reasons
	if err := u.write(o, file); err != nil {
		return err
	}
	return u.lift(o, u.partyBy(doc.Issuer), "order_withdrawn")
}

// lift ends the restrictions an order imposed and tells the platform, item by item.
func (u *unit) lift(o *tocsin.ReceivedOrder, by tocsin.By, why string) error {
	for _, ordered := range o.Items {
		if ordered.Restriction == "" {
			continue
		}
		item, err := load[*tocsin.Item](u, ordered.Item)
		if err != nil {
			return err
		}
		events, err := item.End(by, ordered.Restriction, why)
		if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
			continue // ended before
		}
		if err := u.did(item, events, err); err != nil {
			return err
		}
		u.enqueue(JobApply, events[0].ID, platformTarget, nil)
	}
	return nil
}

// receiveClarification starts a full new hour from its receipt (Art. 3(8)) and asks the platform again.
func (u *unit) receiveClarification(doc *wire.Document, body *wire.Clarification) error {
	o, file, err := u.receivedFrom(body.Order, doc.Issuer)
	if err != nil {
		return err
	}
	if o.Ground == string(tocsin.GroundForceMajeure) {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState,
			"The host asked for no clarification: only it can say that the ground ceased (Art. 3(7)).")
	}
	events, err := o.Rearm(u.partyBy(doc.Issuer), &Arrived{Signed: string(doc.Signed)}, u.f.Settings.Periods)
	if err := u.did(o, events, err); err != nil {
		return err
	}
	file.Clarification = body.Text
	u.enqueue(JobLocate, events[0].ID, platformTarget, nil)
	return u.write(o, file)
}

// receiveInformation records the prior information of Art. 3(2).
func (u *unit) receiveInformation(doc *wire.Document, bundle wire.Bundle) error {
	key := u.f.Sealer.LookupKey(lookupContact, string(doc.Issuer))
	if _, err := u.tx.Lookup(lookupContact, key); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return err
	}
	id := tocsin.NewRecordID(tocsin.KindContact)
	c, events, err := tocsin.ReceiveInformation(u.partyBy(doc.Issuer), id, doc.Issuer, &Arrived{Signed: string(doc.Signed)})
	if err := u.did(c, events, err); err != nil {
		return err
	}
	leaf := translog.Leaf{Type: translog.TypeReceipt, Issuer: string(doc.Issuer), Of: translog.TypePriorInformation,
		Code: u.receiptCode(doc, bundle, translog.TypePriorInformation, doc.Digest)}
	err = u.account(tocsin.EventContactReceived, leaf, nil, translog.Field{Name: translog.FieldDocument, Value: string(doc.Digest)})
	if err != nil {
		return err
	}
	if err := u.tx.Reserve(lookupContact, key, id); err != nil {
		return err
	}
	return u.write(c, ContactFile{Signed: string(doc.Signed)})
}

// receiveCopy records another State's order at the supervisor: 72 hours start (Art. 4(3)).
func (u *unit) receiveCopy(doc *wire.Document, body *wire.Copy, bundle wire.Bundle) error {
	self, err := u.f.Self()
	if err != nil || !self.Has(tocsin.RoleSupervisor) {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongAddressee,
			"This party supervises no hosts: it takes no copies.")
	}
	order, ok := body.Content.Body.(*wire.Order)
	if !ok {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "The copy does not contain an order.")
	}
	id := tocsin.NewRecordID(tocsin.KindOrderCopy)
	gag := u.running(gagEnd(order.Content))
	c, events, err := tocsin.ReceiveCopy(u.partyBy(doc.Issuer), id, doc.Issuer, body.Content.Digest, gag,
		&Arrived{Signed: string(doc.Signed)}, u.f.Settings.Periods)
	if err := u.did(c, events, err); err != nil {
		return err
	}
	leaf := translog.Leaf{Type: translog.TypeReceipt, Issuer: string(doc.Issuer), Of: translog.TypeCopy,
		Code: u.receiptCode(doc, bundle, translog.TypeCopy, doc.Digest), Deadline: translog.Deadline72h}
	err = u.account(tocsin.EventCopyReceived, leaf, gag,
		translog.Field{Name: translog.FieldDocument, Value: string(body.Content.Digest)})
	if err != nil {
		return err
	}
	key := u.f.Sealer.LookupKey(lookupDocument, copyValue(body.Content.Digest))
	if err := u.tx.Reserve(lookupDocument, key, id); err != nil {
		return err
	}
	u.index(id, order.Content)
	return u.write(c, CopyFile{Signed: body.Order, Exact: order.Exact})
}

// copyValue and refusedValue keep copies and refused orders apart from orders under one kind of lookup.
func copyValue(order tocsin.Digest) string { return "copy\x00" + string(order) }

func refusedValue(sender tocsin.PartyID, document tocsin.Digest) string {
	return "refused\x00" + string(sender) + "\x00" + string(document)
}

func (u *unit) copyOf(order tocsin.Digest, issuer tocsin.PartyID) (*tocsin.OrderCopy, error) {
	id, err := u.tx.Lookup(lookupDocument, u.f.Sealer.LookupKey(lookupDocument, copyValue(order)))
	if err != nil {
		return nil, unknownOrder(err)
	}
	c, err := load[*tocsin.OrderCopy](u, id)
	if err != nil || c.Issuer != issuer {
		return nil, unknownOrder(err)
	}
	return c, nil
}
