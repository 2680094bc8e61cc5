// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// Events of a contact.
const (
	EventContactInformed EventKind = "contact.informed" // we sent the information of Art. 3(2)
	EventContactReceived EventKind = "contact.received" // we received it
)

// Contact is the pair (authority, host) of Art. 3(2): once informed, for ever known.
type Contact struct {
	Root
	With       PartyID    `json:"with"`
	InformedAt *time.Time `json:"informed_at,omitempty"`
	ReadyAt    *time.Time `json:"ready_at,omitempty"` // from when a first order may be issued
}

// Kind is [KindContact].
func (c *Contact) Kind() RecordKind { return KindContact }

// State is "informed" once information was sent or received.
func (c *Contact) State() string { return "informed" }

// Due is never set: the order that waits holds the clock.
func (c *Contact) Due() *time.Time { return nil }

// Informed reports whether the period of prior information is over.
func (c *Contact) Informed(at time.Time) bool { return passed(c.ReadyAt, at) }

// Apply folds one event.
func (c *Contact) Apply(h Header) error {
	switch h.Kind {
	case EventContactInformed, EventContactReceived:
		c.With, c.InformedAt, c.ReadyAt = h.Facts.Party, &h.At, h.Facts.Due
	default:
		return unknownEvent(c, h)
	}
	return nil
}

// InformHost records that procedures and deadlines were sent to a host (Art. 3(2)). payload is the document.
func InformHost(by By, id RecordID, host PartyID, payload any, p Periods) (*Contact, []Event, error) {
	c := &Contact{Root: Root{ID: id}}
	events, err := happened(c, by.event(EventContactInformed,
		Facts{Party: host, Due: in(by.At, p.PriorInformation)}, payload))
	return c, events, err
}

// ReceiveInformation records, at the host, the information an authority sent.
func ReceiveInformation(by By, id RecordID, authority PartyID, payload any) (*Contact, []Event, error) {
	c := &Contact{Root: Root{ID: id}}
	events, err := happened(c, by.event(EventContactReceived, Facts{Party: authority}, payload))
	return c, events, err
}

// Tick does nothing: a contact has no clock of its own.
func (c *Contact) Tick(By, Periods) ([]Event, error) { return nil, nil }
