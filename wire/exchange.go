// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strings"
	"time"

	"tocsin"
)

// OrderRef says which order a document is about, in three ways that must agree at its reader: the record id
// and the reference the authority chose, and the digest of the signed order.
type OrderRef struct {
	ID        tocsin.RecordID `json:"id"`
	Reference string          `json:"reference"`
	Document  tocsin.Digest   `json:"document"`
}

func (r OrderRef) check() error {
	if !r.ID.Valid() || r.Reference == "" || !r.Document.Valid() {
		return incomplete(tocsin.Invalid(tocsin.ReasonMissing, "order", "Say which order this is about."))
	}
	return nil
}

// PriorInformation tells a host that never received an order from this authority how orders work, at least
// twelve hours before the first (Art. 3(2)).
type PriorInformation struct {
	Procedures string `json:"procedures"`
	Deadlines  string `json:"deadlines"`
	Contact    string `json:"contact"`  // where the host can ask
	Language   string `json:"language"` // BCP 47, of the texts above
}

// Type is [TypePriorInformation].
func (*PriorInformation) Type() Type { return TypePriorInformation }

func (p *PriorInformation) check(c Context, d *Document) error {
	issuer, err := c.Directory.Party(d.Issuer)
	if err != nil {
		return because(err, tocsin.RefusedUnknownIssuer, "The directory does not know the issuer.")
	}
	if err := checkCompetence(c, d, issuer); err != nil {
		return err
	}
	return required("procedures", p.Procedures, "deadlines", p.Deadlines, "contact", p.Contact,
		"language", p.Language)
}

// Clarification answers an Annex III that found errors or missing information; a full new hour starts when
// the host receives it (Art. 3(8)).
type Clarification struct {
	Order OrderRef `json:"order"`
	Text  string   `json:"text"`
}

// Type is [TypeClarification].
func (*Clarification) Type() Type { return TypeClarification }

func (k *Clarification) check(Context, *Document) error {
	if err := k.Order.check(); err != nil {
		return err
	}
	return required("text", k.Text)
}

// Withdrawal ends the effects of an order. It asks for no competence: an authority whose mandate ended can
// still undo what it did.
type Withdrawal struct {
	Order   OrderRef `json:"order"`
	Reasons string   `json:"reasons"`
}

// Type is [TypeWithdrawal].
func (*Withdrawal) Type() Type { return TypeWithdrawal }

func (w *Withdrawal) check(Context, *Document) error {
	if err := w.Order.check(); err != nil {
		return err
	}
	return required("reasons", w.Reasons)
}

// Feedback is Annex II: what was done and when (Art. 3(6)).
type Feedback struct {
	Order OrderRef       `json:"order"`
	Annex tocsin.AnnexII `json:"annex_ii"`
}

// Type is [TypeFeedback].
func (*Feedback) Type() Type { return TypeFeedback }

func (f *Feedback) check(c Context, _ *Document) error {
	if err := f.Order.check(); err != nil {
		return err
	}
	if f.Annex.Measure != tocsin.MeasureRemoved && f.Annex.Measure != tocsin.MeasureDisabled {
		return incomplete(tocsin.Invalid(tocsin.ReasonUnknownValue, "annex_ii.measure", "Tick one measure."))
	}
	if err := c.past("annex_ii.measure_at", f.Annex.MeasureAt); err != nil {
		return err
	}
	return c.past("annex_ii.a.received_at", f.Annex.References.ReceivedAt)
}

// Impossibility is Annex III: why the order cannot be executed now (Art. 3(7), 3(8)).
type Impossibility struct {
	Order OrderRef        `json:"order"`
	Annex tocsin.AnnexIII `json:"annex_iii"`
}

// Type is [TypeImpossibility].
func (*Impossibility) Type() Type { return TypeImpossibility }

func (i *Impossibility) check(c Context, _ *Document) error {
	if err := i.Order.check(); err != nil {
		return err
	}
	if err := i.Annex.Validate(); err != nil {
		return incomplete(err)
	}
	return c.past("annex_iii.a.received_at", i.Annex.References.ReceivedAt)
}

// GroundCeased tells the authority that the ground of an Annex III is gone: a full new hour runs from then
// (Art. 3(7)).
type GroundCeased struct {
	Order       OrderRef  `json:"order"`
	CeasedAt    time.Time `json:"ceased_at"`
	Information string    `json:"information,omitempty"`
}

// Type is [TypeGroundCeased].
func (*GroundCeased) Type() Type { return TypeGroundCeased }

func (g *GroundCeased) check(c Context, _ *Document) error {
	if err := g.Order.check(); err != nil {
		return err
	}
	return c.past("ceased_at", g.CeasedAt)
}

// past refuses a missing time, and a time told by a sender that lies ahead of the reader's clock.
func (c Context) past(field string, at time.Time) error {
	if at.IsZero() {
		return incomplete(tocsin.Invalid(tocsin.ReasonMissing, field, "This time is required."))
	}
	if at.After(c.Now.Add(MaxAhead)) {
		return refuse(tocsin.RefusedFutureDated, "The document tells of the future.")
	}
	return nil
}

// required takes field, text, field, text …
func required(fieldsAndTexts ...string) error {
	for i := 0; i+1 < len(fieldsAndTexts); i += 2 {
		if strings.TrimSpace(fieldsAndTexts[i+1]) == "" {
			return incomplete(tocsin.Invalid(tocsin.ReasonMissing, fieldsAndTexts[i], "This is required."))
		}
	}
	return nil
}
