// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// ComplaintState is where a complaint stands.
type ComplaintState string

// The states of a complaint (Art. 20 DSA); docs/lifecycle.md draws the machine.
const (
	ComplaintReceived ComplaintState = "received"
	ComplaintAssigned ComplaintState = "assigned" // a person who had no hand in the decision has it
	ComplaintUpheld   ComplaintState = "upheld"   // the decision was wrong and is reversed
	ComplaintRejected ComplaintState = "rejected" // the decision stands, for reasons
)

// Events of a complaint.
const (
	EventComplaintReceived EventKind = "complaint.received"
	EventComplaintAssigned EventKind = "complaint.assigned"
	EventComplaintUpheld   EventKind = "complaint.upheld"
	EventComplaintRejected EventKind = "complaint.rejected"
	EventComplaintInformed EventKind = "complaint.informed" // of the outcome and of what remains open (Art. 20(5) DSA)
	EventComplaintAlarm    EventKind = "complaint.alarm"    // policy: nobody answered in a week
	EventComplaintOverdue  EventKind = "complaint.overdue"  // Art. 10(2): two weeks
)

// Standpoint is whose complaint it is.
type Standpoint string

// The standpoints.
const (
	FromProvider Standpoint = "provider" // of the content: against its restriction
	FromNotifier Standpoint = "notifier" // against the decision to keep it
)

// Complaint challenges a host's own decision. An order is challenged by scrutiny or in court, never here. What the
// complainant wrote is sealed; who it is, nobody asks.
type Complaint struct {
	Root
	Status      ComplaintState `json:"status"`
	From        Standpoint     `json:"from"`
	Decision    RecordID       `json:"decision"`
	Item        RecordID       `json:"item,omitempty"`
	Restriction RestrictionID  `json:"restriction,omitempty"` // of the provider
	Notice      RecordID       `json:"notice,omitempty"`      // of the notifier
	Decided     []ActorID      `json:"deciders"`              // whoever had a hand in the decision
	ReceivedAt  time.Time      `json:"received_at"`
	AlarmAt     *time.Time     `json:"alarm_at,omitempty"`
	AnswerBy    *time.Time     `json:"answer_by,omitempty"`
	Late        bool           `json:"late,omitempty"`
	Handler     ActorID        `json:"handler,omitempty"`
	AnsweredBy  ActorID        `json:"answered_by,omitempty"`
	AnsweredAt  *time.Time     `json:"answered_at,omitempty"`
	InformedAt  *time.Time     `json:"informed_at,omitempty"`
	UndoUntil   *time.Time     `json:"undo_until,omitempty"` // to when the answer can be taken back
	TakenBackAt *time.Time     `json:"taken_back_at,omitempty"`
	Settlement  *Settlement    `json:"settlement,omitempty"` // out of court, about the answer
}

// Kind is [KindComplaint].
func (c *Complaint) Kind() RecordKind { return KindComplaint }

// State gives the status.
func (c *Complaint) State() string { return string(c.Status) }

// Deciders are those who had a hand in the decision: none of them handles the complaint.
func (c *Complaint) Deciders() []ActorID { return c.Decided }

// Open reports whether somebody still has to answer.
func (c *Complaint) Open() bool { return stateIn(c.Status, ComplaintReceived, ComplaintAssigned) }

// Whose is whoever handles it and has not answered.
func (c *Complaint) Whose() []ActorID {
	if c.Handler == "" || !c.Open() {
		return nil
	}
	return []ActorID{c.Handler}
}

// Due is the next clock of a complaint that nobody answered.
func (c *Complaint) Due() *time.Time {
	if !c.Open() {
		return nil
	}
	due := c.AlarmAt
	if !c.Late {
		due = earliest(due, c.AnswerBy)
	}
	return due
}

// Apply folds one event.
func (c *Complaint) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventComplaintReceived:
		if len(f.Records) != 1 || f.Due == nil {
			return malformedEvent(h)
		}
		c.Status, c.From, c.Decision, c.ReceivedAt = ComplaintReceived, Standpoint(f.Code), f.Records[0], h.At
		c.Restriction, c.AlarmAt, c.AnswerBy = f.Restriction, f.When, f.Due
		if f.Record.Is(KindNotice) {
			c.Notice = f.Record
		} else {
			c.Item = f.Record
		}
		for _, id := range f.Codes {
			c.Decided = append(c.Decided, ActorID(id))
		}
	case EventComplaintAssigned:
		c.Status, c.Handler = ComplaintAssigned, ActorID(f.Record)
		if f.Record == "" { // given back to whoever comes
			c.Status = ComplaintReceived
		}
	case EventComplaintUpheld, EventComplaintRejected:
		c.Status, c.AnsweredBy, c.AnsweredAt, c.UndoUntil, c.TakenBackAt = ComplaintUpheld, h.Actor, &h.At, f.When, nil
		if h.Kind == EventComplaintRejected {
			c.Status = ComplaintRejected
		}
	case EventComplaintTakenBack:
		c.takenBack(h)
	case EventComplaintInformed:
		c.InformedAt = &h.At
	case EventComplaintAlarm:
		c.AlarmAt = nil
	case EventComplaintOverdue:
		c.Late = true
	default:
		return c.applySettlement(h)
	}
	return nil
}

// ComplaintForm is what a complainant writes. It is sealed.
type ComplaintForm struct {
	Reasons  string `json:"reasons"`
	Language string `json:"language,omitempty"` // BCP 47, in which the answer is wanted
}

// Against is what a complaint is against, with everybody who had a hand in it.
type Against struct {
	From        Standpoint
	Decision    RecordID
	Item        RecordID      // with a restriction
	Restriction RestrictionID // of the provider
	Notice      RecordID      // of the notifier
	Deciders    []ActorID
	Until       *time.Time // to when the decision can be complained of; nil while nobody was told of it
}

// ReceiveComplaint records a complaint. It is free and needs nothing but reasons (Art. 20(1) DSA). payload is the
// form, sealed.
func ReceiveComplaint(by By, a Against, form ComplaintForm, payload any, p Periods) (*Complaint, []Event, error) {
	provider := a.From == FromProvider && a.Restriction != "" && a.Item.Is(KindItem) && a.Notice == ""
	notifier := a.From == FromNotifier && a.Notice.Is(KindNotice) && a.Restriction == "" && a.Item == ""
	if !a.Decision.Is(KindDecision) || !provider && !notifier {
		return nil, nil, Errorf(CodeInvalid, ReasonMissing,
			"A complaint is against a decision of this host, by whom it restricts or whose notice it answers.")
	}
	if passed(a.Until, by.At) {
		return nil, nil, Errorf(CodeExpired, ReasonComplaintPeriod,
			"The time to complain of this decision is over. The courts stay open.")
	}
	if err := checkText("reasons", form.Reasons, leastReasons, mostReasons); err != nil {
		return nil, nil, err
	}
	if err := checkText("language", form.Language, 0, 35); err != nil {
		return nil, nil, err
	}
	subject := a.Item
	if notifier {
		subject = a.Notice
	}
	c := &Complaint{Root: Root{ID: NewRecordID(KindComplaint)}}
	events, err := happened(c, by.event(EventComplaintReceived, Facts{Code: string(a.From), Record: subject,
		Records: []RecordID{a.Decision}, Restriction: a.Restriction, Codes: codes(slices.Clone(a.Deciders)),
		When: in(by.At, p.ComplaintAlarm), Due: in(by.At, p.ComplaintAnswer)}, payload))
	return c, events, err
}

// ReasonComplaintPeriod means that a decision can no longer be complained of here.
const ReasonComplaintPeriod Reason = "complaint_period_over"

// handles refuses whoever may not answer: a machine, and whoever had a hand in the decision (Art. 20(6) DSA).
func (c *Complaint) handles(who ActorID) error {
	switch {
	case !who.isPerson():
		return personDecides()
	case slices.Contains(c.Decided, who):
		return Errorf(CodeForbidden, ReasonSamePerson,
			"Another person than those who decided looks at a complaint.")
	}
	return nil
}

// Assign gives the complaint to a person who had no hand in the decision.
func (c *Complaint) Assign(by By, to ActorID) ([]Event, error) {
	if !c.Open() || c.Handler == to {
		return nil, wrongState(c, "assigned")
	}
	if err := c.handles(to); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventComplaintAssigned, Facts{Record: RecordID(to)}, nil))
}

// Leave gives the complaint back when whoever has it may not answer it any more. It is no event where she does not.
func (c *Complaint) Leave(by By, who ActorID) ([]Event, error) {
	if !c.Open() || c.Handler != who {
		return nil, nil
	}
	return happened(c, by.event(EventComplaintAssigned, Facts{}, nil))
}

// Uphold finds that the decision was wrong. The caller reverses it in the same transaction. window is how long the answer
// may be taken back.
func (c *Complaint) Uphold(by By, reasons string, window time.Duration) ([]Event, error) {
	return c.answer(by, EventComplaintUpheld, reasons, window)
}

// Reject finds that the decision stands, and says why.
func (c *Complaint) Reject(by By, reasons string, window time.Duration) ([]Event, error) {
	return c.answer(by, EventComplaintRejected, reasons, window)
}

func (c *Complaint) answer(by By, kind EventKind, reasons string, window time.Duration) ([]Event, error) {
	if err := c.handles(by.Actor); err != nil {
		return nil, err
	}
	if !c.Open() {
		return nil, wrongState(c, "answered")
	}
	if c.Handler != "" && c.Handler != by.Actor {
		return nil, Errorf(CodeConflict, ReasonClaimed, "Somebody else has this complaint.")
	}
	if err := checkText("reasons", reasons, leastReasons, mostReasons); err != nil {
		return nil, err
	}
	return happened(c, by.event(kind, Facts{Record: c.Decision, When: in(by.At, window)}, Text{reasons}))
}

// Inform records that the complainant was told the outcome, the reasons, and that a settlement out of court and
// the courts stay open. way says how, as a code.
func (c *Complaint) Inform(by By, way string) ([]Event, error) {
	if c.Open() || c.InformedAt != nil {
		return nil, wrongState(c, "told")
	}
	return happened(c, by.event(EventComplaintInformed, Facts{Code: way}, nil))
}

// Tick calls somebody about a complaint that nobody answered.
func (c *Complaint) Tick(by By, _ Periods) ([]Event, error) {
	if !c.Open() {
		return nil, nil
	}
	var events []Event
	if passed(c.AlarmAt, by.At) {
		events = append(events, by.event(EventComplaintAlarm, Facts{}, nil))
	}
	if !c.Late && passed(c.AnswerBy, by.At) {
		events = append(events, by.event(EventComplaintOverdue, Facts{}, nil))
	}
	return happened(c, events...)
}
