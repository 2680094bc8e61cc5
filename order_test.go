// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
)

// errorIn reports whether an error is about a field.
func errorIn(err error, field string) bool { return errors.Is(err, &tocsin.Error{Field: field}) }

const week = 7 * 24 * time.Hour

type orderCase struct {
	name   string
	field  string
	reason tocsin.Reason
	change func(*tocsin.Order)
}

func TestCompleteOrderIsTaken(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*tocsin.Order){
		"every field":      func(*tocsin.Order) {},
		"a gag of 6 weeks": func(o *tocsin.Order) { *o = gagged(*o, noon, noon.Add(6*week)) },
		"an emergency":     func(o *tocsin.Order) { o.Emergency = &tocsin.Emergency{Justification: text} },
		"within one State": func(o *tocsin.Order) {
			o.Annex.Heading.EstablishmentState, o.Annex.Copy = "FR", tocsin.CopyStatement{}
		},
		"all categories": func(o *tocsin.Order) { o.Annex.Content.Categories = tocsin.Categories() },
		"50 addresses":   func(o *tocsin.Order) { o.Annex.Content.Addresses = addresses(50) },
		"only what Annex I requires": func(o *tocsin.Order) {
			o.Relay, o.Supersedes, o.Annex.Content.Information = "", "", ""
			o.Annex.Heading.LegalRepresentative, o.Annex.Contacts.Establishment, o.Annex.Redress.Law = "", "", ""
			e := &o.Annex.Authority
			e.Representative, e.Post, e.Address, e.Telephone, e.Fax, e.Email, e.Stamp = "", "", "", "", "", "", ""
		},
	} {
		order := completeOrder(noon)
		change(&order)
		if err := order.Validate(tocsin.EUPeriods()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func addresses(n int) []tocsin.Address {
	list := make([]tocsin.Address, n)
	for i := range list {
		list[i].URL = fmt.Sprintf("https://board.example/post/%d", i)
	}
	return list
}

// missing are the mandatory fields of Annex I, each left out in turn.
var missing = []orderCase{
	{"id", "id", tocsin.ReasonFormat,
		func(o *tocsin.Order) { o.ID = "" }},
	{"issuing State", "annex_i.a.issuing_state", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Heading.IssuingState = "" }},
	{"addressee", "annex_i.a.addressee", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Heading.Addressee = "" }},
	{"addressee's name", "annex_i.a.addressee_name", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Heading.AddresseeName = "" }},
	{"contact point", "annex_i.a.contact_point", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Heading.ContactPoint = " " }},
	{"State of establishment", "annex_i.a.establishment_state", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Heading.EstablishmentState = "" }},
	{"time of issuing", "annex_i.a.issued_at", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Heading.IssuedAt = time.Time{} }},
	{"reference", "annex_i.a.reference", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Heading.Reference = "" }},
	{"addresses", "annex_i.b.addresses", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Content.Addresses = nil }},
	{"categories", "annex_i.b.categories", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Content.Categories = nil }},
	{"statement on the copy", "annex_i.d", tocsin.ReasonFormat,
		func(o *tocsin.Order) { o.Annex.Copy.CopySent = false }},
	{"statement on the State", "annex_i.d", tocsin.ReasonFormat,
		func(o *tocsin.Order) { o.Annex.Copy.OtherState = false }},
	{"type of authority", "annex_i.e.type", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Authority.Type = "" }},
	{"name of authority", "annex_i.e.name", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Authority.Name = "" }},
	{"file number", "annex_i.e.file_number", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Authority.FileNumber = "" }},
	{"date", "annex_i.e.date", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Authority.Date = time.Time{} }},
	{"contact for feedback", "annex_i.f.feedback", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Contacts.Feedback = "\t\n" }},
	{"redress body", "annex_i.g.body", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Redress.Body = "" }},
	{"redress deadline", "annex_i.g.deadline", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Redress.Deadline = "" }},
	{"reasons", "reasons", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Reasons = "" }},
	{"detailed reasons", "reasons", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Reasons = "because of it" }},
	{"exemptions", "exemption_assessment.considered", tocsin.ReasonExemptionMissing,
		func(o *tocsin.Order) { o.Exemptions.Considered = nil }},
	{"one exemption", "exemption_assessment.considered", tocsin.ReasonExemptionMissing,
		func(o *tocsin.Order) { o.Exemptions.Considered = tocsin.Exemptions()[1:] }},
	{"rationale", "exemption_assessment.rationale", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Exemptions.Rationale = "" }},
	{"justified emergency", "emergency.justification", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Emergency = &tocsin.Emergency{} }},
	{"decision behind section C", "gag", tocsin.ReasonNoEnd,
		func(o *tocsin.Order) { o.Annex.NonDisclosure = true }},
	{"section C of a decision", "gag", tocsin.ReasonNoEnd, func(o *tocsin.Order) {
		*o = gagged(*o, noon, noon.Add(week))
		o.Annex.NonDisclosure = false
	}},
	{"reasons of the gag", "gag.reasons", tocsin.ReasonMissing,
		func(o *tocsin.Order) { *o = gagged(*o, noon, noon.Add(week)); o.Gag.Reasons = "" }},
	{"date of the gag", "gag.decided_at", tocsin.ReasonMissing,
		func(o *tocsin.Order) { *o = gagged(*o, time.Time{}, noon.Add(week)) }},
	{"end of the gag", "gag.until", tocsin.ReasonNoEnd,
		func(o *tocsin.Order) { *o = gagged(*o, noon, time.Time{}) }},
}

// wrong are fields that say something they must not.
var wrong = []orderCase{
	{"State outside the Union", "annex_i.a.issuing_state", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Heading.IssuingState = "CH" }},
	{"host outside the Union", "annex_i.a.establishment_state", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Heading.EstablishmentState = "US" }},
	{"State in small letters", "annex_i.a.issuing_state", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Heading.IssuingState = "fr" }},
	{"addressee that is no id", "annex_i.a.addressee", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Heading.Addressee = "IE Host" }},
	{"unknown category", "annex_i.b.categories", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Content.Categories = []tocsin.Category{"2(7)(f)"} }},
	{"category twice", "annex_i.b.categories", tocsin.ReasonUnknownValue, func(o *tocsin.Order) {
		o.Annex.Content.Categories = []tocsin.Category{tocsin.CategoryIncites, tocsin.CategoryIncites}
	}},
	{"51 addresses", "annex_i.b.addresses", tocsin.ReasonTooMany,
		func(o *tocsin.Order) { o.Annex.Content.Addresses = addresses(51) }},
	{"an address twice", "annex_i.b.addresses", tocsin.ReasonDuplicate, func(o *tocsin.Order) {
		o.Annex.Content.Addresses = slices.Concat(addresses(3), addresses(1))
	}},
	{"a root domain among them", "annex_i.b.addresses.url", tocsin.ReasonGateStopped, func(o *tocsin.Order) {
		o.Annex.Content.Addresses = append(addresses(3), tocsin.Address{URL: "https://board.example/"})
	}},
	{"an empty address", "annex_i.b.addresses.url", tocsin.ReasonMissing,
		func(o *tocsin.Order) { o.Annex.Content.Addresses = make([]tocsin.Address, 1) }},
	{"unknown authority", "annex_i.e.type", tocsin.ReasonUnknownValue,
		func(o *tocsin.Order) { o.Annex.Authority.Type = "police" }},
	{"exemption applies", "exemption_assessment.applies", tocsin.ReasonExemptionApplies, func(o *tocsin.Order) {
		o.Exemptions.Applies = []tocsin.Exemption{tocsin.ExemptionJournalism}
	}},
	{"purpose of its own", "exemption_assessment.considered", tocsin.ReasonUnknownValue, func(o *tocsin.Order) {
		o.Exemptions.Considered = append(tocsin.Exemptions(), tocsin.Exemption(text))
	}},
	{"a gag over 6 weeks", "gag.until", tocsin.ReasonGagTooLong,
		func(o *tocsin.Order) { *o = gagged(*o, noon, noon.Add(6*week+time.Microsecond)) }},
	{"a gag that ended before", "gag.until", tocsin.ReasonNoEnd,
		func(o *tocsin.Order) { *o = gagged(*o, noon, noon.Add(-time.Hour)) }},
}

func TestOrderThatLacksOrMisstatesAFieldIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(missing, wrong) {
		order := completeOrder(noon)
		c.change(&order)
		err := order.Validate(tocsin.EUPeriods())
		if !errors.Is(err, &tocsin.Error{Code: tocsin.CodeInvalid, Reason: c.reason, Field: c.field}) {
			t.Errorf("%s: %v, want %s in %s", c.name, err, c.reason, c.field)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error repeats text: %v", c.name, err)
		}
		if o, events, err := tocsin.DraftOrder(tocsin.By{Actor: person(0), At: noon}, order, tocsin.DigestOf(nil),
			tocsin.EUPeriods()); err == nil || o != nil || events != nil {
			t.Errorf("%s: it was drafted", c.name)
		}
	}
}

// TestEveryTextOfAnOrderIsBoundedAndIsText puts NUL, broken UTF-8 and far too much into every text in turn.
func TestEveryTextOfAnOrderIsBoundedAndIsText(t *testing.T) {
	t.Parallel()
	places := 0
	for bad, reasons := range map[string][]tocsin.Reason{
		text + "\x00":             {tocsin.ReasonNotText},
		text + "\xc3":             {tocsin.ReasonNotText},
		text + "\u0085":           {tocsin.ReasonNotText},
		strings.Repeat("a", 9000): {tocsin.ReasonTooLong},
	} {
		order := gagged(completeOrder(noon), noon, noon.Add(week))
		order.Emergency = &tocsin.Emergency{Justification: text}
		eachString(reflect.ValueOf(&order).Elem(), func(v reflect.Value) {
			if v.Type() != reflect.TypeFor[string]() {
				return // a code or an id, with a form of its own
			}
			places++
			good := v.String()
			v.SetString(bad)
			if reason := tocsin.ReasonOf(order.Validate(tocsin.EUPeriods())); !slices.Contains(reasons, reason) {
				t.Errorf("%.20q in place of %.20q: %q", bad, good, reason)
			}
			v.SetString(good)
		})
	}
	if places < 4*25 {
		t.Errorf("only %d places tried", places)
	}
}

func TestAnnexIIIStatesItsGrounds(t *testing.T) {
	t.Parallel()
	unclear := func(a tocsin.AnnexIII) tocsin.AnnexIII { a.ClarificationNeeded = " "; return a }
	for _, c := range []struct {
		name  string
		form  tocsin.AnnexIII
		field string
	}{
		{"force majeure", unclear(impossibility(noon, tocsin.GroundForceMajeure)), ""},
		{"manifest error", impossibility(noon, tocsin.GroundManifestError), ""},
		{"two grounds", impossibility(noon, tocsin.GroundManifestError, tocsin.GroundInsufficient), ""},
		{"no ground", impossibility(noon), "grounds"},
		{"unknown ground", impossibility(noon, "too_hard"), "grounds"},
		{"one ground twice", impossibility(noon, tocsin.GroundForceMajeure, tocsin.GroundForceMajeure), "grounds"},
		{"error, no question", unclear(impossibility(noon, tocsin.GroundManifestError)), "clarification_needed"},
		{"unclear, no question", unclear(impossibility(noon, tocsin.GroundInsufficient)), "clarification_needed"},
		{"no information", tocsin.AnnexIII{Grounds: []tocsin.Ground{tocsin.GroundForceMajeure}}, "information"},
	} {
		err := c.form.Validate()
		if (err == nil) != (c.field == "") || err != nil && !errorIn(err, c.field) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
