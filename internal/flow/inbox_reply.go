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
		return tocsin.Invalid(tocsin.RefusedIncomplete, "annex_ii.measure_at",
			"The measure cannot be earlier than the receipt of the order.")
	}
	events, err := o.Comply(u.partyBy(doc.Issuer), body.Annex.MeasureAt.UTC(),
		&Arrived{Signed: string(doc.Signed)})
	if err := u.did(o, events, err); err != nil {
		return err
	}
	file.Feedback = string(doc.Signed)
	return u.write(o, file)
}

// receiveImpossibility records Annex III; the clock stops. One that a later document has overtaken on the way
// stops nothing any more; it is kept with the order.
func (u *unit) receiveImpossibility(doc *wire.Document, body *wire.Impossibility) error {
	o, file, err := u.issuedBy(body.Order, doc.Issuer)
	if err != nil {
		return err
	}
	if err := u.acknowledgedBy(o, doc, body.Annex.References.ReceivedAt); err != nil {
		return err
	}
	if stopped(o) {
		return tooEarly() // the end of the one before is still on its way
	}
	if !over(o) {
		events, err := o.Impede(u.partyBy(doc.Issuer), body.Annex.Ground(), &Arrived{Signed: string(doc.Signed)})
		if err := u.did(o, events, err); err != nil {
			return err
		}
	}
	file.Impossibility = string(doc.Signed)
	return u.write(o, file)
}

// stopped reports whether an impediment stands.
func stopped(o *tocsin.IssuedOrder) bool {
	return o.Status == tocsin.IssuedImpeded || o.Status == tocsin.IssuedClarify
}

// over reports whether nothing that stops or starts the hour matters to an order any more.
func over(o *tocsin.IssuedOrder) bool {
	return o.MeasureAt != nil || o.Status == tocsin.IssuedWithdrawn
}

// tooEarly answers a document that overtook the one it follows from: it will be sent again.
func tooEarly() error {
	return tocsin.Errorf(tocsin.CodeConflict, tocsin.RefusedUnknownOrder,
		"What this follows from has not arrived here yet.")
}

// receiveGroundCeased starts a full new hour (Art. 3(7)).
func (u *unit) receiveGroundCeased(doc *wire.Document, body *wire.GroundCeased) error {
	o, _, err := u.issuedBy(body.Order, doc.Issuer)
	switch {
	case err != nil:
		return err
	case over(o):
		return nil
	case !stopped(o):
		return tooEarly()
	}
	events, err := o.Rearm(u.partyBy(doc.Issuer), body.CeasedAt.UTC(), u.f.Settings.Periods)
	return u.did(o, events, err)
}

// acknowledgedBy makes up for a receipt that did not come through.
func (u *unit) acknowledgedBy(o *tocsin.IssuedOrder, doc *wire.Document, receivedAt time.Time) error {
	if o.ReceivedAt != nil {
		return nil
	}
	events, err := o.Acknowledge(u.partyBy(doc.Issuer), receivedAt.UTC(), &Arrived{Signed: string(doc.Signed)},
		u.f.Settings.Periods)
	return u.did(o, events, err)
}
