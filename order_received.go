// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// ReceivedState is where an order stands at the host.
type ReceivedState string

// The states of a received order; docs/lifecycle.md draws the machine.
const (
	ReceivedAuthenticated ReceivedState = "authenticated" // form checked; the hour runs; a person is called
	ReceivedRefused       ReceivedState = "refused"       // not authenticated, with a code
	ReceivedExecuting     ReceivedState = "executing"     // restriction imposed; the platform is asked
	ReceivedConfirmed     ReceivedState = "confirmed"     // the platform did it; Annex II is due
	ReceivedImpeded       ReceivedState = "impeded"       // Annex III sent (Art. 3(7), 3(8))
	ReceivedWithdrawn     ReceivedState = "withdrawn"     // by its issuer
	ReceivedReopened      ReceivedState = "reopened"      // its authenticity is in doubt; a person decides
	ReceivedDismissed     ReceivedState = "dismissed"     // found not authentic after all
)

// Events of a received order.
const (
	EventOrderReceived            EventKind = "received.received"
	EventReceivedAuthenticated    EventKind = "received.authenticated"
	EventReceivedRefused          EventKind = "received.refused"
	EventReceivedLocated          EventKind = "received.located"
	EventReceivedDecided          EventKind = "received.decided"
	EventReceivedMeasure          EventKind = "received.measure"
	EventReceivedConfirmed        EventKind = "received.confirmed"
	EventReceivedImpeded          EventKind = "received.impeded"
	EventReceivedRearmed          EventKind = "received.rearmed"
	EventReceivedWithdrawn        EventKind = "received.withdrawn"
	EventReceivedRatified         EventKind = "received.ratified"
	EventReceivedAlarm            EventKind = "received.alarm"
	EventReceivedDeadlinePassed   EventKind = "received.deadline_passed"
	EventReceivedRatificationLate EventKind = "received.ratification_overdue"
	EventReceivedGagEnded         EventKind = "received.gag_ended"
	EventReceivedReopened         EventKind = "received.reopened"
	EventReceivedUpheld           EventKind = "received.upheld"
	EventReceivedDismissed        EventKind = "received.dismissed"
	EventReceivedReinstated       EventKind = "received.reinstated"
)

// OrderedItem is one address of a received order, by its place in the form, and the item it names.
type OrderedItem struct {
	Item        RecordID      `json:"item,omitempty"`
	Restriction RestrictionID `json:"restriction,omitempty"`
	ConfirmedAt *time.Time    `json:"confirmed_at,omitempty"`
}

// ReceivedOrder is an order on the side of the host. ReceivedAt is set once and never changes.
type ReceivedOrder struct {
	Root
	Status     ReceivedState `json:"status"`
	Issuer     PartyID       `json:"issuer"`
	Document   Digest        `json:"document"`
	Key        KeyID         `json:"key,omitempty"`       // that signed it
	SignedAt   *time.Time    `json:"signed_at,omitempty"` // as the document says
	ReceivedAt time.Time     `json:"received_at"`
	Deadline   *time.Time    `json:"deadline,omitempty"`
	Unlogged   bool          `json:"unlogged,omitempty"` // came without a valid inclusion proof; marked for ever
	Addresses  int           `json:"addresses"`
	Categories []string      `json:"categories,omitempty"`
	Refusal    string        `json:"refusal,omitempty"`
	Located    bool          `json:"located,omitempty"`
	Findings   []Finding     `json:"findings,omitempty"`
	Items      []OrderedItem `json:"items,omitempty"`
	Automatic  bool          `json:"automatic,omitempty"`
	DecidedBy  ActorID       `json:"decided_by,omitempty"`
	RatifyBy   *time.Time    `json:"ratify_by,omitempty"`
	RatifiedBy ActorID       `json:"ratified_by,omitempty"`
	MeasureAt  *time.Time    `json:"measure_at,omitempty"`
	Ground     string        `json:"ground,omitempty"`
	GagUntil   *time.Time    `json:"gag_until,omitempty"`
	Alarms     int           `json:"alarms,omitempty"`     // fired since the hour began
	NextAlarm  *time.Time    `json:"next_alarm,omitempty"` // calls the person on duty
	Late       bool          `json:"late,omitempty"`       // the deadline passed before the measure
	Before     ReceivedState `json:"before,omitempty"`     // where it stood when reopened
}

// Kind is [KindReceivedOrder].
func (o *ReceivedOrder) Kind() RecordKind { return KindReceivedOrder }

// State gives the status.
func (o *ReceivedOrder) State() string { return string(o.Status) }

// Due is the next clock: duty alarm, deadline, ratification or end of the gag.
func (o *ReceivedOrder) Due() *time.Time {
	due := earliest(o.GagUntil, o.RatifyBy)
	if !o.Late && stateIn(o.Status, ReceivedAuthenticated, ReceivedExecuting) {
		due = earliest(due, o.Deadline)
	}
	if o.Status == ReceivedAuthenticated {
		due = earliest(due, o.NextAlarm)
	}
	return due
}

// Apply folds one event.
func (o *ReceivedOrder) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventOrderReceived:
		o.Issuer, o.Document, o.Key, o.SignedAt = f.Party, f.Digest, f.Key, f.When
		o.ReceivedAt, o.Addresses, o.Categories = h.At, int(f.Number), f.Codes
		o.Unlogged = f.Unlogged
	case EventReceivedAuthenticated:
		if f.Due == nil {
			return malformedEvent(h)
		}
		o.Status, o.Deadline, o.GagUntil, o.NextAlarm = ReceivedAuthenticated, f.Due, f.Until, f.When
	case EventReceivedRefused:
		o.Status, o.Refusal = ReceivedRefused, f.Code
	case EventReceivedLocated:
		o.Located, o.Findings, o.Items = true, nil, nil
		for _, c := range f.Codes {
			o.Findings = append(o.Findings, Finding(c))
		}
		for _, id := range f.Records {
			o.Items = append(o.Items, OrderedItem{Item: id})
		}
	case EventReceivedDecided:
		if len(f.Codes) != len(o.Items) {
			return malformedEvent(h)
		}
		o.Status, o.Automatic, o.DecidedBy, o.RatifyBy = ReceivedExecuting, f.Automatic, h.Actor, f.Due
		for i := range o.Items {
			o.Items[i].Restriction = RestrictionID(f.Codes[i])
		}
	case EventReceivedMeasure:
		for i := range o.Items {
			if o.Items[i].Item == f.Record {
				o.Items[i].ConfirmedAt = f.When
			}
		}
	case EventReceivedConfirmed:
		if f.When == nil {
			return malformedEvent(h)
		}
		// Whether it was in time is judged by the time of the measure, not by when we learned of it.
		o.Status, o.Ground, o.MeasureAt = ReceivedConfirmed, "", f.When
		o.Late = o.Deadline != nil && f.When.After(*o.Deadline)
	default:
		return o.applyLater(h)
	}
	return nil
}

// applyLater folds what departs from the straight way.
func (o *ReceivedOrder) applyLater(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventReceivedImpeded:
		o.Status, o.Ground, o.Deadline = ReceivedImpeded, f.Code, nil
	case EventReceivedRearmed:
		if f.Due == nil {
			return malformedEvent(h)
		}
		o.Status, o.Ground, o.Deadline, o.Late = ReceivedAuthenticated, "", f.Due, false
		if o.DecidedBy != "" {
			o.Status = ReceivedExecuting
		}
		o.Alarms, o.NextAlarm = 0, f.When
	case EventReceivedWithdrawn:
		o.Status, o.RatifyBy, o.Before = ReceivedWithdrawn, nil, ""
	case EventReceivedRatified:
		o.RatifiedBy, o.RatifyBy = h.Actor, nil
	case EventReceivedAlarm:
		o.Alarms, o.NextAlarm = int(f.Number), f.When
	case EventReceivedDeadlinePassed:
		o.Late = true
	case EventReceivedRatificationLate:
		o.RatifyBy = nil
	case EventReceivedGagEnded:
		o.GagUntil = nil
	case EventReceivedReinstated: // an item of the order is visible again; the order itself ended before
	case EventReceivedReopened:
		o.Before, o.Status = o.Status, ReceivedReopened
	case EventReceivedUpheld:
		o.Status, o.Before = o.Before, ""
	case EventReceivedDismissed:
		o.Status, o.RatifyBy, o.Before = ReceivedDismissed, nil, ""
	default:
		return unknownEvent(o, h)
	}
	return nil
}

// Confirmed reports whether every item of the order has its measure.
func (o *ReceivedOrder) Confirmed() bool {
	return len(o.Items) > 0 && !slices.ContainsFunc(o.Items, func(i OrderedItem) bool {
		return i.ConfirmedAt == nil
	})
}
