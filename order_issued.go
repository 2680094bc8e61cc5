// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// IssuedState is where an order stands at the authority that issues it.
type IssuedState string

// The states of an issued order; docs/lifecycle.md draws the machine.
const (
	IssuedDraft        IssuedState = "draft"
	IssuedSubmitted    IssuedState = "submitted"     // signed by its drafter, waits for a second officer
	IssuedApproved     IssuedState = "approved"      // two officers signed
	IssuedWaiting      IssuedState = "waiting"       // prior information sent, twelve hours run (Art. 3(2))
	IssuedSent         IssuedState = "sent"          // signed, logged and on its way; no receipt yet
	IssuedRunning      IssuedState = "running"       // received; the hour runs (Art. 3(3))
	IssuedOverdue      IssuedState = "overdue"       // the hour passed without feedback
	IssuedImpeded      IssuedState = "impeded"       // stopped until force majeure ceases (Art. 3(7))
	IssuedClarify      IssuedState = "clarify"       // stopped until clarified (Art. 3(8))
	IssuedComplied     IssuedState = "complied"      // the measure came within the hour
	IssuedCompliedLate IssuedState = "complied_late" // after it
	IssuedRefused      IssuedState = "refused"       // the host did not authenticate it
	IssuedWithdrawn    IssuedState = "withdrawn"     // by this authority
	IssuedAbandoned    IssuedState = "abandoned"     // never left the authority
)

// Events of an issued order.
const (
	EventOrderDrafted          EventKind = "order.drafted"
	EventOrderRevised          EventKind = "order.revised"
	EventOrderSubmitted        EventKind = "order.submitted"
	EventOrderApproved         EventKind = "order.approved"
	EventOrderReturned         EventKind = "order.returned"
	EventOrderAbandoned        EventKind = "order.abandoned"
	EventOrderHostInformed     EventKind = "order.host_informed"
	EventOrderIssued           EventKind = "order.issued"
	EventOrderDeliveryAlarm    EventKind = "order.delivery_alarm"
	EventOrderAcknowledged     EventKind = "order.acknowledged"
	EventOrderRefusedByHost    EventKind = "order.refused_by_host"
	EventOrderComplied         EventKind = "order.complied"
	EventOrderOverdue          EventKind = "order.overdue"
	EventOrderImpeded          EventKind = "order.impeded"
	EventOrderClarified        EventKind = "order.clarified"
	EventOrderRearmed          EventKind = "order.rearmed"
	EventOrderWithdrawn        EventKind = "order.withdrawn"
	EventOrderGagEnded         EventKind = "order.gag_ended"
	EventOrderCopySent         EventKind = "order.copy_sent"
	EventOrderCopyAcknowledged EventKind = "order.copy_acknowledged"
)

// IssuedOrder is an order on the side of the authority that issues it. Two officers sign it: the one
// who submits and another who approves.
type IssuedOrder struct {
	Root
	Status      IssuedState `json:"status"`
	Host        PartyID     `json:"host"`
	CopyTo      PartyID     `json:"copy_to,omitempty"` // supervisor of another State (Art. 4(1))
	Categories  []string    `json:"categories"`
	Draft       Digest      `json:"draft"` // of the exact order bytes the officers sign
	DraftedBy   ActorID     `json:"drafted_by"`
	SubmittedBy ActorID     `json:"submitted_by,omitempty"`
	ApprovedBy  ActorID     `json:"approved_by,omitempty"`
	Emergency   bool        `json:"emergency,omitempty"`
	CrossBorder bool        `json:"cross_border,omitempty"`
	Document    Digest      `json:"document,omitempty"` // of the signed document
	IssuedEvent EventID     `json:"issued_event,omitempty"`
	SentAt      *time.Time  `json:"sent_at,omitempty"`
	ReceivedAt  *time.Time  `json:"received_at,omitempty"` // as the host's receipt says; never changes
	Deadline    *time.Time  `json:"deadline,omitempty"`
	MeasureAt   *time.Time  `json:"measure_at,omitempty"`
	Ground      string      `json:"ground,omitempty"`
	Refusal     string      `json:"refusal,omitempty"`
	Alarmed     bool        `json:"alarmed,omitempty"`
	Clock       *time.Time  `json:"clock,omitempty"` // main clock: prior information, delivery alarm or deadline
	GagUntil    *time.Time  `json:"gag_until,omitempty"`
	CopyAt      *time.Time  `json:"copy_at,omitempty"` // when the supervisor acknowledged the copy
}

// Kind is [KindIssuedOrder].
func (o *IssuedOrder) Kind() RecordKind { return KindIssuedOrder }

// State gives the status.
func (o *IssuedOrder) State() string { return string(o.Status) }

// Due is the main clock or the end of the gag, whichever comes first.
func (o *IssuedOrder) Due() *time.Time { return earliest(o.Clock, o.GagUntil) }

// Apply folds one event.
func (o *IssuedOrder) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventOrderDrafted, EventOrderRevised:
		o.Status, o.Host, o.Draft, o.DraftedBy = IssuedDraft, f.Party, f.Digest, h.Actor
		o.Categories, o.Emergency, o.CrossBorder = f.Codes, f.Emergency, f.CrossBorder
		o.SubmittedBy, o.ApprovedBy = "", ""
	case EventOrderSubmitted:
		o.Status, o.SubmittedBy = IssuedSubmitted, h.Actor
	case EventOrderApproved:
		o.Status, o.ApprovedBy = IssuedApproved, h.Actor
	case EventOrderReturned:
		o.Status, o.SubmittedBy = IssuedDraft, ""
	case EventOrderAbandoned:
		o.Status, o.Clock = IssuedAbandoned, nil
	case EventOrderHostInformed:
		o.Status, o.Clock = IssuedWaiting, f.Due
	case EventOrderIssued:
		o.Status, o.Document, o.IssuedEvent, o.CopyTo = IssuedSent, f.Digest, h.ID, f.Party
		o.SentAt, o.Clock, o.GagUntil = &h.At, f.Due, f.Until
	case EventOrderDeliveryAlarm:
		o.Alarmed, o.Clock = true, nil
	default:
		return o.applySent(h)
	}
	return nil
}

// applySent folds what can happen once the order left the authority.
func (o *IssuedOrder) applySent(h Header) error {
	f, open := h.Facts, o.Status != IssuedWithdrawn
	switch h.Kind {
	case EventOrderAcknowledged:
		o.ReceivedAt = f.When
		if open {
			o.Status, o.Deadline, o.Clock = IssuedRunning, f.Due, f.Due
		}
	case EventOrderRefusedByHost:
		o.Refusal = f.Code
		if open {
			o.Status, o.Clock = IssuedRefused, nil
		}
	case EventOrderComplied:
		o.MeasureAt = f.When
		if open {
			o.Status, o.Clock = IssuedState(f.Code), nil
		}
	case EventOrderOverdue:
		o.Status, o.Clock = IssuedOverdue, nil
	case EventOrderImpeded:
		o.Status, o.Ground, o.Clock, o.Deadline = IssuedClarify, f.Code, nil, nil
		if f.Code == string(GroundForceMajeure) {
			o.Status = IssuedImpeded
		}
	case EventOrderCopySent: // on its way to the supervisor since the moment the order left
	case EventOrderClarified: // on its way to the host; the hour starts when the host receives it
	case EventOrderRearmed:
		if open {
			o.Status, o.Deadline, o.Clock = IssuedRunning, f.Due, f.Due
		}
	case EventOrderWithdrawn:
		o.Status, o.Clock = IssuedWithdrawn, nil
	case EventOrderGagEnded:
		o.GagUntil = nil
	case EventOrderCopyAcknowledged:
		o.CopyAt = f.When
	default:
		return unknownEvent(o, h)
	}
	return nil
}

// Tick fires the clocks that ran out: no receipt in time, the hour, the gag. The twelve hours of
// prior information end in [IssuedOrder.Issue], which needs the signed document.
func (o *IssuedOrder) Tick(by By, _ Periods) ([]Event, error) {
	var events []Event
	if passed(o.Clock, by.At) {
		switch o.Status {
		case IssuedSent:
			events = append(events, by.event(EventOrderDeliveryAlarm, Facts{Party: o.Host}, nil))
		case IssuedRunning:
			events = append(events, by.event(EventOrderOverdue, Facts{Party: o.Host}, nil))
		}
	}
	if passed(o.GagUntil, by.At) {
		events = append(events, by.event(EventOrderGagEnded, Facts{}, nil))
	}
	return happened(o, events...)
}
