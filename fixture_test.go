// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"strings"
	"time"

	"tocsin"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

const (
	authority  tocsin.PartyID = "fr-authority"
	host       tocsin.PartyID = "ie-host"
	otherHost  tocsin.PartyID = "ie-other-host"
	supervisor tocsin.PartyID = "ie-supervisor"
)

// text is long enough for every field that asks for detail, and shows wherever it should not.
const text = canary + " stands in this sentence, which is about a garden and a kettle."

func newID(kind tocsin.RecordKind) tocsin.RecordID { return tocsin.NewRecordID(kind) }

// person is the nth officer or moderator.
func person(n int) tocsin.ActorID {
	return tocsin.ActorID("prs_" + strings.Repeat("a", 25) + string(rune('a'+n)))
}

// completeOrder is an order with every field of Annex I, and text in every field that takes any.
func completeOrder(at time.Time) tocsin.Order {
	a := tocsin.AnnexI{
		Heading: tocsin.OrderHeading{IssuingState: "FR", Addressee: host, AddresseeName: text,
			LegalRepresentative: text, ContactPoint: text, EstablishmentState: "IE", IssuedAt: at, Reference: text},
		Content: tocsin.OrderContent{
			Addresses:   []tocsin.Address{{URL: "https://board.example/post/12?" + canary, Additional: text}},
			Categories:  []tocsin.Category{tocsin.CategoryIncites},
			Information: text},
		Copy: tocsin.CopyStatement{OtherState: true, CopySent: true},
		Authority: tocsin.AuthorityDetails{Type: tocsin.AuthorityJudicial, Name: text, Representative: text,
			Post: text, FileNumber: text, Address: text, Telephone: text, Fax: text, Email: text, Date: at,
			Stamp: text},
		Contacts: tocsin.OrderContacts{Feedback: text, Establishment: text},
		Redress:  tocsin.RedressInformation{Body: text, Deadline: text, Law: text},
	}
	return tocsin.Order{ID: tocsin.NewRecordID(tocsin.KindIssuedOrder), Annex: a, Reasons: text,
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: text},
		Relay:      text, Supersedes: text}
}

func gagged(o tocsin.Order, decided, until time.Time) tocsin.Order {
	o.Annex.NonDisclosure = true
	o.Gag = &tocsin.Gag{Reasons: text, DecidedAt: decided, Until: until}
	return o
}

// impossibility is Annex III with text in every field that takes any.
func impossibility(at time.Time, grounds ...tocsin.Ground) tocsin.AnnexIII {
	return tocsin.AnnexIII{References: references(at), Grounds: grounds, Information: text,
		ClarificationNeeded: text, HostName: text, AuthorisedPerson: text, Contact: text, Date: at}
}

func feedback(at time.Time) tocsin.AnnexII {
	return tocsin.AnnexII{References: references(at), Measure: tocsin.MeasureDisabled, MeasureAt: at,
		HostName: text, EstablishmentIn: "IE", AuthorisedPerson: text, ContactPointEmail: text, Date: at}
}

func references(at time.Time) tocsin.OrderReferences {
	return tocsin.OrderReferences{Addressee: text, IssuingAuthority: text, AuthorityReference: text,
		AddresseeReference: text, ReceivedAt: at}
}
