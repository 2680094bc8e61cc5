// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// SettlementState is where a dispute stands before a body for settlement out of court (Art. 21 DSA).
type SettlementState string

// The states of a settlement. None of them moves the complaint: its answer was given.
const (
	SettlementNamed    SettlementState = "named"    // the complainant chose a certified body
	SettlementReferred SettlementState = "referred" // the body has the dispute
	SettlementDecided  SettlementState = "decided"  // the body decided; what the host does about it is open
	SettlementClosed   SettlementState = "closed"   // the host said what it does about it
)

// SettlementOutcome is what a body decided. It binds nobody (Art. 21(2) DSA).
type SettlementOutcome string

// The outcomes.
const (
	SettledForComplainant SettlementOutcome = "for_complainant"
	SettledInPart         SettlementOutcome = "in_part"
	SettledForHost        SettlementOutcome = "for_host"
	SettlementDropped     SettlementOutcome = "dropped" // the body declined it, or the complainant gave it up
)

// SettlementOutcomes lists every outcome.
func SettlementOutcomes() []SettlementOutcome {
	return []SettlementOutcome{SettledForComplainant, SettledInPart, SettledForHost, SettlementDropped}
}

// SettlementEffect is what the host does about what a body decided.
type SettlementEffect string

// The effects.
const (
	EffectImplemented    SettlementEffect = "implemented"     // the decision is reversed
	EffectNotImplemented SettlementEffect = "not_implemented" // the decision stands, for reasons
)

// SettlementPeriod is how long a body has from receipt; in a complex dispute it may take as long again (Art. 21(4) DSA).
const SettlementPeriod = 90 * 24 * time.Hour

// Settlement is a dispute out of court about the answer to a complaint. The name of the body, what it found and the
// host's reasons are sealed.
type Settlement struct {
	State      SettlementState   `json:"state"`
	NamedAt    time.Time         `json:"named_at"`
	ReferredAt *time.Time        `json:"referred_at,omitempty"`
	DueAt      *time.Time        `json:"due_at,omitempty"` // the body's own clock: nobody here can do anything about it
	Extended   bool              `json:"extended,omitempty"`
	Outcome    SettlementOutcome `json:"outcome,omitempty"`
	DecidedAt  *time.Time        `json:"decided_at,omitempty"`
	Effect     SettlementEffect  `json:"effect,omitempty"`
	EffectAt   *time.Time        `json:"effect_at,omitempty"`
}

// Events of a settlement.
const (
	EventComplaintBodyNamed EventKind = "complaint.body_named"
	EventComplaintReferred  EventKind = "complaint.referred"
	EventComplaintExtended  EventKind = "complaint.settlement_extended"
	EventComplaintSettled   EventKind = "complaint.settled"
	EventComplaintEffect    EventKind = "complaint.settlement_effect"
)

// applySettlement folds what happens out of court.
func (c *Complaint) applySettlement(h Header) error {
	f := h.Facts
	if h.Kind == EventComplaintBodyNamed {
		c.Settlement = &Settlement{State: SettlementNamed, NamedAt: h.At}
		return nil
	}
	if c.Settlement == nil {
		return unknownEvent(c, h)
	}
	s := *c.Settlement
	switch h.Kind {
	case EventComplaintReferred:
		s.State, s.ReferredAt, s.DueAt = SettlementReferred, f.When, f.Due
	case EventComplaintExtended:
		s.Extended, s.DueAt = true, f.Due
	case EventComplaintSettled:
		s.State, s.Outcome, s.DecidedAt = SettlementDecided, SettlementOutcome(f.Code), &h.At
	case EventComplaintEffect:
		s.State, s.Effect, s.EffectAt = SettlementClosed, SettlementEffect(f.Code), &h.At
	default:
		return unknownEvent(c, h)
	}
	c.Settlement = &s
	return nil
}

// settles refuses whoever may not record a settlement, and a state in which the step is none.
func (c *Complaint) settles(by By, what string, states ...SettlementState) error {
	if err := c.handles(by.Actor); err != nil {
		return err
	}
	if c.Settlement == nil || !stateIn(c.Settlement.State, states...) {
		return wrongState(c, what)
	}
	return nil
}

// NameBody records the certified body to which the complainant takes a complaint that was rejected. She chooses it;
// until the body has the dispute she may choose another.
func (c *Complaint) NameBody(by By, body string) ([]Event, error) {
	if err := c.handles(by.Actor); err != nil {
		return nil, err
	}
	if c.Status != ComplaintRejected || c.Settlement != nil && c.Settlement.State != SettlementNamed {
		return nil, wrongState(c, "taken to a body")
	}
	if err := checkText("body", body, 2, 300); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventComplaintBodyNamed, Facts{}, Text{body}))
}

// Refer records that the body received the dispute at a time, from which its 90 days run.
func (c *Complaint) Refer(by By, at time.Time) ([]Event, error) {
	if err := c.settles(by, "referred", SettlementNamed); err != nil {
		return nil, err
	}
	if at.After(by.At) || at.Before(c.ReceivedAt.Truncate(time.Minute)) { // people say it to the minute
		return nil, Invalid(ReasonFormat, "at", "The body received it after the complaint, and not in the future.")
	}
	return happened(c, by.event(EventComplaintReferred, Facts{When: &at, Due: in(at, SettlementPeriod)}, nil))
}

// ExtendSettlement records that the body takes as long again, once, because the dispute is complex.
func (c *Complaint) ExtendSettlement(by By) ([]Event, error) {
	if err := c.settles(by, "extended", SettlementReferred); err != nil {
		return nil, err
	}
	if c.Settlement.Extended || c.Settlement.DueAt == nil {
		return nil, wrongState(c, "extended twice")
	}
	return happened(c, by.event(EventComplaintExtended, Facts{Due: in(*c.Settlement.DueAt, SettlementPeriod)}, nil))
}

// Settle records what the body decided, and in which words.
func (c *Complaint) Settle(by By, outcome SettlementOutcome, found string) ([]Event, error) {
	if err := c.settles(by, "settled", SettlementNamed, SettlementReferred); err != nil {
		return nil, err
	}
	switch outcome {
	case SettlementDropped:
	case SettledForComplainant, SettledInPart, SettledForHost:
		if c.Settlement.State != SettlementReferred {
			return nil, wrongState(c, "decided by a body that never had it")
		}
	default:
		return nil, Invalid(ReasonUnknownValue, "outcome", "There is no such outcome.")
	}
	if err := checkText("found", found, 1, mostReasons); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventComplaintSettled, Facts{Code: string(outcome)}, Text{found}))
}

// ConcludeSettlement records what the host does about it. The caller reverses the decision in the same transaction
// where that is implementing it. What the body decided binds nobody, but not following it takes reasons.
func (c *Complaint) ConcludeSettlement(by By, effect SettlementEffect, reasons string) ([]Event, error) {
	if err := c.settles(by, "concluded", SettlementDecided); err != nil {
		return nil, err
	}
	switch effect {
	case EffectNotImplemented:
	case EffectImplemented:
		if !stateIn(c.Settlement.Outcome, SettledForComplainant, SettledInPart) {
			return nil, wrongState(c, "reversed: the body asks for nothing")
		}
	default:
		return nil, Invalid(ReasonUnknownValue, "effect", "There is no such effect.")
	}
	if err := checkText("reasons", reasons, leastReasons, mostReasons); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventComplaintEffect, Facts{Code: string(effect), Record: c.Decision}, Text{reasons}))
}
