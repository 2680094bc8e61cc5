// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// ChallengeState is where somebody's objection to a reading stands.
type ChallengeState string

// The states of a challenge; docs/lifecycle.md draws the machine.
const (
	ChallengeOpen     ChallengeState = "open"
	ChallengeUpheld   ChallengeState = "upheld"   // the entry is read for no more here, until it is changed
	ChallengeRejected ChallengeState = "rejected" // and reasons were given
)

// Events of a challenge.
const (
	EventChallengeSubmitted EventKind = "challenge.submitted"
	EventChallengeUpheld    EventKind = "challenge.upheld"
	EventChallengeRejected  EventKind = "challenge.rejected"
	EventChallengeOverdue   EventKind = "challenge.overdue" // nobody answered in two weeks
	EventChallengeTold      EventKind = "challenge.told"    // whoever challenged has seen the answer
)

// Challenge is what somebody has against a reading of a text, or against an entry that texts are read for. Anybody may
// make one, and nobody needs an account. Which entry and which text it is about is sealed: a lexicon helps those who
// would evade it, and a text may be anybody's.
type Challenge struct {
	Root
	Status     ChallengeState `json:"status"`
	ReceivedAt time.Time      `json:"received_at"`
	AnswerBy   *time.Time     `json:"answer_by,omitempty"` // in the time that a complaint has
	Late       bool           `json:"late,omitempty"`
	AnsweredBy ActorID        `json:"answered_by,omitempty"`
	AnsweredAt *time.Time     `json:"answered_at,omitempty"`
	ToldAt     *time.Time     `json:"told_at,omitempty"`
}

// ChallengeForm is what is said in a challenge.
type ChallengeForm struct {
	Text     string // as it was written; what a reading is contested of
	Entry    string // "lex:…", where whoever challenges knows it; or empty
	Reasons  string
	Language string // BCP 47, in which the answer is read
}

const (
	mostContested = 2000 // characters of a text
	mostEntryID   = 160
)

// Kind is [KindChallenge].
func (c *Challenge) Kind() RecordKind { return KindChallenge }

// State gives the status.
func (c *Challenge) State() string { return string(c.Status) }

// Due is when it should be answered at the latest.
func (c *Challenge) Due() *time.Time {
	if c.Late {
		return nil
	}
	return c.AnswerBy
}

// Apply folds one event.
func (c *Challenge) Apply(h Header) error {
	switch h.Kind {
	case EventChallengeSubmitted:
		c.Status, c.ReceivedAt, c.AnswerBy = ChallengeOpen, h.At, h.Facts.Due
	case EventChallengeUpheld:
		c.Status, c.AnswerBy, c.AnsweredBy, c.AnsweredAt = ChallengeUpheld, nil, h.Actor, &h.At
	case EventChallengeRejected:
		c.Status, c.AnswerBy, c.AnsweredBy, c.AnsweredAt = ChallengeRejected, nil, h.Actor, &h.At
	case EventChallengeOverdue:
		c.Late = true
	case EventChallengeTold:
		c.ToldAt = &h.At
	default:
		return unknownEvent(c, h)
	}
	return nil
}

// SubmitChallenge takes an objection to a reading.
func SubmitChallenge(by By, form ChallengeForm, payload any, p Periods) (*Challenge, []Event, error) {
	c := &Challenge{Root: Root{ID: NewRecordID(KindChallenge)}}
	if err := form.check(); err != nil {
		return nil, nil, err
	}
	events, err := happened(c, by.event(EventChallengeSubmitted, Facts{Due: in(by.At, p.ComplaintAnswer)}, payload))
	return c, events, err
}

func (f ChallengeForm) check() error {
	if err := checkText("text", f.Text, 1, mostContested); err != nil {
		return err
	}
	if err := checkText("entry", f.Entry, 0, mostEntryID); err != nil {
		return err
	}
	return checkText("reasons", f.Reasons, 1, mostReasons)
}

// Uphold grants it: a person holds the reading, or the entry, for wrong. payload says which entry and why.
func (c *Challenge) Uphold(by By, reasons string, payload any) ([]Event, error) {
	return c.answer(by, EventChallengeUpheld, reasons, payload)
}

// Reject says why the entry goes on being read for.
func (c *Challenge) Reject(by By, reasons string, payload any) ([]Event, error) {
	return c.answer(by, EventChallengeRejected, reasons, payload)
}

func (c *Challenge) answer(by By, kind EventKind, reasons string, payload any) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if c.Status != ChallengeOpen {
		return nil, wrongState(c, "answered")
	}
	if err := checkText("reasons", reasons, 1, mostReasons); err != nil {
		return nil, err
	}
	return happened(c, by.event(kind, Facts{}, payload))
}

// Tell records that whoever challenged saw the answer.
func (c *Challenge) Tell(by By) ([]Event, error) {
	if c.AnsweredAt == nil || c.ToldAt != nil {
		return nil, wrongState(c, "told")
	}
	return happened(c, by.event(EventChallengeTold, Facts{}, nil))
}

// Tick says that nobody answered. No clock answers in a person's place.
func (c *Challenge) Tick(by By, _ Periods) ([]Event, error) {
	if c.Late || !passed(c.AnswerBy, by.At) {
		return nil, nil
	}
	return happened(c, by.event(EventChallengeOverdue, Facts{}, nil))
}
