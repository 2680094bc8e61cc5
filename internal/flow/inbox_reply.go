// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"time"

	"tocsin"
	"tocsin/wire"
)

// receiveFeedback records Annex II. When the receipt was lost on the way, the form itself proves when the
// order arrived.
func (u *unit) receiveFeedback(doc *wire.Document, body *wire.Feedback) error {
	o, file, err := u.issuedBy(body.Order, doc.Issuer)
	if err != nil {
		return err
	}
	if err := u.acknowledgedBy(o, doc, body.Annex.References.ReceivedAt); err != nil {
		return err
	}
	if body.Annex.MeasureAt.Before(*o.ReceivedAt) {
		return tocsin.Invalid(tocsin.RefusedIncomplete, "annex_ii.measure_at", "The measure cannot be earlier than the receipt of the order.")
	}
	events, err := o.Comply(u.partyBy(doc.Issuer), body.Annex.MeasureAt.UTC(), &Arrived{Signed: string(doc.Signed)})
	if err := u.did(o, events, err); err != nil {
		return err
	}
	file.Feedback = string(doc.Signed)
	return u.write(o, file)
}

// receiveImpossibility records Annex III; the clock stops.
func (u *unit) receiveImpossibility(doc *wire.Document, body *wire.Impossibility) error {
	o, file, err := u.issuedBy(body.Order, doc.Issuer)
	if err != nil {
		return err
	}
	if err := u.acknowledgedBy(o, doc, body.Annex.References.ReceivedAt); err != nil {
		return err
	}
	events, err := o.Impede(u.partyBy(doc.Issuer), body.Annex.Grounds[0], &Arrived{Signed: string(doc.Signed)})
	if err := u.did(o, events, err); err != nil {
		return err
	}
	file.Impossibility = string(doc.Signed)
	return u.write(o, file)
}

// receiveGroundCeased starts a full new hour (Art. 3(7)).
func (u *unit) receiveGroundCeased(doc *wire.Document, body *wire.GroundCeased) error {
	o, _, err := u.issuedBy(body.Order, doc.Issuer)
	if err != nil {
		return err
	}
	events, err := o.Rearm(u.partyBy(doc.Issuer), body.CeasedAt.UTC(), u.f.Settings.Periods)
	return u.did(o, events, err)
}

// acknowledgedBy makes up for a receipt that did not come through.
func (u *unit) acknowledgedBy(o *tocsin.IssuedOrder, doc *wire.Document, receivedAt time.Time) error {
	if o.ReceivedAt != nil {
		return nil
	}
	events, err := o.Acknowledge(u.partyBy(doc.Issuer), receivedAt.UTC(), &Arrived{Signed: string(doc.Signed)}, u.f.Settings.Periods)
	return u.did(o, events, err)
}
