// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// Text is the payload of events whose only text is what somebody wrote.
type Text struct {
	Text string `json:"text"`
}

// DraftOrder opens an order. digest is that of the exact bytes the officers will sign.
func DraftOrder(by By, order Order, digest Digest, p Periods) (*IssuedOrder, []Event, error) {
	if err := order.Validate(p); err != nil {
		return nil, nil, err
	}
	o := &IssuedOrder{Root: Root{ID: order.ID}}
	events, err := happened(o, by.event(EventOrderDrafted, draftFacts(order, digest), order))
	return o, events, err
}

// Revise replaces a draft. Signatures already given fall: they covered other bytes.
func (o *IssuedOrder) Revise(by By, order Order, digest Digest, p Periods) ([]Event, error) {
	if !stateIn(o.Status, IssuedDraft, IssuedSubmitted) {
		return nil, wrongState(o, "revised")
	}
	if order.ID != o.ID {
		return nil, Invalid(ReasonUnknownRecord, "id", "This is the text of another order.")
	}
	if err := order.Validate(p); err != nil {
		return nil, err
	}
	return happened(o, by.event(EventOrderRevised, draftFacts(order, digest), order))
}

func draftFacts(order Order, digest Digest) Facts {
	return Facts{Party: order.Annex.Heading.Addressee, Digest: digest,
		Codes:   codes(order.Annex.Content.Categories),
		Country: order.Annex.Heading.EstablishmentState, Number: int64(len(order.Annex.Content.Addresses)),
		Emergency: order.Emergency != nil, CrossBorder: order.CrossBorder()}
}

// Submit records the first signature: the officer who drafted stands for the draft.
// The caller has verified the assertion; digest is what it covered.
func (o *IssuedOrder) Submit(by By, digest Digest, approval any) ([]Event, error) {
	if o.Status != IssuedDraft {
		return nil, wrongState(o, "submitted")
	}
	if digest != o.Draft {
		return nil, otherDocument()
	}
	return happened(o, by.event(EventOrderSubmitted, Facts{Digest: digest}, approval))
}

// Approve records the second signature, by another person than the one who submitted or last wrote the draft.
func (o *IssuedOrder) Approve(by By, digest Digest, approval any) ([]Event, error) {
	if o.Status != IssuedSubmitted {
		return nil, wrongState(o, "approved")
	}
	if by.Actor == o.SubmittedBy || by.Actor == o.DraftedBy {
		return nil, Errorf(CodeForbidden, ReasonSamePerson,
			"The second signature must come from another officer than the first.")
	}
	if digest != o.Draft {
		return nil, otherDocument()
	}
	return happened(o, by.event(EventOrderApproved, Facts{Digest: digest}, approval))
}

func otherDocument() error {
	return Errorf(CodeConflict, RefusedApprovalOtherDocument,
		"The draft changed since it was shown. Read it again before you sign.")
}

// Return sends a submitted draft back to its drafter, with the reasons.
func (o *IssuedOrder) Return(by By, reasons string) ([]Event, error) {
	if o.Status != IssuedSubmitted {
		return nil, wrongState(o, "returned")
	}
	if err := checkText("reasons", reasons, 1, 4000); err != nil {
		return nil, err
	}
	return happened(o, by.event(EventOrderReturned, Facts{}, Text{reasons}))
}

// Abandon ends an order that never left.
func (o *IssuedOrder) Abandon(by By, reasons string) ([]Event, error) {
	if !stateIn(o.Status, IssuedDraft, IssuedSubmitted, IssuedApproved, IssuedWaiting) {
		return nil, wrongState(o, "abandoned")
	}
	if err := checkText("reasons", reasons, 1, 4000); err != nil {
		return nil, err
	}
	return happened(o, by.event(EventOrderAbandoned, Facts{}, Text{reasons}))
}

// NeedsPriorInformation reports whether twelve hours must pass first: this authority never wrote to
// this host, or the twelve hours still run, and no emergency is justified (Art. 3(2)).
func (o *IssuedOrder) NeedsPriorInformation(c *Contact, at time.Time) bool {
	return !o.Emergency && (c == nil || c.With != o.Host || !c.Informed(at))
}

// HostInformed starts to wait for the end of the prior information period.
func (o *IssuedOrder) HostInformed(by By, until time.Time) ([]Event, error) {
	if o.Status != IssuedApproved {
		return nil, wrongState(o, "held for prior information")
	}
	return happened(o, by.event(EventOrderHostInformed, Facts{Party: o.Host, Due: &until}, nil))
}

// Issue records that the order was signed by the authority and is on its way. document is the digest
// of the signed document; copyTo is the supervisor of the host's State, required when that State is
// another, because the copy leaves in the same transaction (Art. 4(1)).
func (o *IssuedOrder) Issue(by By, c *Contact, document Digest, copyTo PartyID, gagUntil *time.Time,
	p Periods) ([]Event, error) {
	if !stateIn(o.Status, IssuedApproved, IssuedWaiting) {
		return nil, wrongState(o, "issued")
	}
	if o.NeedsPriorInformation(c, by.At) {
		return nil, Errorf(CodeConflict, ReasonPriorInformation,
			"This authority never wrote to this host: inform it of procedures and deadlines twelve hours before "+
				"(Art. 3(2)).")
	}
	if gagUntil != nil && gagUntil.Sub(by.At) > p.GagLimit {
		return nil, gagTooLong() // an order carries a decision that was taken (Art. 3(4)(g)), so at the latest now
	}
	if o.CrossBorder != (copyTo != "") {
		return nil, Errorf(CodeConflict, ReasonUnknownParty,
			"The directory names no authority of the host's State to receive the copy (Art. 4(1)).")
	}
	return happened(o, by.event(EventOrderIssued,
		Facts{Party: copyTo, Digest: document, Due: in(by.At, p.DeliveryAlarm),
			Until: gagUntil, Codes: o.Categories, Emergency: o.Emergency, CrossBorder: o.CrossBorder}, nil))
}

// Acknowledge records the host's receipt: the hour runs from its time of receipt (Art. 3(3)).
func (o *IssuedOrder) Acknowledge(by By, receivedAt time.Time, receipt any, p Periods) ([]Event, error) {
	if o.ReceivedAt != nil {
		return nil, wrongState(o, "acknowledged twice")
	}
	if !stateIn(o.Status, IssuedSent, IssuedWithdrawn) || o.Refusal != "" {
		return nil, wrongState(o, "acknowledged")
	}
	return happened(o, by.event(EventOrderAcknowledged,
		Facts{Party: o.Host, When: &receivedAt, Due: in(receivedAt, p.Execution)}, receipt))
}

// RefusedByHost records that the host did not authenticate the order.
func (o *IssuedOrder) RefusedByHost(by By, reason Reason, refusal any) ([]Event, error) {
	if !stateIn(o.Status, IssuedSent, IssuedWithdrawn) || o.ReceivedAt != nil || o.Refusal != "" {
		return nil, wrongState(o, "refused")
	}
	return happened(o, by.event(EventOrderRefusedByHost, Facts{Party: o.Host, Code: string(reason)}, refusal))
}

// Comply records Annex II. Whether it was in time is judged by the time of the measure.
func (o *IssuedOrder) Comply(by By, measureAt time.Time, feedback any) ([]Event, error) {
	if !stateIn(o.Status, IssuedRunning, IssuedOverdue, IssuedImpeded, IssuedClarify, IssuedWithdrawn) ||
		o.MeasureAt != nil {
		return nil, wrongState(o, "complied with")
	}
	outcome, at := IssuedComplied, kept(&measureAt)
	if o.Deadline != nil && at.After(*o.Deadline) {
		outcome = IssuedCompliedLate
	}
	return happened(o, by.event(EventOrderComplied, Facts{Party: o.Host, Code: string(outcome), When: at},
		feedback))
}

// Impede records Annex III: the clock stops.
func (o *IssuedOrder) Impede(by By, ground Ground, impossibility any) ([]Event, error) {
	if !stateIn(o.Status, IssuedRunning, IssuedOverdue) {
		return nil, wrongState(o, "impeded")
	}
	return happened(o, by.event(EventOrderImpeded, Facts{Party: o.Host, Code: string(ground)}, impossibility))
}

// Clarify records the clarification sent to the host (Art. 3(8)).
func (o *IssuedOrder) Clarify(by By, text string) ([]Event, error) {
	if o.Status != IssuedClarify {
		return nil, wrongState(o, "clarified")
	}
	if err := checkText("clarification", text, 1, 8000); err != nil {
		return nil, err
	}
	return happened(o, by.event(EventOrderClarified, Facts{Party: o.Host}, Text{text}))
}

// Rearm starts a full new hour: the ground ceased, or the host received the clarification (Art. 3(7), 3(8)).
// A remainder is never resumed.
func (o *IssuedOrder) Rearm(by By, from time.Time, p Periods) ([]Event, error) {
	if !stateIn(o.Status, IssuedImpeded, IssuedClarify) {
		return nil, wrongState(o, "re-armed")
	}
	return happened(o, by.event(EventOrderRearmed, Facts{Party: o.Host, When: &from, Due: in(from, p.Execution)},
		nil))
}

// Withdraw ends the order's effects. It travels as fast as the order did.
func (o *IssuedOrder) Withdraw(by By, reasons string) ([]Event, error) {
	if !stateIn(o.Status, IssuedSent, IssuedRunning, IssuedOverdue, IssuedImpeded, IssuedClarify, IssuedComplied,
		IssuedCompliedLate) {
		return nil, wrongState(o, "withdrawn")
	}
	if err := checkText("reasons", reasons, 1, 4000); err != nil {
		return nil, err
	}
	return happened(o, by.event(EventOrderWithdrawn, Facts{Party: o.Host, CrossBorder: o.CrossBorder},
		Text{reasons}))
}

// SendCopy records that the copy is on its way to the supervisor, in the transaction that issued the order.
func (o *IssuedOrder) SendCopy(by By) ([]Event, error) {
	if o.Status != IssuedSent || o.CopyTo == "" {
		return nil, wrongState(o, "copied")
	}
	return happened(o, by.event(EventOrderCopySent, Facts{Party: o.CopyTo}, nil))
}

// CopyAcknowledged records the supervisor's receipt of the copy.
func (o *IssuedOrder) CopyAcknowledged(by By, at time.Time) ([]Event, error) {
	if o.CopyTo == "" || o.CopyAt != nil {
		return nil, wrongState(o, "acknowledged as a copy")
	}
	return happened(o, by.event(EventOrderCopyAcknowledged, Facts{Party: o.CopyTo, When: &at}, nil))
}
