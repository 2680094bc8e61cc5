// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"time"

	"tocsin"
	"tocsin/wire"
)

// Receive takes a bundle from a party whose hop signature was verified, and answers with a signed Receipt
// or Refusal. receivedAt is when the last byte arrived. The same document from the same issuer gets the
// original answer again: at-least-once delivery is harmless.
func (f *Flow) Receive(ctx context.Context, sender tocsin.PartyID, receivedAt time.Time,
	bundle wire.Bundle) ([]byte, error) {
	signed := []byte(bundle.Document)
	key := "inbox/" + string(sender) + "/" + string(wire.Digest(signed))
	answer, err := command(f, ctx, key, func(u *unit) ([]byte, error) {
		u.now = receivedAt.UTC().Truncate(time.Microsecond)
		return u.receive(sender, bundle)
	})
	if r, ok := errors.AsType[*refused](err); ok {
		// The same document may have been accepted a moment ago by another request; then what refused
		// this one is its own first arrival.
		if earlier, err := recall[[]byte](f, ctx, key, r); err == nil {
			return earlier, nil
		}
		f.Log.Warn("document refused", "party", sender, "reason", r.cause.Reason)
		if r.asOrder {
			f.keepRefusal(ctx, sender, bundle, receivedAt.UTC().Truncate(time.Microsecond), r.cause)
		}
		return r.answer, nil
	}
	return answer, err
}

// refused carries a signed refusal out of a transaction that must change nothing.
type refused struct {
	answer  []byte
	cause   *tocsin.Error
	asOrder bool // it claimed to be an order, as far as anyone can tell
}

func (*refused) Error() string { return "document refused" }

func (u *unit) receive(sender tocsin.PartyID, bundle wire.Bundle) ([]byte, error) {
	signed := []byte(bundle.Document)
	c := u.f.verification()
	c.Now = u.now
	doc, err := wire.Verify(signed, c)
	if err == nil && doc.Issuer != sender {
		err = tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongSender,
			"The document was signed by another party than the sender.")
	}
	if err == nil {
		var answer []byte
		if answer, err = u.accept(doc, bundle); err == nil {
			return answer, nil
		}
	}
	cause, ok := errors.AsType[*tocsin.Error](err)
	if !ok || cause.Code == tocsin.CodeInternal || cause.Code == tocsin.CodeBusy {
		return nil, err // our trouble, not the document's: a refusal would be final
	}
	return nil, u.refuse(sender, signed, doc, cause)
}

// accept acts on a verified document.
func (u *unit) accept(doc *wire.Document, bundle wire.Bundle) ([]byte, error) {
	var err error
	switch body := doc.Body.(type) {
	case *wire.Order:
		return u.receiveOrder(doc, body, bundle)
	case *wire.Withdrawal:
		err = u.receiveWithdrawal(doc, body, bundle)
	case *wire.Clarification:
		err = u.receiveClarification(doc, body)
	case *wire.PriorInformation:
		err = u.receiveInformation(doc, bundle)
	case *wire.Copy:
		err = u.receiveCopy(doc, body, bundle)
	case *wire.Feedback:
		err = u.receiveFeedback(doc, body)
	case *wire.Impossibility:
		err = u.receiveImpossibility(doc, body)
	case *wire.GroundCeased:
		err = u.receiveGroundCeased(doc, body)
	case *wire.LexiconEntry:
		err = u.receiveEntry(doc, body)
	default:
		err = tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed,
			"A document of this type is not sent to an inbox.")
	}
	if err != nil {
		return nil, err
	}
	return u.receipt(doc, false)
}

// receipt says when a document arrived, and for an order whether it came without proof that it is logged.
func (u *unit) receipt(doc *wire.Document, unlogged bool) ([]byte, error) {
	return u.sign(doc.Issuer, &wire.Receipt{Document: doc.Digest, DocumentID: doc.ID, ReceivedAt: u.now,
		Unlogged: unlogged})
}

// refuse answers with the reason. A refused order is kept as a request that was not a valid one; a document
// about an order is not: that order may still be on its way, and then the document comes again.
func (u *unit) refuse(sender tocsin.PartyID, signed []byte, doc *wire.Document, cause *tocsin.Error) error {
	answer, err := u.sign(sender, wire.NewRefusal(signed, u.now, cause))
	if err != nil {
		return err
	}
	return &refused{answer: answer, cause: cause, asOrder: doc == nil || doc.Type == wire.TypeOrder}
}

// partyBy is a party acting through its own signed document.
func (u *unit) partyBy(p tocsin.PartyID) tocsin.By { return u.by(tocsin.ActorParty(p)) }

// issuedBy finds the issued order a host's document is about, which must have been sent to that host.
func (u *unit) issuedBy(ref wire.OrderRef, host tocsin.PartyID) (*tocsin.IssuedOrder, *IssuedFile, error) {
	id, err := u.tx.Lookup(lookupDocument, u.f.Sealer.LookupKey(lookupDocument, string(ref.Document)))
	if err != nil {
		return nil, nil, unknownOrder(err)
	}
	o, err := load[*tocsin.IssuedOrder](u, id)
	if err != nil || o.Host != host || o.ID != ref.ID {
		return nil, nil, unknownOrder(err)
	}
	file := &IssuedFile{}
	return o, file, u.read(o, file)
}

// receivedFrom finds the received order an authority's document is about, which must be its own.
func (u *unit) receivedFrom(ref wire.OrderRef,
	issuer tocsin.PartyID) (*tocsin.ReceivedOrder, *ReceivedFile, error) {
	id, err := u.tx.Lookup(lookupDocument, u.f.Sealer.LookupKey(lookupDocument, string(ref.Document)))
	if err != nil {
		return nil, nil, unknownOrder(err)
	}
	o, err := load[*tocsin.ReceivedOrder](u, id)
	if err != nil || o.Issuer != issuer {
		return nil, nil, unknownOrder(err)
	}
	file := &ReceivedFile{}
	return o, file, u.read(o, file)
}

// unknownOrder is worth trying again: the order itself may still be on its way.
func unknownOrder(cause error) error {
	if cause != nil && tocsin.CodeOf(cause) != tocsin.CodeNotFound {
		return cause
	}
	return tocsin.Errorf(tocsin.CodeNotFound, tocsin.RefusedUnknownOrder,
		"No order from you is known here under this digest.")
}
