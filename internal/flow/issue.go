// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
)

// orderFields are what the leaf of an order commits to, on both sides.
func orderFields(document tocsin.Digest, reference string, at string) []translog.Field {
	return []translog.Field{
		{Name: translog.FieldDocument, Value: string(document)},
		{Name: translog.FieldReference, Value: reference},
		{Name: translog.FieldTime, Value: at},
	}
}

// advance takes an approved order as far as the law lets it: informs the host first where this
// authority never wrote to it (Art. 3(2)), else signs, logs and sends.
func (u *unit) advance(o *tocsin.IssuedOrder) error {
	contact, err := u.contact(o.Host)
	if err != nil {
		return err
	}
	if !o.NeedsPriorInformation(contact, u.now) {
		return u.issue(o, contact)
	}
	if contact == nil {
		if contact, err = u.inform(u.clock(), o.Host); err != nil {
			return err
		}
	}
	events, err := o.HostInformed(u.clock(), *contact.ReadyAt)
	return u.did(o, events, err)
}

// issue signs the order with the authority's key, gives it its leaf, and enqueues the order and, when the
// host's State is another, the copy, all in this transaction (Art. 4(1)).
func (u *unit) issue(o *tocsin.IssuedOrder, contact *tocsin.Contact) error {
	var file IssuedFile
	if err := u.read(o, &file); err != nil {
		return err
	}
	order, err := wire.DecodeOrder(file.Exact)
	if err != nil {
		return err
	}
	signed, err := u.sign(o.Host, &wire.Order{Exact: file.Exact, Approvals: file.Approvals})
	if err != nil {
		return err
	}
	file.Signed = string(signed)
	sent := &Sent{Letters: []SentLetter{{o.Host, wire.TypeOrder, file.Signed}}}
	var copyTo tocsin.PartyID
	supervisor, known := u.f.Directory().SupervisorOf(order.Annex.Heading.EstablishmentState, u.now)
	if known && order.CrossBorder() {
		copyTo = supervisor.ID
	}
	digest := wire.Digest(signed)
	events, err := o.Issue(u.clock(), contact, digest, copyTo, u.running(gagEnd(order)), u.f.Settings.Periods)
	if err != nil {
		return err
	}
	events[0].Payload = sent
	if err := u.stage(o, events); err != nil {
		return err
	}
	if err := u.accountOrder(order, file, digest); err != nil {
		return err
	}
	key := u.f.Sealer.LookupKey(lookupDocument, string(digest))
	if err := u.tx.Reserve(lookupDocument, key, o.ID); err != nil {
		return err
	}
	u.post(events[0].ID, sent)
	if o.CopyTo != "" {
		if err := u.sendCopy(o, signed); err != nil {
			return err
		}
	}
	return u.write(o, file)
}

// sendCopy makes the copy leave for the supervisor of the host's State (Art. 4(1)). It has a leaf of its own,
// so that the supervisor's receipts can be held against it.
func (u *unit) sendCopy(o *tocsin.IssuedOrder, signed []byte) error {
	letter, err := u.sign(o.CopyTo, &wire.Copy{Order: string(signed)})
	if err != nil {
		return err
	}
	sent := &Sent{Letters: []SentLetter{{o.CopyTo, wire.TypeCopy, string(letter)}}}
	events, err := o.SendCopy(u.clock())
	if err != nil {
		return err
	}
	events[0].Payload = sent
	if err := u.stage(o, events); err != nil {
		return err
	}
	leaf := translog.Leaf{Type: translog.TypeCopy, Issuer: string(u.f.Identity.Party), To: string(o.CopyTo),
		Deadline: translog.Deadline72h}
	if err := u.account(tocsin.EventOrderCopySent, leaf, o.GagUntil, sent.fields()...); err != nil {
		return err
	}
	u.post(events[0].ID, sent)
	return nil
}

func (u *unit) accountOrder(order tocsin.Order, file IssuedFile, digest tocsin.Digest) error {
	leaf := translog.Leaf{Type: translog.TypeOrder, Issuer: string(u.f.Identity.Party),
		To: string(order.Annex.Heading.Addressee), Legal: string(tocsin.BasisRemovalOrder),
		Deadline: translog.Deadline1h}
	for _, a := range file.Approvals {
		leaf.Signers = append(leaf.Signers, signerID(a, digest))
	}
	return u.account(tocsin.EventOrderIssued, leaf, u.running(gagEnd(order)),
		orderFields(digest, order.Annex.Heading.Reference, exactTime(u.now))...)
}

// signerID names a passkey in the public log, for this order alone: whoever holds the order can recompute
// it, nobody else can tell that two orders were signed by one officer.
func signerID(a wire.Approval, order tocsin.Digest) string {
	return "passkey:" + string(tocsin.DigestOf(append([]byte(order), a.Assertion.CredentialID...)))[:32]
}

// sign makes a document of this party for another.
func (u *unit) sign(to tocsin.PartyID, body wire.Body) ([]byte, error) {
	return wire.Sign(u.f.Identity.Document, wire.Letter{ID: wire.NewDocumentID(), Audience: to, At: u.now}, body)
}

// post enqueues the delivery of every letter of an event.
func (u *unit) post(event tocsin.EventID, sent *Sent) {
	for _, l := range sent.Letters {
		u.enqueue(JobDeliver, event, string(l.To), nil)
	}
}

// contact is the pair with another party, nil when there is none yet.
func (u *unit) contact(with tocsin.PartyID) (*tocsin.Contact, error) {
	id, err := u.tx.Lookup(lookupContact, u.f.Sealer.LookupKey(lookupContact, string(with)))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return load[*tocsin.Contact](u, id)
}

// inform sends the information of Art. 3(2) to a host; the twelve hours start.
func (u *unit) inform(by tocsin.By, host tocsin.PartyID) (*tocsin.Contact, error) {
	s := u.f.Settings
	self, err := u.f.Self()
	if err != nil {
		return nil, err
	}
	signed, err := u.sign(host, &wire.PriorInformation{Procedures: s.Procedures, Deadlines: s.Deadlines,
		Contact: ContactPoint(self), Language: s.Language})
	if err != nil {
		return nil, err
	}
	sent := &Sent{Letters: []SentLetter{{host, wire.TypePriorInformation, string(signed)}}}
	id := tocsin.NewRecordID(tocsin.KindContact)
	contact, events, err := tocsin.InformHost(by, id, host, sent, s.Periods)
	if err := u.did(contact, events, err); err != nil {
		return nil, err
	}
	leaf := translog.Leaf{Type: translog.TypePriorInformation, Issuer: string(u.f.Identity.Party),
		To: string(host), Deadline: translog.Deadline12h}
	if err := u.account(tocsin.EventContactInformed, leaf, nil, sent.fields()...); err != nil {
		return nil, err
	}
	u.post(events[0].ID, sent)
	if err := u.tx.Reserve(lookupContact, u.f.Sealer.LookupKey(lookupContact, string(host)), id); err != nil {
		return nil, err
	}
	return contact, u.write(contact, ContactFile{Signed: string(signed)})
}

// InformHost sends the prior information of Art. 3(2) ahead of any order. Doing it twice is harmless.
func (f *Flow) InformHost(ctx context.Context, actor Actor, host tocsin.PartyID) (tocsin.RecordID, error) {
	var id tocsin.RecordID
	err := f.update(ctx, func(u *unit) error {
		party, err := f.Directory().Party(host)
		if err != nil {
			return err
		}
		if err := f.Policy.Decide(actor, ActionHostInform, nil); err != nil {
			return err
		}
		if !party.Has(tocsin.RoleHost) {
			return tocsin.Invalid(tocsin.ReasonUnknownParty, "host",
				"The directory does not list this party as a host.")
		}
		contact, err := u.contact(host)
		if err == nil && contact == nil {
			contact, err = u.inform(u.by(actor.ID), host)
		}
		if err != nil {
			return err
		}
		id = contact.ID
		return nil
	})
	return id, err
}
