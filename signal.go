// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// SignalState is where a signal stands.
type SignalState string

// The states of a signal, the strongest first: a retracted signal is retracted whatever else it is.
const (
	SignalRetracted   SignalState = "retracted"
	SignalExpired     SignalState = "expired"
	SignalQuarantined SignalState = "quarantined" // its hits leapt above their history; a person looks first
	SignalDisabled    SignalState = "disabled"
	SignalDisputed    SignalState = "disputed" // it matches, and the match says so
	SignalActive      SignalState = "active"
)

// View is what a party thinks of a signal.
type View string

// The views of an opinion.
const (
	ViewPositive      View = "positive"      // it is what the bank says it is
	ViewNegative      View = "negative"      // it is not: an error, or content that may stay
	ViewInvestigation View = "investigation" // not verified yet
)

// Voucher is a party that vouches for a signal. What it calls the signal is sealed.
type Voucher struct {
	Party      PartyID    `json:"party"`
	At         time.Time  `json:"at"`
	Confidence int64      `json:"confidence"`      // 0–100, the party's own estimate
	Until      *time.Time `json:"until,omitempty"` // from when it no longer vouches
	Marking    Marking    `json:"marking"`
	Batch      RecordID   `json:"batch,omitempty"` // the import it came with
}

// Opinion is a party's view on a signal. A party has one; a later one replaces it.
type Opinion struct {
	Party PartyID   `json:"party"`
	View  View      `json:"view"`
	At    time.Time `json:"at"`
}

// Signal is one fingerprint or identifier in a bank: added by hand, or a row of a batch that somebody
// touched. Its value, references and labels are sealed. A party, never a person, stands behind it.
type Signal struct {
	Root
	Bank        RecordID   `json:"bank"`
	Type        SignalType `json:"type"`
	Vouchers    []Voucher  `json:"vouchers"`
	Opinions    []Opinion  `json:"opinions,omitempty"`
	Disabled    bool       `json:"disabled,omitempty"`
	Reenabled   *time.Time `json:"reenabled_at,omitempty"` // when a disabled signal matches again by itself
	Quarantined bool       `json:"quarantined,omitempty"`
	Retracted   bool       `json:"retracted,omitempty"`
	Expired     bool       `json:"expired,omitempty"`
	// Withdrawn is set while every party that vouched took its word back; who did stands in Withdrawals.
	Withdrawn   bool         `json:"withdrawn,omitempty"`
	Withdrawals []Withdrawal `json:"withdrawals,omitempty"`
}

// Kind is [KindSignal].
func (s *Signal) Kind() RecordKind { return KindSignal }

// State is the strongest of what holds.
func (s *Signal) State() string { return string(s.Stands()) }

// Stands is the state as its own type.
func (s *Signal) Stands() SignalState {
	switch {
	case s.Retracted:
		return SignalRetracted
	case s.Withdrawn:
		return SignalWithdrawn
	case s.Expired:
		return SignalExpired
	case s.Quarantined:
		return SignalQuarantined
	case s.Disabled:
		return SignalDisabled
	case s.Disputed():
		return SignalDisputed
	}
	return SignalActive
}

// Disputed reports whether some party holds the signal to be wrong while another vouches for it.
func (s *Signal) Disputed() bool {
	return slices.ContainsFunc(s.Opinions, func(o Opinion) bool { return o.View == ViewNegative })
}

// Proposes reports whether matches of the signal are proposed to a person.
func (s *Signal) Proposes() bool {
	return !s.Ended() && !s.Quarantined && !s.Disabled
}

// Ended reports whether nobody stands behind the signal any more: as far as its record knows, it does not match.
func (s *Signal) Ended() bool { return s.Retracted || s.Expired || s.Withdrawn }

// Due is when the signal changes by itself: matches again, or expires with its last voucher.
func (s *Signal) Due() *time.Time {
	if s.Ended() {
		return nil
	}
	return earliest(s.Reenabled, s.expiry())
}

// expiry is the latest end of a voucher; nil while one has none.
func (s *Signal) expiry() *time.Time {
	var last *time.Time
	for _, v := range s.Vouchers {
		if v.Until == nil {
			return nil
		}
		if last == nil || v.Until.After(*last) {
			last = v.Until
		}
	}
	return last
}

// voucher is the place of a party's voucher, -1 when it has none.
func (s *Signal) voucher(p PartyID) int {
	return slices.IndexFunc(s.Vouchers, func(v Voucher) bool { return v.Party == p })
}
