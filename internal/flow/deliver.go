// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tocsin"
	"tocsin/wire"
)

// deliver offers one document to one party until it is acknowledged or refused.
func (f *Flow) deliver(ctx context.Context, job ClaimedJob) (outcome, error) {
	event, target := tocsin.EventID(job.Args["event"]), tocsin.PartyID(job.Args["target"])
	letter, bundle, err := f.bundle(ctx, event, target)
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return outcome{fail: string(tocsin.ReasonErased)}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	to, err := f.Directory().Party(target)
	if err != nil {
		return outcome{}, err
	}
	if err := f.offered(ctx, job, letter); err != nil {
		return outcome{}, err
	}
	reply, err := f.Peers.Send(ctx, to, bundle)
	if err != nil {
		if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeBusy {
			return outcome{retry: errorCode(err), after: e.RetryAfter}, nil
		}
		return outcome{}, err
	}
	doc, err := wire.Verify(reply, f.verification())
	if err != nil {
		return outcome{}, fmt.Errorf("verify reply: %w", err)
	}
	if doc.Issuer != target {
		return outcome{}, tocsin.Errorf(tocsin.CodeUnauthenticated, tocsin.RefusedWrongSender,
			"The reply was signed by another party.")
	}
	return f.settle(ctx, job, letter, doc)
}

// bundle loads the exact signed document and, for an order, the evidence that it is in the public log.
func (f *Flow) bundle(ctx context.Context, event tocsin.EventID,
	target tocsin.PartyID) (SentLetter, []byte, error) {
	var letter SentLetter
	var entry StoredEntry
	b := wire.Bundle{}
	err := f.view(ctx, func(u *unit) error {
		var err error
		if entry, err = u.tx.EntryByID(event); err != nil {
			return err
		}
		var sent Sent
		if err := u.payload(entry, &sent); err != nil {
			return err
		}
		var ok bool
		if letter, ok = sent.to(target); !ok {
			return fmt.Errorf("event %s has no letter for this target", event)
		}
		b.Document = letter.Signed
		b.Log, err = u.evidence(entry, &sent)
		return err
	})
	if err != nil {
		return letter, nil, err
	}
	if b.Log != nil {
		if b.Log.Proof, err = f.inclusionProof(ctx, entry); err != nil {
			return letter, nil, err
		}
	}
	body, err := json.Marshal(b)
	return letter, body, err
}

// offered notes the attempt before it is made, so that a crash cannot hide that something may have left.
func (f *Flow) offered(ctx context.Context, job ClaimedJob, letter SentLetter) error {
	return f.Store.Update(ctx, func(tx Tx) error {
		d, err := f.deliveryRow(tx, job, string(letter.To), string(letter.Type))
		if err != nil {
			return err
		}
		return tx.SaveDelivery(d)
	})
}

// deliveryRow loads or opens the delivery record of a job and counts this attempt.
func (f *Flow) deliveryRow(tx Tx, job ClaimedJob, target, kind string) (Delivery, error) {
	event := tocsin.EventID(job.Args["event"])
	d, err := tx.Delivery(event, target)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		entry, err := tx.EntryByID(event)
		if err != nil {
			return Delivery{}, err
		}
		d = Delivery{Event: event, Target: target, Kind: kind, Record: entry.Header.Record}
	} else if err != nil {
		return Delivery{}, err
	}
	now := f.Clock.Now()
	if d.OfferedAt == nil {
		d.OfferedAt = &now
	}
	d.TriedAt, d.Attempts = &now, d.Attempts+1
	return d, nil
}

// settle records what the recipient answered, on the order and on the delivery, and ends the job, in one
// transaction.
func (f *Flow) settle(ctx context.Context, job ClaimedJob, letter SentLetter,
	reply *wire.Document) (outcome, error) {
	sent := wire.Digest([]byte(letter.Signed))
	switch body := reply.Body.(type) {
	case *wire.Receipt:
		if body.Document != sent {
			return outcome{}, errOtherReply
		}
		err := f.update(ctx, func(u *unit) error {
			if err := u.acknowledge(job, letter, reply, body); err != nil {
				return err
			}
			return u.finish(job)
		})
		return finished, ignoreLost(err)
	case *wire.Refusal:
		if body.Document != sent {
			return outcome{}, errOtherReply
		}
		if body.Reason == tocsin.RefusedUnknownOrder {
			return outcome{retry: string(body.Reason)}, nil // the order itself may still be on its way
		}
		err := f.update(ctx, func(u *unit) error { return u.refusedBy(job, letter, reply, body) })
		return finished, ignoreLost(err)
	}
	return outcome{}, errOtherReply
}

var errOtherReply = tocsin.Errorf(tocsin.CodeInvalid, "unexpected_reply",
	"The answer is not about the document sent.")

func ignoreLost(err error) error {
	if errors.Is(err, errLeaseLost) {
		return nil
	}
	return err
}

func (u *unit) acknowledge(job ClaimedJob, letter SentLetter, reply *wire.Document,
	receipt *wire.Receipt) error {
	if err := u.delivered(job, func(d *Delivery) { d.AckedAt, d.Code = &u.now, "" }); err != nil {
		return err
	}
	entry, err := u.tx.EntryByID(tocsin.EventID(job.Args["event"]))
	if err != nil {
		return err
	}
	if entry.Header.Of != tocsin.KindIssuedOrder {
		return nil
	}
	o, err := load[*tocsin.IssuedOrder](u, entry.Header.Record)
	if err != nil {
		return err
	}
	return u.acknowledgeOrder(o, letter, reply, receipt)
}

// acknowledgeOrder moves an order on by the receipt of one of its documents. What it says may be known
// already from another document; then there is nothing to record.
func (u *unit) acknowledgeOrder(o *tocsin.IssuedOrder, letter SentLetter, reply *wire.Document,
	receipt *wire.Receipt) error {
	by := u.partyBy(reply.Issuer)
	payload := &Arrived{Signed: string(reply.Signed)}
	switch letter.Type {
	case wire.TypeOrder:
		if o.ReceivedAt != nil {
			return nil
		}
		file := IssuedFile{}
		if err := u.read(o, &file); err != nil {
			return err
		}
		file.Receipt = string(reply.Signed)
		if err := u.write(o, file); err != nil {
			return err
		}
		events, err := o.Acknowledge(by, receipt.ReceivedAt.UTC(), payload, u.f.Settings.Periods)
		return u.did(o, events, err)
	case wire.TypeCopy:
		if o.CopyAt != nil {
			return nil
		}
		events, err := o.CopyAcknowledged(by, receipt.ReceivedAt.UTC())
		return u.did(o, events, err)
	case wire.TypeClarification:
		if o.Status != tocsin.IssuedClarify {
			return nil
		}
		events, err := o.Rearm(by, receipt.ReceivedAt.UTC(), u.f.Settings.Periods)
		return u.did(o, events, err)
	}
	return nil
}

// refusedBy records a refusal: final for this document, and for the order when the host refused it.
func (u *unit) refusedBy(job ClaimedJob, letter SentLetter, reply *wire.Document,
	refusal *wire.Refusal) error {
	if err := u.delivered(job, func(d *Delivery) {
		d.RefusedAt, d.Code = &u.now, string(refusal.Reason)
	}); err != nil {
		return err
	}
	held, err := u.tx.FailJob(job.ID, job.Attempt, u.now, string(refusal.Reason))
	if err != nil {
		return err
	}
	if !held {
		return errLeaseLost
	}
	if letter.Type != wire.TypeOrder {
		return nil
	}
	entry, err := u.tx.EntryByID(tocsin.EventID(job.Args["event"]))
	if err != nil {
		return err
	}
	o, err := load[*tocsin.IssuedOrder](u, entry.Header.Record)
	if err != nil {
		return err
	}
	file := IssuedFile{}
	if err := u.read(o, &file); err != nil {
		return err
	}
	file.Refusal = string(reply.Signed)
	if err := u.write(o, file); err != nil {
		return err
	}
	events, err := o.RefusedByHost(u.partyBy(reply.Issuer), refusal.Reason,
		&Arrived{Signed: string(reply.Signed)})
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return nil
	}
	return u.did(o, events, err)
}

func (u *unit) delivered(job ClaimedJob, change func(*Delivery)) error {
	d, err := u.tx.Delivery(tocsin.EventID(job.Args["event"]), job.Args["target"])
	if err != nil {
		return err
	}
	change(&d)
	return u.tx.SaveDelivery(d)
}
