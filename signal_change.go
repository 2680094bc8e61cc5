// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Events of a signal.
const (
	EventSignalAdded       EventKind = "signal.added"   // by hand
	EventSignalTouched     EventKind = "signal.touched" // a row of a batch got a record of its own
	EventSignalVouched     EventKind = "signal.vouched"
	EventSignalDisabled    EventKind = "signal.disabled"
	EventSignalEnabled     EventKind = "signal.enabled"
	EventSignalQuarantined EventKind = "signal.quarantined"
	EventSignalReleased    EventKind = "signal.released"
	EventSignalRetracted   EventKind = "signal.retracted"
	EventSignalExpired     EventKind = "signal.expired"
	EventOpinionGiven      EventKind = "opinion.given"
	EventOpinionRetracted  EventKind = "opinion.retracted"
)

// LongestDisabling bounds how long a signal may be disabled with an end in sight.
const LongestDisabling = 5 * 365 * 24 * time.Hour

// Apply folds one event.
func (s *Signal) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventSignalAdded, EventSignalTouched:
		s.Bank, s.Type = f.Record, SignalType(f.Code)
		s.vouch(voucherOf(h))
	case EventSignalVouched:
		s.Expired, s.Withdrawn = false, false
		s.vouch(voucherOf(h))
	case EventSignalDisabled:
		s.Disabled, s.Reenabled = true, f.Due
	case EventSignalEnabled:
		s.Disabled, s.Reenabled = false, nil
	case EventSignalQuarantined:
		s.Quarantined = true
	case EventSignalReleased:
		s.Quarantined = false
	case EventSignalRetracted:
		s.Retracted = true
	case EventSignalExpired:
		s.Expired = true
	case EventVoucherWithdrawn:
		s.withdraw(Withdrawal{Party: f.Party, At: h.At, Batches: f.Records})
	case EventOpinionGiven:
		s.withdrawOpinion(f.Party)
		s.Opinions = append(s.Opinions, Opinion{Party: f.Party, View: View(f.Code), At: h.At})
	case EventOpinionRetracted:
		s.withdrawOpinion(f.Party)
	default:
		return unknownEvent(s, h)
	}
	return nil
}

func (s *Signal) withdrawOpinion(p PartyID) {
	s.Opinions = slices.DeleteFunc(s.Opinions, func(o Opinion) bool { return o.Party == p })
}

// vouch sets what a party vouches, in place of what it vouched before.
func (s *Signal) vouch(v Voucher) {
	if n := s.voucher(v.Party); n >= 0 {
		s.Vouchers[n] = v
		return
	}
	s.Vouchers = append(s.Vouchers, v)
}

func voucherOf(h Header) Voucher {
	f := h.Facts
	v := Voucher{Party: f.Party, At: h.At, Confidence: f.Number, Until: f.Due, Marking: f.Marking}
	if f.When != nil {
		v.At = *f.When
	}
	if len(f.Records) > 0 {
		v.Batch = f.Records[0]
	}
	return v
}

func (v Voucher) facts() Facts {
	f := Facts{Party: v.Party, Number: v.Confidence, When: &v.At, Due: v.Until, Marking: v.Marking}
	if v.Batch != "" {
		f.Records = []RecordID{v.Batch}
	}
	return f
}

func (v Voucher) validate(at time.Time) error {
	switch {
	case !v.Party.Valid():
		return Invalid(ReasonUnknownParty, "source", "Say which party vouches for the signal.")
	case v.Confidence < 0 || v.Confidence > 100:
		return Invalid(ReasonFormat, "confidence", "Confidence lies between 0 and 100.")
	case !slices.Contains(Markings(), v.Marking):
		return Invalid(ReasonUnknownValue, "marking", "Say to whom it may be passed on.")
	case v.At.IsZero() || v.At.After(at.Add(clockTolerance)):
		return Invalid(ReasonFormat, "vouched_at", "Say when the party vouched for it; not in the future.")
	case v.Until != nil && !v.Until.After(at):
		return Invalid(ReasonFormat, "until", "The end lies in the past.")
	}
	return nil
}

// AddSignal puts a signal into a bank that takes signals. payload is its value and what is known of it.
func AddSignal(by By, bank *Bank, signalType SignalType, v Voucher, payload any) (*Signal, []Event, error) {
	if err := bank.Takes(); err != nil {
		return nil, nil, err
	}
	if !signalType.Valid() {
		return nil, nil, Invalid(ReasonUnknownValue, "type", "There is no such type of signal.")
	}
	if err := v.validate(by.At); err != nil {
		return nil, nil, err
	}
	facts := v.facts()
	facts.Record, facts.Code = bank.ID, string(signalType)
	s := &Signal{Root: Root{ID: NewRecordID(KindSignal)}}
	events, err := happened(s, by.event(EventSignalAdded, facts, payload))
	return s, events, err
}

// TouchSignal gives a row of a batch a record of its own, so that something can be said about it. until is the
// row's own end, if it has one.
func TouchSignal(by By, batch *Batch, signalType SignalType, confidence int64, until *time.Time,
	payload any) (*Signal, []Event, error) {
	if !signalType.Valid() {
		return nil, nil, Invalid(ReasonUnknownValue, "type", "There is no such type of signal.")
	}
	facts := batch.voucher(confidence, until).facts()
	facts.Record, facts.Code = batch.Bank, string(signalType)
	s := &Signal{Root: Root{ID: NewRecordID(KindSignal)}}
	events, err := happened(s, by.event(EventSignalTouched, facts, payload))
	return s, events, err
}

// AlsoIn records that another batch of the same bank brought the signal too.
func (s *Signal) AlsoIn(by By, batch *Batch, confidence int64, until *time.Time) ([]Event, error) {
	return happened(s, by.event(EventSignalVouched, batch.voucher(confidence, until).facts(), nil))
}

func (b *Batch) voucher(confidence int64, until *time.Time) Voucher {
	return Voucher{Party: b.Source, At: b.Vouched, Confidence: confidence, Until: earliest(b.Until, until),
		Marking: b.Marking, Batch: b.ID}
}

// Vouch adds a party to those that vouch, or renews what it vouched. An expired signal matches again.
func (s *Signal) Vouch(by By, v Voucher, payload any) ([]Event, error) {
	if s.Retracted {
		return nil, wrongState(s, "vouched for")
	}
	if err := v.validate(by.At); err != nil {
		return nil, err
	}
	return happened(s, by.event(EventSignalVouched, v.facts(), payload))
}

// Disable stops matches until a time, or until somebody enables it again.
func (s *Signal) Disable(by By, until *time.Time, reasons string) ([]Event, error) {
	if s.Retracted {
		return nil, wrongState(s, "disabled")
	}
	if until != nil && (!until.After(by.At) || until.Sub(by.At) > LongestDisabling) {
		return nil, Invalid(ReasonFormat, "until", "The end lies ahead, and not more than five years.")
	}
	if err := checkText("reasons", reasons, 0, 1000); err != nil {
		return nil, err
	}
	return happened(s, by.event(EventSignalDisabled, Facts{Due: until}, Text{reasons}))
}

// Enable lets a disabled signal match again.
func (s *Signal) Enable(by By) ([]Event, error) {
	if !s.Disabled || s.Retracted {
		return nil, wrongState(s, "enabled")
	}
	return happened(s, by.event(EventSignalEnabled, Facts{}, nil))
}

// Quarantine stops proposals of a signal that hits far more often than it used to, until a person has looked.
// hits is how many it had in the hour.
func (s *Signal) Quarantine(by By, hits int64) ([]Event, error) {
	if !s.Proposes() {
		return nil, wrongState(s, "quarantined")
	}
	return happened(s, by.event(EventSignalQuarantined,
		Facts{Number: hits, Automatic: !by.Actor.isPerson()}, nil))
}

// Release ends a quarantine. A person does, and says why.
func (s *Signal) Release(by By, reasons string) ([]Event, error) {
	if !s.Quarantined || s.Retracted {
		return nil, wrongState(s, "released")
	}
	if !by.Actor.isPerson() {
		return nil, Errorf(CodeForbidden, ReasonRole, "A person releases a signal from quarantine.")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(s, by.event(EventSignalReleased, Facts{}, Text{reasons}))
}

// Retract takes the signal back for good: it matches nowhere any more, and its history stays.
func (s *Signal) Retract(by By, reasons string) ([]Event, error) {
	if s.Retracted {
		return nil, wrongState(s, "retracted")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(s, by.event(EventSignalRetracted, Facts{}, Text{reasons}))
}

// Opine records what a party thinks of the signal.
func (s *Signal) Opine(by By, p PartyID, v View, reasons string) ([]Event, error) {
	if v != ViewPositive && v != ViewNegative && v != ViewInvestigation {
		return nil, Invalid(ReasonUnknownValue, "view", "An opinion is positive, negative or investigation.")
	}
	if !p.Valid() {
		return nil, Invalid(ReasonUnknownParty, "party", "Say whose opinion it is.")
	}
	if err := checkText("reasons", reasons, 0, 1000); err != nil {
		return nil, err
	}
	return happened(s, by.event(EventOpinionGiven, Facts{Party: p, Code: string(v)}, Text{reasons}))
}

// RetractOpinion takes a party's opinion back.
func (s *Signal) RetractOpinion(by By, p PartyID) ([]Event, error) {
	if !slices.ContainsFunc(s.Opinions, func(o Opinion) bool { return o.Party == p }) {
		return nil, Errorf(CodeNotFound, ReasonUnknownRecord, "This party has no opinion on the signal.")
	}
	return happened(s, by.event(EventOpinionRetracted, Facts{Party: p}, nil))
}

// Tick ends a disabling or the signal itself when its time is over.
func (s *Signal) Tick(by By, _ Periods) ([]Event, error) {
	var events []Event
	if passed(s.Reenabled, by.At) && !s.Retracted {
		events = append(events, by.event(EventSignalEnabled, Facts{}, nil))
	}
	if !s.Ended() && passed(s.expiry(), by.At) {
		events = append(events, by.event(EventSignalExpired, Facts{}, nil))
	}
	return happened(s, events...)
}
