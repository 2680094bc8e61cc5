// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
)

// A form names its fields by their path in the document, so that an error of the domain finds its field by
// itself.

// texts are the plain one-value fields, each with its place in an order.
var texts = map[string]func(*tocsin.Order) *string{
	"annex_i.a.addressee_name":       func(o *tocsin.Order) *string { return &o.Annex.Heading.AddresseeName },
	"annex_i.a.legal_representative": func(o *tocsin.Order) *string { return &o.Annex.Heading.LegalRepresentative },
	"annex_i.a.contact_point":        func(o *tocsin.Order) *string { return &o.Annex.Heading.ContactPoint },
	"annex_i.a.reference":            func(o *tocsin.Order) *string { return &o.Annex.Heading.Reference },
	"annex_i.b.information":          func(o *tocsin.Order) *string { return &o.Annex.Content.Information },
	"annex_i.e.name":                 func(o *tocsin.Order) *string { return &o.Annex.Authority.Name },
	"annex_i.e.representative":       func(o *tocsin.Order) *string { return &o.Annex.Authority.Representative },
	"annex_i.e.post":                 func(o *tocsin.Order) *string { return &o.Annex.Authority.Post },
	"annex_i.e.file_number":          func(o *tocsin.Order) *string { return &o.Annex.Authority.FileNumber },
	"annex_i.e.address":              func(o *tocsin.Order) *string { return &o.Annex.Authority.Address },
	"annex_i.e.telephone":            func(o *tocsin.Order) *string { return &o.Annex.Authority.Telephone },
	"annex_i.e.fax":                  func(o *tocsin.Order) *string { return &o.Annex.Authority.Fax },
	"annex_i.e.email":                func(o *tocsin.Order) *string { return &o.Annex.Authority.Email },
	"annex_i.e.stamp":                func(o *tocsin.Order) *string { return &o.Annex.Authority.Stamp },
	"annex_i.f.feedback":             func(o *tocsin.Order) *string { return &o.Annex.Contacts.Feedback },
	"annex_i.f.establishment":        func(o *tocsin.Order) *string { return &o.Annex.Contacts.Establishment },
	"annex_i.g.body":                 func(o *tocsin.Order) *string { return &o.Annex.Redress.Body },
	"annex_i.g.deadline":             func(o *tocsin.Order) *string { return &o.Annex.Redress.Deadline },
	"annex_i.g.law":                  func(o *tocsin.Order) *string { return &o.Annex.Redress.Law },
	"reasons":                        func(o *tocsin.Order) *string { return &o.Reasons },
	"exemption_assessment.rationale": func(o *tocsin.Order) *string { return &o.Exemptions.Rationale },
	"relay":                          func(o *tocsin.Order) *string { return &o.Relay },
	"supersedes":                     func(o *tocsin.Order) *string { return &o.Supersedes },
}

// standing are the fields that an authority writes the same way in every order: nobody types them twice.
var standing = []string{
	"annex_i.e.name",
	"annex_i.e.address",
	"annex_i.e.telephone",
	"annex_i.e.fax",
	"annex_i.e.email",
	"annex_i.e.stamp",
	"annex_i.f.feedback",
	"annex_i.f.establishment",
	"annex_i.g.body",
	"annex_i.g.deadline",
	"annex_i.g.law",
}

const (
	fieldURL        = "annex_i.b.addresses.url"
	fieldAdditional = "annex_i.b.addresses.additional"
	fieldSeen       = "annex_i.b.addresses.seen_sha256"
	fieldCategories = "annex_i.b.categories"
	fieldConsidered = "exemption_assessment.considered"
	dateForm        = "2006-01-02"
)

// orderFrom reads an order out of a form. Times are in the zone of the person who typed them.
func orderFrom(form url.Values, zone *time.Location) (tocsin.Order, error) {
	var o tocsin.Order
	for name, place := range texts {
		*place(&o) = clean(form.Get(name))
	}
	o.Annex.Heading.Addressee = tocsin.PartyID(form.Get("annex_i.a.addressee"))
	o.Annex.Authority.Type = tocsin.AuthorityType(form.Get("annex_i.e.type"))
	o.Annex.Content.Addresses = addressesFrom(form)
	for _, v := range form[fieldCategories] {
		o.Annex.Content.Categories = append(o.Annex.Content.Categories, tocsin.Category(v))
	}
	for _, v := range form[fieldConsidered] {
		o.Exemptions.Considered = append(o.Exemptions.Considered, tocsin.Exemption(v))
	}
	if form.Get("emergency") != "" {
		o.Emergency = &tocsin.Emergency{Justification: clean(form.Get("emergency.justification"))}
	}
	var err error
	if o.Annex.Authority.Date, err = momentFrom(form, "annex_i.e.date", dateForm, zone); err != nil {
		return o, err
	}
	o.Gag, err = gagFrom(form, zone)
	return o, err
}

// clean makes line ends one kind: browsers send CRLF, and what the officers sign should read the same
// everywhere.
func clean(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// addressesFrom reads the address entries; one that is empty throughout was left over.
func addressesFrom(form url.Values) []tocsin.Address {
	var all []tocsin.Address
	nth := func(name string, n int) string {
		if n < len(form[name]) {
			return strings.TrimSpace(form[name][n])
		}
		return ""
	}
	for n := range form[fieldURL] {
		a := tocsin.Address{
			URL:        nth(fieldURL, n),
			Additional: clean(nth(fieldAdditional, n)),
			SeenSHA256: tocsin.Digest(strings.ToLower(nth(fieldSeen, n))),
		}
		if a != (tocsin.Address{}) {
			all = append(all, a)
		}
	}
	return all
}

func gagFrom(form url.Values, zone *time.Location) (*tocsin.Gag, error) {
	if form.Get("gag") == "" {
		return nil, nil
	}
	g := &tocsin.Gag{Reasons: clean(form.Get("gag.reasons"))}
	var err error
	if g.DecidedAt, err = momentFrom(form, "gag.decided_at", page.LocalTime, zone); err != nil {
		return nil, err
	}
	g.Until, err = momentFrom(form, "gag.until", page.LocalTime, zone)
	return g, err
}

// momentFrom reads a date or a time; none is none.
func momentFrom(form url.Values, name, layout string, zone *time.Location) (time.Time, error) {
	text := form.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	if len(text) > len(layout) {
		text = text[:len(layout)] // some browsers add seconds
	}
	at, err := time.ParseInLocation(layout, text, zone)
	if err != nil {
		return time.Time{}, tocsin.Invalid("date", name, "This is not a date.")
	}
	return at.UTC(), nil
}

// formFrom is the form that an order came from.
func formFrom(o tocsin.Order, zone *time.Location) url.Values {
	form := url.Values{}
	for name, place := range texts {
		form.Set(name, *place(&o))
	}
	form.Set("annex_i.a.addressee", string(o.Annex.Heading.Addressee))
	form.Set("annex_i.e.type", string(o.Annex.Authority.Type))
	form.Set("annex_i.e.date", o.Annex.Authority.Date.In(zone).Format(dateForm))
	for _, a := range o.Annex.Content.Addresses {
		form.Add(fieldURL, a.URL)
		form.Add(fieldAdditional, a.Additional)
		form.Add(fieldSeen, string(a.SeenSHA256))
	}
	for _, category := range o.Annex.Content.Categories {
		form.Add(fieldCategories, string(category))
	}
	for _, e := range o.Exemptions.Considered {
		form.Add(fieldConsidered, string(e))
	}
	if o.Gag != nil {
		form.Set("gag", "on")
		form.Set("gag.reasons", o.Gag.Reasons)
		form.Set("gag.decided_at", o.Gag.DecidedAt.In(zone).Format(page.LocalTime))
		form.Set("gag.until", o.Gag.Until.In(zone).Format(page.LocalTime))
	}
	if o.Emergency != nil {
		form.Set("emergency", "on")
		form.Set("emergency.justification", o.Emergency.Justification)
	}
	return form
}

// wrongAddress finds which address entry an error of the domain is about; the domain names only the field.
func wrongAddress(form url.Values, e *tocsin.Error) int {
	for i, u := range form[fieldURL] {
		single := addressesFrom(
			url.Values{
				fieldURL:        {u},
				fieldAdditional: at(form[fieldAdditional], i),
				fieldSeen:       at(form[fieldSeen], i),
			},
		)
		for _, a := range single {
			if err := a.Validate("annex_i.b.addresses"); err != nil && fieldOf(err) == e.Field {
				return i
			}
		}
	}
	return 0
}

func at(values []string, i int) []string {
	if i < len(values) {
		return values[i : i+1]
	}
	return nil
}

func fieldOf(err error) string { return publicError(err).Field }

// hosts are the parties an order can go to, by name.
func hosts(d tocsin.Directory) []tocsin.Party {
	var all []tocsin.Party
	for _, p := range d.Parties {
		if p.Has(tocsin.RoleHost) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b tocsin.Party) int { return strings.Compare(a.Name, b.Name) })
	return all
}
