// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin"
)

// complaintModel is a complaint as Art. 20 DSA has it: open until a person other than the deciders answers it, and then
// told.
type complaintModel struct {
	clock          *testClock
	complaint      *tocsin.Complaint
	journal        journal
	handler        tocsin.ActorID
	answer         tocsin.ComplaintState // empty while open
	told           bool
	undo           *time.Time // to when the answer can be taken back
	alarm, overdue *time.Time
}

func TestComplaintFollowsTheLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &complaintModel{clock: newTestClock(t), journal: journal{kind: tocsin.KindComplaint}}
		a := against()
		if rapid.Bool().Draw(t, "by the notifier") {
			a = tocsin.Against{From: tocsin.FromNotifier, Decision: a.Decision, Notice: newID(tocsin.KindNotice),
				Deciders: a.Deciders}
		}
		form := tocsin.ComplaintForm{Reasons: text}
		c, events, err := tocsin.ReceiveComplaint(m.by(t, tocsin.ActorClock), a, form, form, periods)
		if err != nil {
			t.Fatal(err)
		}
		m.complaint = c
		m.journal.took(t, c, events)
		received := m.clock.at().Truncate(time.Microsecond)
		m.alarm, m.overdue = pointer(received.Add(periods.ComplaintAlarm)), pointer(received.Add(periods.ComplaintAnswer))
		t.Repeat(map[string]func(*rapid.T){
			"":        m.check,
			"pass":    func(t *rapid.T) { m.clock.pass(t, m.complaint.Due()) },
			"restart": func(t *rapid.T) { m.complaint = m.journal.fold(t).(*tocsin.Complaint) },
			"tick":    m.tick,
			"assign":  m.assign,
			"answer":  m.answers,
			"inform":  m.inform,
			"undo":    m.takesBack,
		})
	})
}

func (m *complaintModel) by(t *rapid.T, actor tocsin.ActorID) tocsin.By {
	return tocsin.By{Actor: actor, At: m.clock.read(t)}
}

func (m *complaintModel) check(t *rapid.T) {
	want, due := m.answer, (*time.Time)(nil)
	switch {
	case want == "" && m.handler != "":
		want = tocsin.ComplaintAssigned
	case want == "":
		want = tocsin.ComplaintReceived
	}
	if m.answer == "" {
		due = earlier(m.alarm, m.overdue)
	}
	c := m.complaint
	if c.Status != want || !sameTime(c.Due(), due) || (c.InformedAt != nil) != m.told {
		t.Fatalf("%s due %v told %v, by law %s due %v told %v", c.Status, c.Due(), c.InformedAt, want, due, m.told)
	}
}

// actors are the decider, two others, a machine and another party.
var actors = []tocsin.ActorID{person(0), person(1), person(2), tocsin.ActorClock, "svc_machine",
	tocsin.ActorParty(host)}

func mayAnswer(who tocsin.ActorID) bool { return who == person(1) || who == person(2) }

func (m *complaintModel) tick(t *rapid.T) {
	fired := tickTwice(t, m.complaint, m.by(t, tocsin.ActorClock), m.complaint.Due())
	m.journal.took(t, m.complaint, fired)
	if m.answer != "" {
		return
	}
	if m.clock.reached(m.alarm) {
		m.alarm = nil
	}
	if m.clock.reached(m.overdue) {
		m.overdue = nil
	}
}

func (m *complaintModel) try(t *rapid.T, allowed bool, do func() ([]tocsin.Event, error)) bool {
	before := encode(t, m.complaint)
	events, err := do()
	if allowed != (err == nil) {
		t.Fatalf("answer %q, handler %q, allowed %v: %v", m.answer, m.handler, allowed, err)
	}
	if err != nil {
		refused(t, m.complaint, before, events, err)
		return false
	}
	m.journal.took(t, m.complaint, events)
	return true
}

func (m *complaintModel) assign(t *rapid.T) {
	to := rapid.SampledFrom(actors).Draw(t, "to")
	if m.try(t, m.answer == "" && mayAnswer(to) && to != m.handler, func() ([]tocsin.Event, error) {
		return m.complaint.Assign(m.by(t, person(0)), to)
	}) {
		m.handler = to
	}
}

func (m *complaintModel) answers(t *rapid.T) {
	who, uphold := rapid.SampledFrom(actors).Draw(t, "who"), rapid.Bool().Draw(t, "uphold")
	reasons := rapid.SampledFrom([]string{text, "", "too short"}).Draw(t, "reasons")
	do, answer := m.complaint.Reject, tocsin.ComplaintRejected
	if uphold {
		do, answer = m.complaint.Uphold, tocsin.ComplaintUpheld
	}
	by := m.by(t, who)
	allowed := m.answer == "" && mayAnswer(who) && (m.handler == "" || m.handler == who) && reasons == text
	if m.try(t, allowed, func() ([]tocsin.Event, error) { return do(by, reasons, time.Hour) }) {
		m.answer, m.undo = answer, pointer(by.At.Truncate(time.Microsecond).Add(time.Hour))
	}
}

// takesBack opens it again with the clocks it had, whoever had it.
func (m *complaintModel) takesBack(t *rapid.T) {
	if m.undo != nil && m.clock.at().Before(*m.undo) && rapid.IntRange(0, 3).Draw(t, "late") == 0 {
		m.clock.now = *m.undo
	}
	by := m.by(t, rapid.SampledFrom(actors).Draw(t, "who"))
	allowed := m.answer != "" && mayAnswer(by.Actor) && by.At.Before(*m.undo)
	if m.try(t, allowed, func() ([]tocsin.Event, error) { return m.complaint.TakeBack(by) }) {
		m.answer, m.told, m.undo = "", false, nil
	}
}

func (m *complaintModel) inform(t *rapid.T) {
	if m.try(t, m.answer != "" && !m.told, func() ([]tocsin.Event, error) {
		return m.complaint.Inform(m.by(t, tocsin.ActorClock), "page")
	}) {
		m.told = true
	}
}
