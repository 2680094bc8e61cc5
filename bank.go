// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Events of a bank.
const (
	EventBankOpened  EventKind = "bank.opened"
	EventBankChanged EventKind = "bank.changed"
	EventBankClosed  EventKind = "bank.closed" // none of its signals matches from now on
)

// BankState is where a bank stands.
type BankState string

// The states of a bank.
const (
	BankOpen   BankState = "open"
	BankClosed BankState = "closed"
)

// Polarity is what a match of a bank's signals means.
type Polarity string

// The polarities of a bank.
const (
	PolarityPositive Polarity = "positive" // a match is proposed to a person
	PolarityNegative Polarity = "negative" // a match suppresses the matches of positive banks
)

// Marking is a label of the Traffic Light Protocol 2.0: to whom a signal may be passed on.
type Marking string

// The markings, from the strictest. "+" is not in the alphabet of codes.
const (
	MarkingRed         Marking = "red"
	MarkingAmberStrict Marking = "amber-strict"
	MarkingAmber       Marking = "amber"
	MarkingGreen       Marking = "green"
	MarkingClear       Marking = "clear"
)

// Markings lists every marking, the strictest first.
func Markings() []Marking {
	return []Marking{MarkingRed, MarkingAmberStrict, MarkingAmber, MarkingGreen, MarkingClear}
}

// Whole is the enabled ratio of a bank that takes part in every query, in parts per million.
const Whole = 1_000_000

// Threshold is the distance up to which a bank proposes matches of one type of signal.
type Threshold struct {
	Type     SignalType `json:"type"`
	Distance int64      `json:"distance"`
}

// BankTerms are the choices of a bank's owner that matching reads.
type BankTerms struct {
	Polarity   Polarity    `json:"polarity"`
	Marking    Marking     `json:"marking"`
	Thresholds []Threshold `json:"thresholds,omitempty"` // sorted by type; a type without one has its default
	Enabled    int64       `json:"enabled"`              // share of queries it takes part in, parts per million
}

// Bank is a named set of signals with an owner and a policy. Name, policy and labels are sealed.
type Bank struct {
	Root
	BankTerms
	Status BankState `json:"status"`
}

// Kind is [KindBank].
func (b *Bank) Kind() RecordKind { return KindBank }

// State gives the status.
func (b *Bank) State() string { return string(b.Status) }

// Due is never set: a bank has no clock.
func (b *Bank) Due() *time.Time { return nil }

// Tick does nothing: a bank has no clock.
func (b *Bank) Tick(By, Periods) ([]Event, error) { return nil, nil }

// Threshold is the distance up to which the bank proposes matches of a type, given the type's default.
func (t BankTerms) Threshold(signalType SignalType, otherwise int64) int64 {
	for _, own := range t.Thresholds {
		if own.Type == signalType {
			return own.Distance
		}
	}
	return otherwise
}

// Apply folds one event.
func (b *Bank) Apply(h Header) error {
	switch h.Kind {
	case EventBankOpened, EventBankChanged:
		terms, ok := termsOf(h.Facts)
		if !ok {
			return malformedEvent(h)
		}
		b.Status, b.BankTerms = BankOpen, terms
	case EventBankClosed:
		b.Status = BankClosed
	default:
		return unknownEvent(b, h)
	}
	return nil
}

// OpenBank opens an empty bank. payload is its readable document.
func OpenBank(by By, terms BankTerms, payload any) (*Bank, []Event, error) {
	if err := terms.validate(); err != nil {
		return nil, nil, err
	}
	b := &Bank{Root: Root{ID: NewRecordID(KindBank)}}
	events, err := happened(b, by.event(EventBankOpened, terms.facts(), payload))
	return b, events, err
}

// Change gives an open bank other terms, another name or policy.
func (b *Bank) Change(by By, terms BankTerms, payload any) ([]Event, error) {
	if b.Status != BankOpen {
		return nil, wrongState(b, "changed")
	}
	if err := terms.validate(); err != nil {
		return nil, err
	}
	if terms.Polarity != b.Polarity {
		return nil, Invalid(ReasonUnknownValue, "polarity",
			"A bank stays what it was opened as. Open another one and move the signals.")
	}
	return happened(b, by.event(EventBankChanged, terms.facts(), payload))
}

// Close ends a bank for good; its history stays.
func (b *Bank) Close(by By, reasons string) ([]Event, error) {
	if b.Status != BankOpen {
		return nil, wrongState(b, "closed")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(b, by.event(EventBankClosed, Facts{}, Text{reasons}))
}

// Takes reports whether signals can still be added.
func (b *Bank) Takes() error {
	if b.Status != BankOpen {
		return wrongState(b, "added to")
	}
	return nil
}

func (t BankTerms) validate() error {
	if t.Polarity != PolarityPositive && t.Polarity != PolarityNegative {
		return Invalid(ReasonUnknownValue, "polarity", "A bank is positive or negative.")
	}
	if !slices.Contains(Markings(), t.Marking) {
		return Invalid(ReasonUnknownValue, "marking",
			"Say to whom it may be passed on: red, amber-strict, amber, green or clear.")
	}
	if t.Enabled < 0 || t.Enabled > Whole {
		return Invalid(ReasonFormat, "enabled", "The enabled ratio lies between 0 and 1.")
	}
	for i, own := range t.Thresholds {
		if !own.Type.Valid() || own.Distance < 0 {
			return Invalid(ReasonFormat, "thresholds", "A threshold names a type of signal and a distance from 0.")
		}
		if i > 0 && t.Thresholds[i-1].Type >= own.Type {
			return Invalid(ReasonDuplicate, "thresholds", "Give each type once, in alphabetical order.")
		}
	}
	return nil
}

// facts are the terms as an event carries them: thresholds as "type:distance".
func (t BankTerms) facts() Facts {
	f := Facts{Code: string(t.Polarity), Marking: t.Marking, Number: t.Enabled}
	for _, own := range t.Thresholds {
		f.Codes = append(f.Codes, string(own.Type)+":"+strconv.FormatInt(own.Distance, 10))
	}
	return f
}

func termsOf(f Facts) (BankTerms, bool) {
	t := BankTerms{Polarity: Polarity(f.Code), Marking: f.Marking, Enabled: f.Number}
	for _, c := range f.Codes {
		name, number, found := strings.Cut(c, ":")
		distance, err := strconv.ParseInt(number, 10, 64)
		if !found || err != nil {
			return t, false
		}
		t.Thresholds = append(t.Thresholds, Threshold{SignalType(name), distance})
	}
	return t, t.validate() == nil
}

var signalTypeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// SignalType names a type of signal, such as "pdq". Which types there are, package match knows.
type SignalType string

// Valid reports whether the name has the form of a type.
func (t SignalType) Valid() bool { return signalTypeForm.MatchString(string(t)) }
