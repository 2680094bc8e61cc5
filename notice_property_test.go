// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin"
)

// noticeModel is a notice as Art. 16 DSA has it: it lacks something or it does not, it waits, it has answers, and the
// notifier knows of them or not. It is kept apart from the code under test.
type noticeModel struct {
	clock    *testClock
	notice   *tocsin.Notice
	journal  journal
	public   bool // at an authority
	lacking  bool
	lapsed   bool
	waits    bool // before a person, or answered
	answers  map[tocsin.RecordID]tocsin.Outcome
	told     bool // of every answer
	toldAt   *time.Time
	complete *time.Time
	answer   *time.Time
}

func TestNoticeIsAnsweredAndTheNotifierIsTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &noticeModel{clock: newTestClock(t), journal: journal{kind: tocsin.KindNotice},
			answers: map[tocsin.RecordID]tocsin.Outcome{}}
		m.receive(t)
		t.Repeat(map[string]func(*rapid.T){
			"":           m.check,
			"pass":       func(t *rapid.T) { m.clock.pass(t, m.notice.Due()) },
			"restart":    func(t *rapid.T) { m.notice = m.journal.fold(t).(*tocsin.Notice) },
			"tick":       m.tick,
			"supplement": m.supplement,
			"unlocated":  m.unlocated,
			"queue":      m.queue,
			"ask":        m.ask,
			"decide":     m.decide,
			"undecide":   m.undecide,
			"inform":     m.inform,
		})
	})
}

func (m *noticeModel) by(t *rapid.T, actor tocsin.ActorID) tocsin.By {
	return tocsin.By{Actor: actor, At: m.clock.read(t)}
}

func drawForm(t *rapid.T) (tocsin.NoticeForm, bool) {
	form := noticeForm()
	form.Anonymous = rapid.Bool().Draw(t, "anonymous")
	if rapid.Bool().Draw(t, "no mail") {
		form.Email = ""
	}
	form.GoodFaith = rapid.IntRange(0, 3).Draw(t, "good faith") > 0
	return form, !form.GoodFaith || form.Email == "" && !form.Anonymous
}

func (m *noticeModel) receive(t *rapid.T) {
	a := tocsin.NoticeArrival{Channel: rapid.SampledFrom(tocsin.NoticeChannels()).Draw(t, "channel")}
	a.Form, m.lacking = drawForm(t)
	m.lacking = m.lacking && a.Channel != tocsin.ChannelReport
	a.Trusted, m.public = rapid.Bool().Draw(t, "trusted"), a.Channel == tocsin.ChannelAuthority
	n, events, err := tocsin.ReceiveNotice(m.by(t, tocsin.ActorClock), newID(tocsin.KindNotice), a, a.Form, periods)
	if err != nil {
		t.Fatal(err)
	}
	m.notice = n
	m.journal.took(t, n, events)
	if (n.ReceiptAt != nil) != (a.Form.Email != "" && !a.Form.Anonymous) || n.Trusted != a.Trusted {
		t.Fatalf("receipt %v for %q, trusted %v", n.ReceiptAt, a.Form.Email, n.Trusted)
	}
	m.clocks(t)
}

// clocks start when it is known whether the notice is complete.
func (m *noticeModel) clocks(*rapid.T) {
	if !m.lacking {
		m.complete, m.answer = nil, pointer(m.clock.at().Truncate(time.Microsecond).Add(periods.NoticeAnswer))
	} else if m.complete == nil {
		m.complete, m.answer = pointer(m.clock.at().Truncate(time.Microsecond).Add(periods.NoticeCompletion)), nil
	}
}

func (m *noticeModel) state() tocsin.NoticeState {
	switch {
	case m.lapsed:
		return tocsin.NoticeLapsed
	case m.lacking:
		return tocsin.NoticeIncomplete
	case !m.waits:
		return tocsin.NoticeComplete
	case len(m.answers) == 0:
		return tocsin.NoticeQueued
	case !m.told:
		return tocsin.NoticeDecided
	}
	return tocsin.NoticeInformed
}

func (m *noticeModel) check(t *rapid.T) {
	var due *time.Time
	switch m.state() {
	case tocsin.NoticeIncomplete:
		due = m.complete
	case tocsin.NoticeComplete, tocsin.NoticeQueued:
		due = m.answer
	}
	n := m.notice
	if n.Status != m.state() || !sameTime(n.Due(), due) || len(n.Answers) != len(m.answers) {
		t.Fatalf("%s due %v with %d answers, by law %s due %v with %d", n.Status, n.Due(), len(n.Answers), m.state(),
			due, len(m.answers))
	}
	for _, a := range n.Answers {
		if outcome, ok := m.answers[a.Decision]; !ok || string(outcome) != string(a.Result) {
			t.Fatalf("answer %+v was never given, or was taken back", a)
		}
	}
	open := len(m.answers) > 0 && (m.toldAt == nil || m.clock.at().Before(m.toldAt.Add(tocsin.ComplaintPeriod)))
	if n.Contestable(m.clock.at()) != open {
		t.Fatalf("contestable %v, told at %v, now %v", n.Contestable(m.clock.at()), m.toldAt, m.clock.at())
	}
}

// try runs a command and compares whether it was allowed.
func (m *noticeModel) try(t *rapid.T, allowed bool, do func() ([]tocsin.Event, error)) bool {
	before := encode(t, m.notice)
	events, err := do()
	if allowed != (err == nil) {
		t.Fatalf("in %s allowed %v: %v", m.state(), allowed, err)
	}
	if err != nil {
		refused(t, m.notice, before, events, err)
		return false
	}
	m.journal.took(t, m.notice, events)
	return true
}

func (m *noticeModel) tick(t *rapid.T) {
	state := m.state()
	fired := tickTwice(t, m.notice, m.by(t, tocsin.ActorClock), m.notice.Due())
	m.journal.took(t, m.notice, fired)
	if len(fired) == 0 {
		return
	}
	if state == tocsin.NoticeIncomplete {
		m.lapsed, m.complete = true, nil
	} else {
		m.answer = nil // rung once
	}
}

func (m *noticeModel) supplement(t *rapid.T) {
	form, lacking := drawForm(t)
	if m.try(t, m.state() == tocsin.NoticeIncomplete, func() ([]tocsin.Event, error) {
		return m.notice.Supplement(m.by(t, tocsin.ActorClock), form, false, form, periods)
	}) {
		m.lacking = lacking && m.notice.Channel != tocsin.ChannelReport
		m.clocks(t)
	}
}

func (m *noticeModel) unlocated(t *rapid.T) {
	alone := m.state() == tocsin.NoticeQueued && !m.public // with the one case the model gives it
	if m.try(t, m.state() == tocsin.NoticeComplete || alone, func() ([]tocsin.Event, error) {
		return m.notice.Unlocated(m.by(t, tocsin.ActorClock), periods)
	}) {
		m.lacking, m.waits = true, false
		m.clocks(t)
	}
}

func (m *noticeModel) queue(t *rapid.T) {
	var cases []tocsin.RecordID
	if rapid.Bool().Draw(t, "with a case") {
		cases = []tocsin.RecordID{newID(tocsin.KindCase)}
	}
	allowed := m.state() == tocsin.NoticeComplete && m.public == (cases == nil)
	if m.try(t, allowed, func() ([]tocsin.Event, error) {
		return m.notice.Queue(m.by(t, tocsin.ActorClock), cases)
	}) {
		m.waits = true
	}
}

func (m *noticeModel) ask(t *rapid.T) {
	missing := rapid.SampledFrom([][]tocsin.NoticeElement{nil, {tocsin.ElementReasons}, {"colour"}}).Draw(t, "missing")
	who := rapid.SampledFrom([]tocsin.ActorID{person(0), tocsin.ActorClock}).Draw(t, "who")
	allowed := m.state() == tocsin.NoticeQueued && m.public && who == person(0) && len(missing) == 1 &&
		missing[0] != "colour"
	if m.try(t, allowed, func() ([]tocsin.Event, error) { return m.notice.Ask(m.by(t, who), missing, periods) }) {
		m.lacking, m.waits = true, false
		m.clocks(t)
	}
}

func (m *noticeModel) decide(t *rapid.T) {
	decision, outcome := m.someDecision(t), tocsin.OutcomeKeep
	if rapid.Bool().Draw(t, "restrict") {
		outcome = tocsin.OutcomeRestrict
	}
	_, again := m.answers[decision]
	if m.try(t, m.waits && !again, func() ([]tocsin.Event, error) {
		return m.notice.Decide(m.by(t, person(0)), outcome, decision)
	}) {
		m.answers[decision], m.told, m.toldAt = outcome, false, nil // of this answer nobody knows
	}
}

// someDecision is a new one, or one that answered before.
func (m *noticeModel) someDecision(t *rapid.T) tocsin.RecordID {
	known := []tocsin.RecordID{newID(tocsin.KindDecision)}
	for _, a := range m.notice.Answers {
		known = append(known, a.Decision)
	}
	return rapid.SampledFrom(known).Draw(t, "decision")
}

func (m *noticeModel) undecide(t *rapid.T) {
	decision := m.someDecision(t)
	_, given := m.answers[decision]
	if m.try(t, given, func() ([]tocsin.Event, error) {
		return m.notice.Undecide(m.by(t, person(0)), decision, periods)
	}) {
		delete(m.answers, decision)
		m.told = m.told && len(m.answers) > 0
		if len(m.answers) == 0 {
			m.answer = pointer(m.clock.at().Truncate(time.Microsecond).Add(periods.NoticeAnswer))
		}
	}
}

func (m *noticeModel) inform(t *rapid.T) {
	if m.try(t, m.state() == tocsin.NoticeDecided, func() ([]tocsin.Event, error) {
		return m.notice.Inform(m.by(t, tocsin.ActorClock), "page")
	}) {
		m.told, m.toldAt = true, pointer(m.clock.at().Truncate(time.Microsecond))
	}
}
