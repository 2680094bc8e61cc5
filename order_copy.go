// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// CopyState is where a foreign order stands at the supervisor of the host's State.
type CopyState string

// The states of a copy. Scrutiny itself grows from here (Art. 4(3), 4(4)).
const (
	CopyReceived  CopyState = "received"  // 72 hours of own initiative run
	CopyLapsed    CopyState = "lapsed"    // still open to requests
	CopyWithdrawn CopyState = "withdrawn" // the order was withdrawn by its issuer
)

// Events of a copy.
const (
	EventCopyReceived  EventKind = "copy.received"
	EventCopyLapsed    EventKind = "copy.lapsed"
	EventCopyWithdrawn EventKind = "copy.withdrawn"
)

// OrderCopy is a copy of another State's order at the supervisor (Art. 4(1)).
type OrderCopy struct {
	Root
	Status     CopyState  `json:"status"`
	Issuer     PartyID    `json:"issuer"`
	Document   Digest     `json:"document"` // of the order itself
	ReceivedAt time.Time  `json:"received_at"`
	Clock      *time.Time `json:"clock,omitempty"`
}

// Kind is [KindOrderCopy].
func (c *OrderCopy) Kind() RecordKind { return KindOrderCopy }

// State gives the status.
func (c *OrderCopy) State() string { return string(c.Status) }

// Due is the end of the 72 hours.
func (c *OrderCopy) Due() *time.Time { return c.Clock }

// Apply folds one event.
func (c *OrderCopy) Apply(h Header) error {
	switch h.Kind {
	case EventCopyReceived:
		c.Status, c.Issuer, c.Document = CopyReceived, h.Facts.Party, h.Facts.Digest
		c.ReceivedAt, c.Clock = h.At, h.Facts.Due
	case EventCopyLapsed:
		c.Status, c.Clock = CopyLapsed, nil
	case EventCopyWithdrawn:
		c.Status, c.Clock = CopyWithdrawn, nil
	default:
		return unknownEvent(c, h)
	}
	return nil
}

// ReceiveCopy records a copy: 72 hours of own initiative start (Art. 4(3)).
func ReceiveCopy(by By, id RecordID, issuer PartyID, order Digest, payload any, p Periods) (*OrderCopy, []Event, error) {
	c := &OrderCopy{Root: Root{ID: id}}
	events, err := happened(c, by.event(EventCopyReceived, Facts{Party: issuer, Digest: order, Due: in(by.At, p.Scrutiny)}, payload))
	return c, events, err
}

// OrderWithdrawn records that the issuer withdrew the order.
func (c *OrderCopy) OrderWithdrawn(by By) ([]Event, error) {
	if c.Status == CopyWithdrawn {
		return nil, wrongState(c, "withdrawn")
	}
	return happened(c, by.event(EventCopyWithdrawn, Facts{Party: c.Issuer}, nil))
}

// Tick ends the 72 hours of own initiative.
func (c *OrderCopy) Tick(by By, _ Periods) ([]Event, error) {
	if !passed(c.Clock, by.At) {
		return nil, nil
	}
	return happened(c, by.event(EventCopyLapsed, Facts{Party: c.Issuer}, nil))
}
