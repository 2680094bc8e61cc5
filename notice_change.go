// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Flags of a notice, as its events carry them.
const (
	flagTrusted   = "trusted"
	flagAnonymous = "anonymous"
)

// NoticeArrival is what the node established about a notice before anybody reads it.
type NoticeArrival struct {
	Channel  NoticeChannel
	Notifier PartyID // of the directory; empty for everybody else
	Trusted  bool
	Form     NoticeForm
}

// ReceiveNotice records a notice, confirms its receipt where the notifier can be reached (Art. 16(4) DSA), and
// says whether it is complete. payload is the form, sealed.
func ReceiveNotice(by By, id RecordID, a NoticeArrival, payload any, p Periods) (*Notice, []Event, error) {
	if err := a.Form.Validate(); err != nil {
		return nil, nil, err
	}
	if !slices.Contains(NoticeChannels(), a.Channel) {
		return nil, nil, Invalid(ReasonUnknownValue, "channel", "There is no such channel.")
	}
	n := &Notice{Root: Root{ID: id}}
	codes, priority := a.Form.standing(a.Trusted)
	events := []Event{by.event(EventNoticeReceived, Facts{Code: string(a.Channel), Party: a.Notifier, Number: int64(priority),
		Codes: codes}, payload)}
	if a.Form.reachable() {
		events = append(events, by.event(EventNoticeReceipted, Facts{}, nil))
	}
	events, err := happened(n, append(events, by.judged(a.Channel, a.Form, in(by.At, p.NoticeCompletion), p))...)
	return n, events, err
}

// standing is what a form is flagged as, and how urgent that makes it.
func (f NoticeForm) standing(trusted bool) (flags []string, p Priority) {
	p = PriorityNotice
	if f.Anonymous {
		flags = append(flags, flagAnonymous)
	}
	if trusted {
		flags, p = append(flags, flagTrusted), PriorityTrusted
	}
	return flags, p
}

func (f NoticeForm) reachable() bool { return !f.Anonymous && f.Email != "" }

// judged is the event that says whether a form is complete. What a platform passes on names its item by the
// platform's own reference, and was complete for the platform.
func (by By) judged(channel NoticeChannel, f NoticeForm, due *time.Time, p Periods) Event {
	if missing := f.Missing(); len(missing) > 0 && channel != ChannelReport {
		return by.event(EventNoticeIncomplete, Facts{Codes: codes(missing), Due: due}, nil)
	}
	return by.event(EventNoticeCompleted, Facts{Due: in(by.At, p.NoticeAnswer)}, nil)
}

// Supplement adds what was missing: form is the whole notice as it reads now, trusted whether that is from a trusted
// flagger within its field. The end of the time for it does not move.
func (n *Notice) Supplement(by By, form NoticeForm, trusted bool, payload any, p Periods) ([]Event, error) {
	if n.Status != NoticeIncomplete {
		return nil, wrongState(n, "completed")
	}
	if err := form.Validate(); err != nil {
		return nil, err
	}
	codes, priority := form.standing(trusted)
	events := []Event{by.event(EventNoticeSupplemented, Facts{Codes: codes, Number: int64(priority)}, payload)}
	if n.ReceiptAt == nil && form.reachable() {
		events = append(events, by.event(EventNoticeReceipted, Facts{}, nil))
	}
	return happened(n, append(events, by.judged(n.Channel, form, n.CompleteBy, p))...)
}

// Unlocated records that no address of the notice names an item here: the notifier is asked for the exact one
// (Art. 16(2)(b) DSA). It may come out late: the platform does not know the one item that the notice waits with.
func (n *Notice) Unlocated(by By, p Periods) ([]Event, error) {
	if n.Status != NoticeComplete && !(n.Status == NoticeQueued && len(n.Cases) == 1) {
		return nil, wrongState(n, "located")
	}
	return happened(n, by.event(EventNoticeIncomplete,
		Facts{Codes: codes([]NoticeElement{ElementLocation}), Due: in(by.At, p.NoticeCompletion)}, nil))
}

// Queue puts a complete notice before a person: in the cases of the items it names, or, at an authority, in
// its triage, where there is none.
func (n *Notice) Queue(by By, cases []RecordID) ([]Event, error) {
	if n.Status != NoticeComplete {
		return nil, wrongState(n, "queued")
	}
	if (len(cases) == 0) != (n.Channel == ChannelAuthority) {
		return nil, Errorf(CodeInvalid, ReasonMissing, "A notice at a host belongs to the case of an item.")
	}
	return happened(n, by.event(EventNoticeQueued, Facts{Records: cases}, nil))
}

// answerable reports whether a decision may answer the notice now. Each item of a notice may have one of its own.
func (n *Notice) answerable(decision RecordID) error {
	if !stateIn(n.Status, NoticeQueued, NoticeDecided, NoticeInformed) {
		return wrongState(n, "decided")
	}
	if slices.ContainsFunc(n.Answers, func(a NoticeAnswer) bool { return a.Decision == decision }) {
		return wrongState(n, "decided twice by one decision")
	}
	return nil
}

// Decide records the decision about an item of the notice, or about what it is a copy of. It is automatic where
// a standing decision answered.
func (n *Notice) Decide(by By, outcome Outcome, decision RecordID) ([]Event, error) {
	if err := n.answerable(decision); err != nil {
		return nil, err
	}
	return happened(n, by.event(EventNoticeDecided,
		Facts{Code: string(outcome), Record: decision, Automatic: !by.Actor.isPerson()}, nil))
}

// Undecide takes an answer back because its decision was undone or reversed, and with it that the notice was found
// manifestly unfounded. When no answer is left the notice waits for a person again, with a new clock.
func (n *Notice) Undecide(by By, decision RecordID, p Periods) ([]Event, error) {
	if !slices.ContainsFunc(n.Answers, func(a NoticeAnswer) bool { return a.Decision == decision }) {
		return nil, wrongState(n, "undecided")
	}
	events := []Event{by.event(EventNoticeUndecided, Facts{Record: decision, Due: in(by.At, p.NoticeAnswer)}, nil)}
	if n.Unfounded { // as far as the answer that fell was right
		events = append(events, by.event(EventNoticeUnjudged, Facts{Record: decision}, nil))
	}
	return happened(n, events...)
}

// Triage answers a public report at an authority: a person drafts an order from it (order names the draft),
// refers it to a host, or takes no action, for reasons.
func (n *Notice) Triage(by By, result Result, order RecordID, host PartyID, reasons string) ([]Event, error) {
	if n.Channel != ChannelAuthority || n.Status != NoticeQueued {
		return nil, wrongState(n, "triaged")
	}
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	switch {
	case result == ResultDrafted && order.Valid() && host == "":
	case result == ResultReferred && order == "" && host.Valid():
	case result == ResultNoAction && order == "" && host == "":
	default:
		return nil, Invalid(ReasonUnknownValue, "result",
			"A report leads to the draft of an order, to a referral to a host, or to no action.")
	}
	least := 1
	if result == ResultDrafted { // the order says why
		least = 0
	}
	if err := checkText("reasons", reasons, least, mostReasons); err != nil {
		return nil, err
	}
	return happened(n, by.event(EventNoticeDecided,
		Facts{Code: string(result), Record: order, Party: host}, Text{reasons}))
}

// Ask sends a public report back from an authority's triage because it does not say enough to act on.
func (n *Notice) Ask(by By, missing []NoticeElement, p Periods) ([]Event, error) {
	if n.Channel != ChannelAuthority || n.Status != NoticeQueued {
		return nil, wrongState(n, "sent back")
	}
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	unknown := func(e NoticeElement) bool { return !slices.Contains(NoticeElements(), e) }
	if len(missing) == 0 || len(missing) > len(NoticeElements()) || slices.ContainsFunc(missing, unknown) {
		return nil, Invalid(ReasonMissing, "missing", "Say what is missing.")
	}
	return happened(n, by.event(EventNoticeIncomplete,
		Facts{Codes: codes(missing), Due: in(by.At, p.NoticeCompletion)}, nil))
}

// Inform records that the notifier was told of the decision, of the ways to contest it and of the automated
// means used (Art. 16(5), (6) DSA). way says how, as a code.
func (n *Notice) Inform(by By, way string) ([]Event, error) {
	if n.Status != NoticeDecided {
		return nil, wrongState(n, "told")
	}
	return happened(n, by.event(EventNoticeInformed,
		Facts{Code: way, Until: in(by.At, ComplaintPeriod)}, nil))
}

// Judge records that a person found the notice manifestly unfounded (Art. 23(2) DSA). Only an answered notice
// can be, and never because of what it was about.
func (n *Notice) Judge(by By, reasons string) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if n.Unfounded || !stateIn(n.Status, NoticeDecided, NoticeInformed) {
		return nil, wrongState(n, "found unfounded")
	}
	if slices.ContainsFunc(n.Answers, func(a NoticeAnswer) bool {
		return a.Result != ResultKeep && a.Result != ResultNoAction
	}) {
		return nil, Errorf(CodeConflict, ReasonWrongState, "Something of this notice was acted on: it was not unfounded.")
	}
	if err := checkText("reasons", reasons, 1, mostReasons); err != nil {
		return nil, err
	}
	return happened(n, by.event(EventNoticeJudged, Facts{}, Text{reasons}))
}

// Tick lets an incomplete notice lapse, and calls somebody about one that nobody answered.
func (n *Notice) Tick(by By, _ Periods) ([]Event, error) {
	if !passed(n.Due(), by.At) {
		return nil, nil
	}
	if n.Status == NoticeIncomplete {
		return happened(n, by.event(EventNoticeLapsed, Facts{}, nil))
	}
	return happened(n, by.event(EventNoticeOverdue, Facts{}, nil))
}
