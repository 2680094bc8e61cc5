// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// EventVoucherWithdrawn is a party's own word on a signal taken back. The word of others stands.
const EventVoucherWithdrawn EventKind = "voucher.withdrawn"

// SignalWithdrawn is the state of a signal whose vouchers were all taken back. It matches again when somebody
// vouches for it.
const SignalWithdrawn SignalState = "withdrawn"

// Withdrawal is a party that vouched for a signal and does no more.
type Withdrawal struct {
	Party PartyID   `json:"party"`
	At    time.Time `json:"at"`
	// Batches are the party's imports that had brought the signal until then. A later one counts again.
	Batches []RecordID `json:"batches,omitempty"`
}

// WithdrawVoucher takes back what one party vouched for, and nothing else. batches are its imports that bring
// the signal now: their rows stay, and no longer speak for this one.
func (s *Signal) WithdrawVoucher(by By, p PartyID, batches []RecordID, reasons string) ([]Event, error) {
	if s.Retracted {
		return nil, wrongState(s, "taken back by a party")
	}
	if !p.Valid() {
		return nil, Invalid(ReasonUnknownParty, "source", "Say which party takes its word back.")
	}
	fresh := func(b RecordID) bool { return !s.WithdrawnIn(p, b) }
	if s.voucher(p) < 0 && !slices.ContainsFunc(batches, fresh) {
		return nil, Errorf(CodeNotFound, ReasonUnknownRecord, "This party does not vouch for the signal.")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(s, by.event(EventVoucherWithdrawn, Facts{Party: p, Records: batches}, Text{reasons}))
}

// WithdrawnIn reports whether a party took back what this import of it says of the signal.
func (s *Signal) WithdrawnIn(p PartyID, batch RecordID) bool {
	n := s.withdrawal(p)
	return n >= 0 && slices.Contains(s.Withdrawals[n].Batches, batch)
}

func (s *Signal) withdrawal(p PartyID) int {
	return slices.IndexFunc(s.Withdrawals, func(w Withdrawal) bool { return w.Party == p })
}

// withdraw takes a party from those that vouch.
func (s *Signal) withdraw(w Withdrawal) {
	s.Vouchers = slices.DeleteFunc(s.Vouchers, func(v Voucher) bool { return v.Party == w.Party })
	s.Withdrawn = len(s.Vouchers) == 0
	if n := s.withdrawal(w.Party); n >= 0 {
		s.Withdrawals[n] = w
		return
	}
	s.Withdrawals = append(s.Withdrawals, w)
}
