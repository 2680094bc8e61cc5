// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// Events of a case.
const (
	EventCaseOpened  EventKind = "case.opened"
	EventCaseMatched EventKind = "case.matched" // another signal was found to match the same item
)

// CaseState is where a case stands.
type CaseState string

// The states of a case.
const (
	CaseOpen CaseState = "open" // a person should look
)

// Case is what a person looks at: an item that something pointed to. Which item, and what matched, is sealed. A
// case restricts nothing.
type Case struct {
	Root
	Status  CaseState `json:"status"`
	Matches int64     `json:"matches"`
}

// Kind is [KindCase].
func (c *Case) Kind() RecordKind { return KindCase }

// State gives the status.
func (c *Case) State() string { return string(c.Status) }

// Due is never set: a case has no clock yet.
func (c *Case) Due() *time.Time { return nil }

// Tick does nothing: a case has no clock yet.
func (c *Case) Tick(By, Periods) ([]Event, error) { return nil, nil }

// Apply folds one event.
func (c *Case) Apply(h Header) error {
	switch h.Kind {
	case EventCaseOpened:
		c.Status, c.Matches = CaseOpen, 1
	case EventCaseMatched:
		c.Matches++
	default:
		return unknownEvent(c, h)
	}
	return nil
}

// OpenCase opens a case because a signal of a bank matches an item. payload says which.
func OpenCase(by By, bank RecordID, payload any) (*Case, []Event, error) {
	c := &Case{Root: Root{ID: NewRecordID(KindCase)}}
	events, err := happened(c, by.event(EventCaseOpened, Facts{Record: bank,
		Automatic: !by.Actor.isPerson()}, payload))
	return c, events, err
}

// Match adds another match of the same item.
func (c *Case) Match(by By, bank RecordID, payload any) ([]Event, error) {
	return happened(c, by.event(EventCaseMatched, Facts{Record: bank, Automatic: !by.Actor.isPerson()}, payload))
}
