// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Topic is what an alert is about. People choose by topic how they are reached.
type Topic string

// The topics.
const (
	TopicOrder         Topic = "order"         // a received order waits for an answer; its hour runs
	TopicDoubt         Topic = "doubt"         // whether a received order is authentic
	TopicRatification  Topic = "ratification"  // what was executed automatically waits for a person
	TopicInformation   Topic = "information"   // an authority wrote before its first order (Art. 3(2))
	TopicApproval      Topic = "approval"      // an order waits for its second signature
	TopicDelivery      Topic = "delivery"      // a host has not acknowledged an order
	TopicRefused       Topic = "refused"       // a host did not authenticate an order
	TopicOverdue       Topic = "overdue"       // the hour of an issued order passed without an answer
	TopicClarification Topic = "clarification" // a host cannot execute an order as it is
	TopicScrutiny      Topic = "scrutiny"      // a copy of another State's order; 72 hours run
	TopicEscalated     Topic = "escalated"     // a case was given to whoever is senior
	TopicAssigned      Topic = "assigned"      // a case was given to this person
	TopicComplaint     Topic = "complaint"     // a complaint waits for its answer
	TopicMisuse        Topic = "misuse"        // a suspended sender objects, or what the suspension rests on fell
	TopicQuarantine    Topic = "quarantine"    // a signal hits far more often than it used to
	TopicWork          Topic = "work"          // the node gave work outside up
	TopicLog           Topic = "log"           // the public log does not move on
	TopicKey           Topic = "key"           // a service key is about to end
	TopicAccess        Topic = "access"        // an administrator was invited from the machine itself
)

// Topics lists every topic, in the order in which people choose.
func Topics() []Topic {
	return []Topic{TopicOrder, TopicDoubt, TopicRatification, TopicInformation, TopicApproval, TopicDelivery,
		TopicRefused, TopicOverdue, TopicClarification, TopicScrutiny, TopicEscalated, TopicAssigned,
		TopicComplaint, TopicMisuse, TopicQuarantine, TopicWork, TopicLog, TopicKey, TopicAccess}
}

// AlertState is where an alert stands.
type AlertState string

// The states of an alert.
const (
	AlertOpen         AlertState = "open"         // nobody has said that she takes care of it
	AlertAcknowledged AlertState = "acknowledged" // somebody has; the thing itself still waits
	AlertCleared      AlertState = "cleared"      // the thing was handled
)

// Events of an alert.
const (
	EventAlertOpened       EventKind = "alert.opened"
	EventAlertCalled       EventKind = "alert.called"  // nobody acknowledged: the next one is called
	EventAlertRenewed      EventKind = "alert.renewed" // the same thing again; an acknowledgement before does not count
	EventAlertAcknowledged EventKind = "alert.acknowledged"
	EventAlertCleared      EventKind = "alert.cleared"
)

// Why an alert was cleared.
const (
	ClearedHandled Reason = "handled" // what it is about no longer waits
	ClearedSeen    Reason = "seen"    // it only told something, and a person has seen it
)

// Alert calls people because something waits for one of them. It holds no text. It is no part of what it is
// about: neither calling nor acknowledging moves a legal clock or counts as a receipt.
type Alert struct {
	Root
	Status         AlertState `json:"status"`
	Topic          Topic      `json:"topic"`
	About          RecordID   `json:"about"`
	Cause          EventID    `json:"cause,omitempty"`    // the latest fact that called; none for the node itself
	Deadline       *time.Time `json:"deadline,omitempty"` // of what it is about, as of the cause
	OpenedAt       time.Time  `json:"opened_at"`
	Called         []RecordID `json:"called,omitempty"` // people, since it was opened or renewed
	Latest         []RecordID `json:"latest,omitempty"` // of them, who was called last
	CalledAt       time.Time  `json:"called_at"`        // the last time
	NextCall       *time.Time `json:"next_call,omitempty"`
	AcknowledgedBy ActorID    `json:"acknowledged_by,omitempty"`
	AcknowledgedAt *time.Time `json:"acknowledged_at,omitempty"`
	ClearedAt      *time.Time `json:"cleared_at,omitempty"`
}

// Kind is [KindAlert].
func (a *Alert) Kind() RecordKind { return KindAlert }

// State gives the status.
func (a *Alert) State() string { return string(a.Status) }

// Due is when the next person is called, while nobody has acknowledged.
func (a *Alert) Due() *time.Time {
	if a.Status != AlertOpen {
		return nil
	}
	return a.NextCall
}

// Apply folds one event.
func (a *Alert) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventAlertOpened:
		a.CalledAt, a.Latest = h.At, f.Records
		a.Status, a.Topic, a.About, a.OpenedAt = AlertOpen, Topic(f.Code), f.Record, h.At
		a.Cause, a.Deadline, a.NextCall, a.Called = f.Event, f.Due, f.When, f.Records
	case EventAlertRenewed:
		a.CalledAt, a.Latest = h.At, f.Records
		a.Status, a.AcknowledgedBy, a.AcknowledgedAt = AlertOpen, "", nil
		a.Cause, a.Deadline, a.NextCall, a.Called = f.Event, f.Due, f.When, f.Records
	case EventAlertCalled:
		a.CalledAt, a.Latest = h.At, f.Records
		a.NextCall, a.Called = f.When, append(slices.Clone(a.Called), f.Records...)
	case EventAlertAcknowledged:
		a.Status, a.AcknowledgedBy, a.AcknowledgedAt, a.NextCall = AlertAcknowledged, h.Actor, &h.At, nil
	case EventAlertCleared:
		a.Status, a.ClearedAt, a.NextCall = AlertCleared, &h.At, nil
	default:
		return unknownEvent(a, h)
	}
	return nil
}

// Call is who is called at once.
type Call struct {
	People []RecordID
	// Over are the ways, each "<person>:<channel>"; none for who sees it in the console only.
	Over []string
	Next *time.Time // when the next one is called if nobody acknowledges; nil when everybody was
}

// OpenAlert calls people about a record because of a fact. deadline is the legal clock that runs, if one does.
func OpenAlert(by By, topic Topic, about RecordID, cause EventID, deadline *time.Time, call Call) (
	*Alert, []Event, error,
) {
	a := &Alert{Root: Root{ID: NewRecordID(KindAlert)}}
	if !slices.Contains(Topics(), topic) {
		return nil, nil, Invalid(ReasonUnknownValue, "topic", "There is no such topic.")
	}
	events, err := happened(a, by.event(EventAlertOpened, Facts{Code: string(topic), Record: about, Event: cause,
		Due: deadline, When: call.Next, Records: call.People, Codes: call.Over}, nil))
	return a, events, err
}

// Renew calls again because of a later fact about the same thing. Whoever acknowledged before must do so again.
func (a *Alert) Renew(by By, cause EventID, deadline *time.Time, call Call) ([]Event, error) {
	if a.Status == AlertCleared {
		return nil, wrongState(a, "renewed")
	}
	return happened(a, by.event(EventAlertRenewed, Facts{Event: cause, Due: deadline, When: call.Next,
		Records: call.People, Codes: call.Over}, nil))
}

// CallNext calls more people, since nobody acknowledged in time.
func (a *Alert) CallNext(by By, call Call) ([]Event, error) {
	if a.Status != AlertOpen {
		return nil, wrongState(a, "called about")
	}
	return happened(a, by.event(EventAlertCalled, Facts{When: call.Next, Records: call.People, Codes: call.Over}, nil))
}

// Acknowledge records that a person takes care. No more people are called; every clock runs on.
func (a *Alert) Acknowledge(by By) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if a.Status != AlertOpen {
		return nil, wrongState(a, "acknowledged")
	}
	return happened(a, by.event(EventAlertAcknowledged, Facts{}, nil))
}

// Clear ends an alert: what it is about was handled, or was only to be seen. over are the ways over which those
// who were called are told so.
func (a *Alert) Clear(by By, why Reason, over []string) ([]Event, error) {
	if a.Status == AlertCleared {
		return nil, wrongState(a, "cleared")
	}
	return happened(a, by.event(EventAlertCleared, Facts{Code: string(why), Codes: over}, nil))
}

// Tick does nothing: who is called next stands in the rota, which the caller knows.
func (a *Alert) Tick(By, Periods) ([]Event, error) { return nil, nil }
