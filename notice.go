// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// NoticeState is where a notice stands.
type NoticeState string

// The states of a notice (Art. 16 DSA); docs/lifecycle.md draws the machine.
const (
	NoticeReceived   NoticeState = "received"   // not yet judged for completeness
	NoticeIncomplete NoticeState = "incomplete" // the notifier was asked for what is missing
	NoticeComplete   NoticeState = "complete"   // the platform is asked what its addresses name
	NoticeQueued     NoticeState = "queued"     // before a person
	NoticeDecided    NoticeState = "decided"    // the notifier was not told yet
	NoticeInformed   NoticeState = "informed"   // told of the decision and of the ways to contest it
	NoticeLapsed     NoticeState = "lapsed"     // what was missing never came
)

// Events of a notice.
const (
	EventNoticeReceived     EventKind = "notice.received"
	EventNoticeReceipted    EventKind = "notice.receipted" // Art. 16(4) DSA
	EventNoticeIncomplete   EventKind = "notice.incomplete"
	EventNoticeSupplemented EventKind = "notice.supplemented"
	EventNoticeCompleted    EventKind = "notice.completed"
	EventNoticeQueued       EventKind = "notice.queued"
	EventNoticeDecided      EventKind = "notice.decided"
	EventNoticeUndecided    EventKind = "notice.undecided" // the decision was undone, or reversed by a complaint
	EventNoticeInformed     EventKind = "notice.informed"  // Art. 16(5) DSA
	EventNoticeOverdue      EventKind = "notice.overdue"
	EventNoticeLapsed       EventKind = "notice.lapsed"
	EventNoticeJudged       EventKind = "notice.judged" // a person found it manifestly unfounded (Art. 23 DSA)
	EventNoticeUnjudged     EventKind = "notice.unjudged"
)

// ActorPublic is whoever uses the public pages: nobody is asked for an account.
const ActorPublic ActorID = "public"

// NoticeChannel is the way a notice came in.
type NoticeChannel string

// The channels.
const (
	ChannelForm      NoticeChannel = "form"      // the public form
	ChannelAPI       NoticeChannel = "api"       // a notifier's own system
	ChannelReport    NoticeChannel = "report"    // the platform passes on what somebody reported there
	ChannelFlagger   NoticeChannel = "flagger"   // a notifier of the directory
	ChannelAuthority NoticeChannel = "authority" // a public report at an authority, which decides nothing about items
)

// NoticeChannels lists every channel.
func NoticeChannels() []NoticeChannel {
	return []NoticeChannel{ChannelForm, ChannelAPI, ChannelReport, ChannelFlagger, ChannelAuthority}
}

// Result is what a person made of a notice: of one item of it, or, at an authority, of the whole.
type Result string

// The results. The first two are those of a decision about an item, the others those of an authority's triage.
const (
	ResultRestrict Result = Result(OutcomeRestrict)
	ResultKeep     Result = Result(OutcomeKeep)
	ResultDrafted  Result = "order_drafted" // a removal order is being drafted
	ResultReferred Result = "referred"      // the host was asked to assess it by its own terms
	ResultNoAction Result = "no_action"
)

// NoticeAnswer is one decision that answers a notice.
type NoticeAnswer struct {
	Result    Result    `json:"result"`
	Decision  RecordID  `json:"decision,omitempty"` // or the order that was drafted
	Host      PartyID   `json:"host,omitempty"`     // to whom it was referred
	At        time.Time `json:"at"`
	Automatic bool      `json:"automatic,omitempty"` // no person decided (Art. 16(6) DSA); only a standing decision does
}

// Notice is somebody's word that an item is illegal or against the terms. Who gave it, about what and why is
// sealed. It restricts nothing.
type Notice struct {
	Root
	Status        NoticeState     `json:"status"`
	Channel       NoticeChannel   `json:"channel"`
	Notifier      PartyID         `json:"notifier,omitempty"` // an organisation of the directory
	Trusted       bool            `json:"trusted,omitempty"`  // a trusted flagger within its field
	Anonymous     bool            `json:"anonymous,omitempty"`
	Priority      Priority        `json:"priority"`
	ReceivedAt    time.Time       `json:"received_at"`
	ReceiptAt     *time.Time      `json:"receipt_at,omitempty"`
	Missing       []NoticeElement `json:"missing,omitempty"`
	CompleteBy    *time.Time      `json:"complete_by,omitempty"`
	AnswerBy      *time.Time      `json:"answer_by,omitempty"` // policy: then somebody is called
	Cases         []RecordID      `json:"cases,omitempty"`
	Answers       []NoticeAnswer  `json:"answers,omitempty"` // those that stand
	InformedAt    *time.Time      `json:"informed_at,omitempty"`
	ComplainUntil *time.Time      `json:"complain_until,omitempty"`
	Unfounded     bool            `json:"unfounded,omitempty"` // manifestly, as a person found
}

// Kind is [KindNotice].
func (n *Notice) Kind() RecordKind { return KindNotice }

// State gives the status.
func (n *Notice) State() string { return string(n.Status) }

// Due is when an incomplete notice lapses, or when somebody is called because nobody answered.
func (n *Notice) Due() *time.Time {
	switch n.Status {
	case NoticeIncomplete:
		return n.CompleteBy
	case NoticeComplete, NoticeQueued:
		return n.AnswerBy
	}
	return nil
}

// Contestable reports whether the notifier may still complain about an answer (Art. 20(1) DSA). The six months
// begin when the notifier is told, so that nobody runs out of time unawares.
func (n *Notice) Contestable(at time.Time) bool {
	return len(n.Answers) > 0 && (n.ComplainUntil == nil || at.Before(*n.ComplainUntil))
}

// Apply folds one event.
func (n *Notice) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventNoticeReceived:
		n.Status, n.Channel, n.Notifier = NoticeReceived, NoticeChannel(f.Code), f.Party
		n.Trusted, n.Anonymous = slices.Contains(f.Codes, flagTrusted), slices.Contains(f.Codes, flagAnonymous)
		n.Priority, n.ReceivedAt = Priority(f.Number), h.At
	case EventNoticeReceipted:
		n.ReceiptAt = &h.At
	case EventNoticeIncomplete:
		n.Status, n.CompleteBy, n.AnswerBy, n.Missing, n.Cases = NoticeIncomplete, f.Due, nil, nil, nil
		for _, c := range f.Codes {
			n.Missing = append(n.Missing, NoticeElement(c))
		}
	case EventNoticeSupplemented:
		n.Anonymous = slices.Contains(f.Codes, flagAnonymous)
		if f.Number > 0 { // earlier releases did not say it
			n.Trusted, n.Priority = slices.Contains(f.Codes, flagTrusted), Priority(f.Number)
		}
	case EventNoticeCompleted:
		n.Status, n.Missing, n.CompleteBy, n.AnswerBy = NoticeComplete, nil, nil, f.Due
	case EventNoticeQueued:
		n.Status, n.Cases = NoticeQueued, f.Records
	case EventNoticeOverdue:
		n.AnswerBy = nil
	case EventNoticeLapsed:
		n.Status, n.CompleteBy = NoticeLapsed, nil
	case EventNoticeJudged, EventNoticeUnjudged:
		n.Unfounded = h.Kind == EventNoticeJudged
	default:
		return n.applyAnswer(h)
	}
	return nil
}

// applyAnswer folds what answers a notice.
func (n *Notice) applyAnswer(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventNoticeDecided:
		n.Answers = append(n.Answers, NoticeAnswer{Result(f.Code), f.Record, f.Party, h.At, f.Automatic})
		n.Status, n.InformedAt, n.ComplainUntil = NoticeDecided, nil, nil // nobody was told of this answer
	case EventNoticeUndecided:
		n.Answers = slices.DeleteFunc(n.Answers, func(a NoticeAnswer) bool { return a.Decision == f.Record })
		if len(n.Answers) == 0 {
			n.Answers, n.Status, n.AnswerBy = nil, NoticeQueued, f.Due
		}
	case EventNoticeInformed:
		n.Status, n.InformedAt, n.ComplainUntil = NoticeInformed, &h.At, f.Until
	default:
		return unknownEvent(n, h)
	}
	return nil
}
