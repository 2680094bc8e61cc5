// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Limits of an order. An order names items, never a service.
const (
	MaxAddresses = 50
	maxURLLength = 2048
)

// Order is what an officer drafts, two officers sign and a host receives: the Annex I form and what
// the system adds to it. The extras are never printed as if they were part of the form.
type Order struct {
	ID         RecordID            `json:"id"`
	Annex      AnnexI              `json:"annex_i"`
	Reasons    string              `json:"reasons"` // sufficiently detailed statement of reasons, Art. 3(4)(b)
	Exemptions ExemptionAssessment `json:"exemption_assessment"`
	Emergency  *Emergency          `json:"emergency,omitempty"`
	Gag        *Gag                `json:"gag,omitempty"`
	Relay      string              `json:"relay,omitempty"`      // who carried it, when not the issuer
	Supersedes string              `json:"supersedes,omitempty"` // reference of the order this one amends
}

// Emergency is a duly justified case in which the prior information of Art. 3(2) is left out.
type Emergency struct {
	Justification string `json:"justification"`
}

// Gag is the non-disclosure decision of Art. 11(3): at most six weeks from the decision. It opens by itself.
type Gag struct {
	Reasons   string    `json:"reasons"`
	DecidedAt time.Time `json:"decided_at"`
	Until     time.Time `json:"until"`
}

// Validate checks that an order is complete (Art. 3(4)) and that each address names an item.
// It judges form, never whether the content is illegal.
func (o Order) Validate(p Periods) error {
	checks := []func() error{
		o.validateHeading, o.validateContent, o.validateAuthority,
		func() error { return checkText("reasons", o.Reasons, 20, 8000) },
		func() error { return o.Exemptions.Validate("exemption_assessment") },
		func() error { return o.validateGag(p.GagLimit) },
		o.validateEmergency,
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o Order) validateHeading() error {
	h := o.Annex.Heading
	if !o.ID.Valid() {
		return Invalid(ReasonFormat, "id", "An order needs a record id.")
	}
	if !h.IssuingState.InUnion() {
		return Invalid(ReasonUnknownValue, "annex_i.a.issuing_state",
			"The issuing State must be a Member State, as a two-letter code.")
	}
	if !h.EstablishmentState.InUnion() {
		return Invalid(ReasonUnknownValue, "annex_i.a.establishment_state",
			"The State of establishment (or of the legal representative) must be a Member State.")
	}
	if !h.Addressee.Valid() {
		return Invalid(ReasonMissing, "annex_i.a.addressee", "Name the host by its directory id.")
	}
	if h.IssuedAt.IsZero() {
		return Invalid(ReasonMissing, "annex_i.a.issued_at", "Give the time and date of issuing.")
	}
	if other := h.IssuingState != h.EstablishmentState; o.Annex.Copy.OtherState != other ||
		o.Annex.Copy.CopySent != other {
		return Invalid(ReasonFormat, "annex_i.d",
			"Section D must say whether the host's State is another one, and then that a copy is sent.")
	}
	return firstError(
		checkText("annex_i.a.addressee_name", h.AddresseeName, 1, 300),
		checkText("annex_i.a.legal_representative", h.LegalRepresentative, 0, 300),
		checkText("annex_i.a.contact_point", h.ContactPoint, 1, 300),
		checkText("annex_i.a.reference", h.Reference, 1, 100),
		checkText("relay", o.Relay, 0, 300),
		checkText("supersedes", o.Supersedes, 0, 100),
	)
}

func (o Order) validateContent() error {
	c := o.Annex.Content
	if len(c.Addresses) == 0 {
		return Invalid(ReasonMissing, "annex_i.b.addresses", "Give at least one exact address (Art. 3(4)(c)).")
	}
	if len(c.Addresses) > MaxAddresses {
		return Invalid(ReasonTooMany, "annex_i.b.addresses", "An order names at most %d addresses.", MaxAddresses)
	}
	seen := map[string]bool{}
	for _, a := range c.Addresses {
		if err := a.Validate("annex_i.b.addresses"); err != nil {
			return err
		}
		if seen[a.URL] {
			return Invalid(ReasonDuplicate, "annex_i.b.addresses", "The same address stands twice.")
		}
		seen[a.URL] = true
	}
	if len(c.Categories) == 0 {
		return Invalid(ReasonMissing, "annex_i.b.categories", "Tick at least one type of Art. 2(7).")
	}
	for i, cat := range c.Categories {
		if !slices.Contains(Categories(), cat) || slices.Contains(c.Categories[:i], cat) {
			return Invalid(ReasonUnknownValue, "annex_i.b.categories",
				"Each type must be one of Art. 2(7) (a) to (e), once.")
		}
	}
	return checkText("annex_i.b.information", c.Information, 0, 8000)
}

func (o Order) validateAuthority() error {
	e, f, g := o.Annex.Authority, o.Annex.Contacts, o.Annex.Redress
	if e.Type != AuthorityJudicial && e.Type != AuthorityLawEnforcement && e.Type != AuthorityOther {
		return Invalid(ReasonUnknownValue, "annex_i.e.type",
			"Tick one type of authority: judicial, law_enforcement or other.")
	}
	if e.Date.IsZero() {
		return Invalid(ReasonMissing, "annex_i.e.date", "Section E needs its date.")
	}
	return firstError(
		checkText("annex_i.e.name", e.Name, 1, 300),
		checkText("annex_i.e.representative", e.Representative, 0, 300),
		checkText("annex_i.e.post", e.Post, 0, 300),
		checkText("annex_i.e.file_number", e.FileNumber, 1, 100),
		checkText("annex_i.e.address", e.Address, 0, 500),
		checkText("annex_i.e.telephone", e.Telephone, 0, 100),
		checkText("annex_i.e.fax", e.Fax, 0, 100),
		checkText("annex_i.e.email", e.Email, 0, 300),
		checkText("annex_i.e.stamp", e.Stamp, 0, 300),
		checkText("annex_i.f.feedback", f.Feedback, 1, 500),
		checkText("annex_i.f.establishment", f.Establishment, 0, 500),
		checkText("annex_i.g.body", g.Body, 1, 500),
		checkText("annex_i.g.deadline", g.Deadline, 1, 300),
		checkText("annex_i.g.law", g.Law, 0, 500),
	)
}

func (o Order) validateGag(limit time.Duration) error {
	if o.Annex.NonDisclosure != (o.Gag != nil) {
		return Invalid(ReasonNoEnd, "gag",
			"Section C and the non-disclosure decision (reasons, start and end) go together.")
	}
	if o.Gag == nil {
		return nil
	}
	if err := checkText("gag.reasons", o.Gag.Reasons, 20, 4000); err != nil {
		return err
	}
	if o.Gag.DecidedAt.IsZero() {
		return Invalid(ReasonMissing, "gag.decided_at",
			"Say when non-disclosure was decided: its six weeks run from then.")
	}
	if !o.Gag.Until.After(o.Gag.DecidedAt) {
		return Invalid(ReasonNoEnd, "gag.until", "A non-disclosure decision carries its end.")
	}
	if o.Gag.Until.Sub(o.Gag.DecidedAt) > limit {
		return gagTooLong()
	}
	return nil
}

func gagTooLong() error {
	return Invalid(ReasonGagTooLong, "gag.until",
		"Non-disclosure ends at the latest six weeks after the decision (Art. 11(3)).")
}

func (o Order) validateEmergency() error {
	if o.Emergency == nil {
		return nil
	}
	return checkText("emergency.justification", o.Emergency.Justification, 20, 4000)
}

// CrossBorder reports whether the host's State is not the issuer's, so that a copy is due (Art. 4(1)).
func (o Order) CrossBorder() bool {
	return o.Annex.Heading.IssuingState != o.Annex.Heading.EstablishmentState
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
