// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
)

// WithdrawOrder ends an order's effects; the withdrawal goes to everyone who received the order.
func (f *Flow) WithdrawOrder(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.issuedCommand(ctx, actor, ActionOrderWithdraw, id,
		func(u *unit, o *tocsin.IssuedOrder, file *IssuedFile) error {
			events, err := o.Withdraw(u.by(actor.ID), reasons)
			if err != nil {
				return err
			}
			file.Reasons = reasons
			ref, err := orderRef(file)
			if err != nil {
				return err
			}
			recipients := []tocsin.PartyID{o.Host}
			if o.CopyTo != "" {
				recipients = append(recipients, o.CopyTo)
			}
			body := &wire.Withdrawal{Order: ref, Reasons: reasons}
			return u.announce(o, events, body, translog.TypeWithdrawal, recipients...)
		})
}

// ClarifyOrder answers a host's question; a full new hour starts when the host receives it (Art. 3(8)).
func (f *Flow) ClarifyOrder(ctx context.Context, actor Actor, id tocsin.RecordID, text string) error {
	return f.issuedCommand(ctx, actor, ActionOrderClarify, id,
		func(u *unit, o *tocsin.IssuedOrder, file *IssuedFile) error {
			events, err := o.Clarify(u.by(actor.ID), text)
			if err != nil {
				return err
			}
			file.Clarification = text
			ref, err := orderRef(file)
			if err != nil {
				return err
			}
			return u.announce(o, events, &wire.Clarification{Order: ref, Text: text}, "", o.Host)
		})
}

// announce stages one event of an issued order together with the documents it makes leave.
func (u *unit) announce(o *tocsin.IssuedOrder, events []tocsin.Event, body wire.Body, leaf translog.Type,
	recipients ...tocsin.PartyID) error {
	sent := &Sent{}
	for _, to := range recipients {
		signed, err := u.sign(to, body)
		if err != nil {
			return err
		}
		sent.Letters = append(sent.Letters, SentLetter{to, body.Type(), string(signed)})
	}
	events[0].Payload = sent
	if err := u.stage(o, events); err != nil {
		return err
	}
	u.post(events[0].ID, sent)
	if leaf == "" {
		return nil
	}
	l := translog.Leaf{Type: leaf, Issuer: string(u.f.Identity.Party), To: string(o.Host)}
	if err := u.answers(&l, o.IssuedEvent); err != nil {
		return err
	}
	return u.account(events[0].Kind, l, o.GagUntil, sent.fields()...)
}

// orderRef says which order a document is about.
func orderRef(file *IssuedFile) (wire.OrderRef, error) {
	order, err := wire.DecodeOrder(file.Exact)
	if err != nil {
		return wire.OrderRef{}, err
	}
	return wire.OrderRef{ID: order.ID, Reference: order.Annex.Heading.Reference,
		Document: wire.Digest([]byte(file.Signed))}, nil
}
