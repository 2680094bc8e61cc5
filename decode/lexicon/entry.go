// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon

import (
	"strings"
	"time"

	"tocsin/decode/fold"
)

// Entry is one coded sense and how it is written.
type Entry struct {
	ID              string      `json:"id"` // lex:<slug>
	Version         int         `json:"version"`
	Forms           []Form      `json:"forms"`
	Sense           string      `json:"sense"` // in neutral words
	Languages       []string    `json:"lang"`  // BCP 47; a feature of a reading, never a gate
	Ambiguity       Ambiguity   `json:"ambiguity"`
	Tiers           []fold.Tier `json:"tiers"` // in which it may be read
	Sources         []Source    `json:"sources"`
	Valid           Period      `json:"valid"`
	ReviewBy        Date        `json:"review_by"` // it is not read after this day
	CounterExamples []string    `json:"counter_examples"`
	RequiredContext []string    `json:"required_context,omitempty"` // "any-of: a, b" or "all-of: a, b"
	Folds           []Fold      `json:"folds,omitempty"`            // ambiguous ones that it asks for
	Marking         string      `json:"tlp"`
	Approvals       []Approval  `json:"approvals,omitempty"`
	Status          Status      `json:"status"`
}

// Form is one way an entry is written.
type Form struct {
	Text   string   `json:"text"`
	Script string   `json:"script,omitempty"` // ISO 15924
	Kind   FormKind `json:"kind"`
}

// FormKind is what a form is.
type FormKind string

// The kinds of forms. What can only be guessed, a dotless or a transliterated form, is listed, never made.
const (
	FormLiteral      FormKind = "literal"
	FormPhrase       FormKind = "phrase"
	FormAbbreviation FormKind = "abbreviation"
	FormLatin        FormKind = "latin"   // another script's word in Latin letters and digits
	FormDotless      FormKind = "dotless" // Arabic without its dots
	FormEmoji        FormKind = "emoji"
)

// Tier is how far reading the form as it stands goes already.
func (k FormKind) Tier() fold.Tier {
	if k == FormLatin || k == FormDotless {
		return fold.T4
	}
	return fold.T0
}

// Ambiguity is how often the words mean something else.
type Ambiguity string

// The grades. High allows T0 and T1 only.
const (
	AmbiguityLow    Ambiguity = "low"
	AmbiguityMedium Ambiguity = "medium"
	AmbiguityHigh   Ambiguity = "high"
)

// Fold is a reading of letters that makes other words, too, and so is used only where an entry asks for it.
type Fold string

// FoldArabicLetters reads the letters of Arabic that are often written for each other as one: alef with and without hamza
// or madda, ya and alef maqsura, ta marbuta and ha, waw and ya with hamza.
const FoldArabicLetters Fold = "arabic-letters"

// Status is where an entry stands.
type Status string

// The states of an entry.
const (
	StatusDraft     Status = "draft"
	StatusPublished Status = "published"
	StatusDemoted   Status = "demoted"   // read, and only queued
	StatusSuspended Status = "suspended" // not read
	StatusExpired   Status = "expired"   // not read
)

// Read reports whether an entry in this state is read for.
func (s Status) Read() bool { return s == StatusPublished || s == StatusDemoted }

// Source is where the sense is documented.
type Source struct {
	Citation string `json:"citation"`
	Date     Date   `json:"date"`
}

// Period is when the words have the sense; no end means still.
type Period struct {
	From Date  `json:"from"`
	To   *Date `json:"to,omitempty"`
}

// Approval is a party's agreement that the entry is read for.
type Approval struct {
	Party     string    `json:"party"`
	Role      Role      `json:"role"`
	At        time.Time `json:"at"`
	Signature string    `json:"signature"` // compact JWS over the entry's digest
}

// Role is what kind of party approves.
type Role string

// The roles. Publication wants an authority and one of the others: no State puts words into others' lexicons alone.
const (
	RoleAuthority    Role = "authority"
	RoleCivilSociety Role = "civil_society"
	RoleAcademia     Role = "academia"
)

// Roles lists them.
func Roles() []Role { return []Role{RoleAuthority, RoleCivilSociety, RoleAcademia} }

// Date is a day, as "2006-01-02".
type Date struct{ time.Time }

// MarshalText writes the day.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.Format(time.DateOnly)), nil }

// UnmarshalText reads the day.
func (d *Date) UnmarshalText(text []byte) error {
	at, err := time.Parse(time.DateOnly, string(text))
	d.Time = at
	return err
}

// MarshalJSON writes the day in quotes.
func (d Date) MarshalJSON() ([]byte, error) { return []byte(`"` + d.Format(time.DateOnly) + `"`), nil }

// UnmarshalJSON reads the day from quotes.
func (d *Date) UnmarshalJSON(text []byte) error {
	return d.UnmarshalText([]byte(strings.Trim(string(text), `"`)))
}

// Allows reports whether the entry may be read in a tier.
func (e *Entry) Allows(t fold.Tier) bool {
	for _, allowed := range e.Tiers {
		if allowed == t {
			return true
		}
	}
	return false
}

// Current reports whether the entry is read for on a day: its state allows it, its sense holds, its review is not due.
func (e *Entry) Current(day time.Time) bool {
	return e.Status.Read() && !day.Before(e.Valid.From.Time) && (e.Valid.To == nil || !day.After(e.Valid.To.endOfDay())) &&
		!day.After(e.ReviewBy.endOfDay())
}

func (d Date) endOfDay() time.Time { return d.AddDate(0, 0, 1).Add(-time.Microsecond) }
