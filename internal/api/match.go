// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match"
)

// KnownSignal is one signal of one bank, with who vouches for it and what others think.
type KnownSignal struct {
	Bank       MatchBank          `json:"bank" required:"true"`
	Signal     tocsin.RecordID    `json:"signal,omitempty" doc:"its record; not every row of an import has one"`
	Type       tocsin.SignalType  `json:"type" required:"true"`
	Value      string             `json:"value" required:"true" doc:"of the known signal, canonical"`
	Provenance []Provenance       `json:"provenance" required:"true" nullable:"false" doc:"who vouches"`
	Opinions   []OpinionView      `json:"opinions,omitempty"`
	Labels     []string           `json:"labels,omitempty"`
	State      tocsin.SignalState `json:"state" required:"true" doc:"active, disputed, disabled or quarantined"`
	Disputed   bool               `json:"disputed,omitempty" doc:"some party holds the signal to be wrong"`
}

// Match is one known signal that a query came upon, with everything that a person needs to judge it.
type Match struct {
	KnownSignal
	Distance     int               `json:"distance" required:"true" doc:"in the unit of the type; 0 is equal"`
	Threshold    int               `json:"threshold" required:"true" doc:"up to which the bank proposes matches"`
	Proposal     flow.Proposal     `json:"proposal" required:"true" doc:"review, or why there is nothing to do"`
	SuppressedBy []tocsin.RecordID `json:"suppressed_by,omitempty" doc:"negative banks that know the content"`
	Why          match.Why         `json:"why" required:"true" doc:"how the match came about"`
}

// MatchBank is the bank of a match.
type MatchBank struct {
	ID       tocsin.RecordID `json:"id" required:"true"`
	Name     string          `json:"name" required:"true"`
	Policy   string          `json:"policy,omitempty" doc:"what is in it and why"`
	Labels   []string        `json:"labels,omitempty"`
	Polarity tocsin.Polarity `json:"polarity" required:"true" enum:"positive,negative"`
	Marking  tocsin.Marking  `json:"marking" required:"true"`
}

// Provenance is one party that vouches for a signal.
type Provenance struct {
	Party      tocsin.PartyID  `json:"party" required:"true"`
	Vouched    time.Time       `json:"vouched_at" required:"true"`
	Until      *time.Time      `json:"until,omitempty" doc:"from when it no longer vouches"`
	Confidence int64           `json:"confidence" required:"true" doc:"0 to 100, its own estimate"`
	Marking    tocsin.Marking  `json:"marking" required:"true" doc:"to whom it may be passed on (TLP 2.0)"`
	Import     tocsin.RecordID `json:"import,omitempty" doc:"the import it came with"`
	Reference  string          `json:"reference,omitempty" doc:"what the party calls it"`
}

// OpinionView is a party's view of a signal.
type OpinionView struct {
	Party tocsin.PartyID `json:"party" required:"true"`
	View  tocsin.View    `json:"view" required:"true" enum:"positive,negative,investigation"`
	At    time.Time      `json:"at" required:"true"`
}

func matchViews(all []flow.Match) []Match {
	views := make([]Match, 0, len(all))
	for _, m := range all {
		views = append(views, matchView(m))
	}
	return views
}

func matchView(m flow.Match) Match {
	return Match{KnownSignal: knownSignal(m), Distance: m.Distance, Threshold: m.Threshold, Proposal: m.Proposal,
		SuppressedBy: m.SuppressedBy, Why: m.Why}
}

func knownSignal(m flow.Match) KnownSignal {
	return KnownSignal{Bank: matchBank(m.Bank), Signal: m.Signal, Type: m.Type, Value: m.Value,
		Provenance: provenance(m.Provenance), Opinions: opinions(m.Opinions), Labels: m.Labels, State: m.State,
		Disputed: slices.ContainsFunc(m.Opinions, disputes)}
}

func disputes(o tocsin.Opinion) bool { return o.View == tocsin.ViewNegative }

func matchBank(b flow.BankView) MatchBank {
	return MatchBank{b.ID, b.File.Name, b.File.Policy, b.File.Labels, b.Polarity, b.Marking}
}

func provenance(all []flow.Provenance) []Provenance {
	views := make([]Provenance, 0, len(all))
	for _, p := range all {
		views = append(views, Provenance{p.Party, p.At, p.Until, p.Confidence, p.Marking, p.Batch, p.Reference})
	}
	return views
}

func opinions(all []tocsin.Opinion) []OpinionView {
	var views []OpinionView
	for _, o := range all {
		views = append(views, OpinionView(o))
	}
	return views
}
