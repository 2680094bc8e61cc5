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
	EventCopyGagEnded  EventKind = "copy.gag_ended"
)

// OrderCopy is a copy of another State's order at the supervisor (Art. 4(1)).
type OrderCopy struct {
	Root
	Status     CopyState  `json:"status"`
	Issuer     PartyID    `json:"issuer"`
	Document   Digest     `json:"document"` // of the order itself
	ReceivedAt time.Time  `json:"received_at"`
	Clock      *time.Time `json:"clock,omitempty"`
	GagUntil   *time.Time `json:"gag_until,omitempty"`
}

// Kind is [KindOrderCopy].
func (c *OrderCopy) Kind() RecordKind { return KindOrderCopy }

// State gives the status.
func (c *OrderCopy) State() string { return string(c.Status) }

// Due is the end of the 72 hours or of the order's gag, whichever comes first.
func (c *OrderCopy) Due() *time.Time { return earliest(c.Clock, c.GagUntil) }

// Apply folds one event.
func (c *OrderCopy) Apply(h Header) error {
	switch h.Kind {
	case EventCopyReceived:
		c.Status, c.Issuer, c.Document = CopyReceived, h.Facts.Party, h.Facts.Digest
		c.ReceivedAt, c.Clock, c.GagUntil = h.At, h.Facts.Due, h.Facts.Until
	case EventCopyLapsed:
		c.Status, c.Clock = CopyLapsed, nil
	case EventCopyWithdrawn:
		c.Status, c.Clock = CopyWithdrawn, nil
	case EventCopyGagEnded:
		c.GagUntil = nil
	default:
		return unknownEvent(c, h)
	}
	return nil
}

// ReceiveCopy records a copy: 72 hours of own initiative start (Art. 4(3)). gag is the end of the order's
// non-disclosure, nil when there is none or it has ended.
func ReceiveCopy(by By, id RecordID, issuer PartyID, order Digest, gag *time.Time, payload any, p Periods) (
	*OrderCopy, []Event, error,
) {
	c := &OrderCopy{Root: Root{ID: id}}
	events, err := happened(c, by.event(EventCopyReceived,
		Facts{Party: issuer, Digest: order, Due: in(by.At, p.Scrutiny), Until: gag}, payload))
	return c, events, err
}

// OrderWithdrawn records that the issuer withdrew the order.
func (c *OrderCopy) OrderWithdrawn(by By) ([]Event, error) {
	if c.Status == CopyWithdrawn {
		return nil, wrongState(c, "withdrawn")
	}
	return happened(c, by.event(EventCopyWithdrawn, Facts{Party: c.Issuer}, nil))
}

// Tick ends the 72 hours of own initiative, and the gag.
func (c *OrderCopy) Tick(by By, _ Periods) ([]Event, error) {
	var events []Event
	if passed(c.Clock, by.At) {
		events = append(events, by.event(EventCopyLapsed, Facts{Party: c.Issuer}, nil))
	}
	if passed(c.GagUntil, by.At) {
		events = append(events, by.event(EventCopyGagEnded, Facts{}, nil))
	}
	return happened(c, events...)
}
