// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"
	"time"

	"tocsin"
)

// alertRule says which facts about a kind of record call people, whom, and until when.
type alertRule struct {
	topic  tocsin.Topic
	of     tocsin.RecordKind
	on     []tocsin.EventKind // each calls, and calls again if an alert about the same thing is open
	duties []tocsin.Duty      // who is called and may see it; nobody else, but for person
	// person is whom alone it is for; nil where duties say it.
	person func(tocsin.Aggregate) tocsin.RecordID
	// waits reports whether what it is about still waits for somebody. nil: it only tells something, and is
	// over once a person has seen it.
	waits func(tocsin.Aggregate) bool
	// deadline is the legal clock that runs; nil where none does.
	deadline func(tocsin.Aggregate) *time.Time
	// watch calls those on call one after the other until one acknowledges, and breaks their quiet hours.
	watch bool
}

// tidings are over for good after this: a node that begins to follow an old journal tells no old news.
const tidings = 24 * time.Hour

var (
	answering = []tocsin.Duty{tocsin.DutyModerator, tocsin.DutySeniorModerator, tocsin.DutyLegal}
	senior    = []tocsin.Duty{tocsin.DutySeniorModerator, tocsin.DutyLegal}
	issuing   = []tocsin.Duty{tocsin.DutyOfficer, tocsin.DutyApprover}
	judging   = []tocsin.Duty{tocsin.DutySeniorModerator, tocsin.DutyLegal, tocsin.DutyOfficer}
	running   = []tocsin.Duty{tocsin.DutyAdministrator}
)

// alertRules is the whole list; docs/notify.md shows it to people.
var alertRules = []alertRule{
	{topic: tocsin.TopicOrder, of: tocsin.KindReceivedOrder, duties: answering, watch: true,
		on: []tocsin.EventKind{tocsin.EventReceivedAuthenticated, tocsin.EventReceivedRearmed,
			tocsin.EventReceivedAlarm, tocsin.EventReceivedDeadlinePassed},
		waits: received(func(o *tocsin.ReceivedOrder) bool {
			return o.Status == tocsin.ReceivedAuthenticated || o.Status == tocsin.ReceivedExecuting && o.Late
		}),
		deadline: func(a tocsin.Aggregate) *time.Time { return a.(*tocsin.ReceivedOrder).Deadline }},
	{topic: tocsin.TopicDoubt, of: tocsin.KindReceivedOrder, duties: answering,
		on: []tocsin.EventKind{tocsin.EventReceivedReopened}, waits: standing(string(tocsin.ReceivedReopened))},
	{topic: tocsin.TopicRatification, of: tocsin.KindReceivedOrder, duties: answering,
		on: []tocsin.EventKind{tocsin.EventReceivedDecided, tocsin.EventReceivedRatificationLate},
		waits: received(func(o *tocsin.ReceivedOrder) bool {
			return o.Automatic && o.RatifiedBy == "" && slices.Contains([]tocsin.ReceivedState{
				tocsin.ReceivedExecuting, tocsin.ReceivedConfirmed, tocsin.ReceivedImpeded}, o.Status)
		}),
		deadline: func(a tocsin.Aggregate) *time.Time { return a.(*tocsin.ReceivedOrder).RatifyBy }},
	{topic: tocsin.TopicInformation, of: tocsin.KindContact, duties: answering,
		on: []tocsin.EventKind{tocsin.EventContactReceived}},
	{topic: tocsin.TopicApproval, of: tocsin.KindIssuedOrder, duties: []tocsin.Duty{tocsin.DutyApprover},
		on: []tocsin.EventKind{tocsin.EventOrderSubmitted}, waits: standing(string(tocsin.IssuedSubmitted))},
	{topic: tocsin.TopicDelivery, of: tocsin.KindIssuedOrder, duties: issuing, watch: true,
		on: []tocsin.EventKind{tocsin.EventOrderDeliveryAlarm}, waits: standing(string(tocsin.IssuedSent))},
	{topic: tocsin.TopicRefused, of: tocsin.KindIssuedOrder, duties: issuing,
		on: []tocsin.EventKind{tocsin.EventOrderRefusedByHost}},
	{topic: tocsin.TopicOverdue, of: tocsin.KindIssuedOrder, duties: issuing,
		on: []tocsin.EventKind{tocsin.EventOrderOverdue}, waits: standing(string(tocsin.IssuedOverdue))},
	{topic: tocsin.TopicClarification, of: tocsin.KindIssuedOrder, duties: issuing,
		on: []tocsin.EventKind{tocsin.EventOrderImpeded}, waits: standing(string(tocsin.IssuedClarify))},
	{topic: tocsin.TopicScrutiny, of: tocsin.KindOrderCopy, duties: []tocsin.Duty{tocsin.DutyReviewer},
		on: []tocsin.EventKind{tocsin.EventCopyReceived}, waits: standing(string(tocsin.CopyReceived)),
		deadline: func(a tocsin.Aggregate) *time.Time { return a.(*tocsin.OrderCopy).Clock }},
	{topic: tocsin.TopicRatification, of: tocsin.KindDecision, duties: answering,
		on: []tocsin.EventKind{tocsin.EventDecisionTaken, tocsin.EventDecisionRatificationLate},
		waits: func(a tocsin.Aggregate) bool {
			d := a.(*tocsin.Decision)
			return d.Automatic && d.RatifiedBy == "" && d.Status == tocsin.DecisionEffective
		},
		deadline: func(a tocsin.Aggregate) *time.Time { return a.(*tocsin.Decision).RatifyBy }},
	{topic: tocsin.TopicEscalated, of: tocsin.KindCase, duties: senior,
		on: []tocsin.EventKind{tocsin.EventCaseEscalated},
		waits: func(a tocsin.Aggregate) bool {
			c := a.(*tocsin.Case)
			return c.Escalated && c.Status == tocsin.CaseOpen
		}},
	{topic: tocsin.TopicEscalated, of: tocsin.KindReview, duties: senior,
		on: []tocsin.EventKind{tocsin.EventReviewFound}, waits: standing(string(tocsin.ReviewDiffered))},
	{topic: tocsin.TopicAssigned, of: tocsin.KindCase, on: []tocsin.EventKind{tocsin.EventCaseAssigned},
		person: func(a tocsin.Aggregate) tocsin.RecordID { return tocsin.RecordID(a.(*tocsin.Case).Assigned) },
		waits: func(a tocsin.Aggregate) bool { // until she has taken it up, or it went to somebody else
			c := a.(*tocsin.Case)
			return c.Assigned != "" && c.Status == tocsin.CaseOpen && (c.Claim == nil || c.Claim.Holder != c.Assigned)
		}},
	{topic: tocsin.TopicComplaint, of: tocsin.KindComplaint, duties: []tocsin.Duty{tocsin.DutyComplaintHandler},
		on:       []tocsin.EventKind{tocsin.EventComplaintReceived, tocsin.EventComplaintAlarm, tocsin.EventComplaintOverdue},
		waits:    func(a tocsin.Aggregate) bool { return a.(*tocsin.Complaint).Open() },
		deadline: func(a tocsin.Aggregate) *time.Time { return a.(*tocsin.Complaint).AnswerBy }},
	{topic: tocsin.TopicComplaint, of: tocsin.KindChallenge, duties: []tocsin.Duty{tocsin.DutyComplaintHandler},
		on:       []tocsin.EventKind{tocsin.EventChallengeSubmitted, tocsin.EventChallengeOverdue},
		waits:    standing(string(tocsin.ChallengeOpen)),
		deadline: func(a tocsin.Aggregate) *time.Time { return a.(*tocsin.Challenge).AnswerBy }},
	{topic: tocsin.TopicMisuse, of: tocsin.KindMisuse, duties: judging,
		on:       []tocsin.EventKind{tocsin.EventMisuseContested, tocsin.EventMisuseUncounted},
		waits:    func(a tocsin.Aggregate) bool { return a.(*tocsin.Misuse).Waits() },
		deadline: func(a tocsin.Aggregate) *time.Time { return a.(*tocsin.Misuse).Until }},
	{topic: tocsin.TopicQuarantine, of: tocsin.KindSignal, duties: answering,
		on: []tocsin.EventKind{tocsin.EventSignalQuarantined}, waits: standing(string(tocsin.SignalQuarantined))},
	{topic: tocsin.TopicWork, duties: slices.Concat(running, issuing, answering)},
	{topic: tocsin.TopicLog, duties: running},
	{topic: tocsin.TopicKey, duties: running},
	{topic: tocsin.TopicAccess, of: tocsin.KindPerson,
		duties: []tocsin.Duty{tocsin.DutyAdministrator, tocsin.DutySupervisor, tocsin.DutyReviewer}},
}

func received(waits func(*tocsin.ReceivedOrder) bool) func(tocsin.Aggregate) bool {
	return func(a tocsin.Aggregate) bool { return waits(a.(*tocsin.ReceivedOrder)) }
}

// standing waits while a record is in one of some states.
func standing(states ...string) func(tocsin.Aggregate) bool {
	return func(a tocsin.Aggregate) bool { return slices.Contains(states, a.State()) }
}

func ruleOf(topic tocsin.Topic) alertRule {
	for _, r := range alertRules {
		if r.topic == topic {
			return r
		}
	}
	return alertRule{topic: topic}
}

// due is the clock of what a rule is about.
func (r alertRule) due(agg tocsin.Aggregate) *time.Time {
	if r.deadline == nil || agg == nil {
		return nil
	}
	return r.deadline(agg)
}

// concerns reports whether a person is one whom a rule calls.
func (r alertRule) concerns(p *tocsin.Person) bool {
	return p.Status == tocsin.PersonEnrolled &&
		slices.ContainsFunc(r.duties, func(d tocsin.Duty) bool { return p.Has(d) })
}
