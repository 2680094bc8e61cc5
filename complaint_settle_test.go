// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin"
)

// settlementModel is a dispute out of court as Art. 21 DSA has it: the complainant chooses a body, the body has 90 days
// and 90 more, what it decides binds nobody, and the host says what it does about it.
type settlementModel struct {
	clock     *testClock
	complaint *tocsin.Complaint
	journal   journal
	state     tocsin.SettlementState
	due       *time.Time
	extended  bool
	outcome   tocsin.SettlementOutcome
}

func TestSettlementFollowsTheLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &settlementModel{clock: newTestClock(t), journal: journal{kind: tocsin.KindComplaint}}
		c, events, err := tocsin.ReceiveComplaint(m.by(t, tocsin.ActorClock), against(),
			tocsin.ComplaintForm{Reasons: text}, nil, periods)
		m.complaint = c
		m.journal.took(t, c, must(events, err))
		answer := c.Reject
		upheld := rapid.IntRange(0, 5).Draw(t, "upheld") == 0
		if upheld {
			answer = c.Uphold
		}
		events, err = answer(m.by(t, person(1)), text, 0)
		m.journal.took(t, c, must(events, err))
		t.Repeat(map[string]func(*rapid.T){
			"":        m.check,
			"pass":    func(t *rapid.T) { m.clock.pass(t, m.due) },
			"restart": func(t *rapid.T) { m.complaint = m.journal.fold(t).(*tocsin.Complaint) },
			"name":    func(t *rapid.T) { m.name(t, upheld) },
			"refer":   m.refer,
			"extend":  m.extend,
			"settle":  m.settle,
			"effect":  m.effect,
		})
	})
}

func (m *settlementModel) by(t *rapid.T, actor tocsin.ActorID) tocsin.By {
	return tocsin.By{Actor: actor, At: m.clock.read(t)}
}

func (m *settlementModel) check(t *rapid.T) {
	s := m.complaint.Settlement
	if s == nil {
		s = &tocsin.Settlement{}
	}
	if s.State != m.state || s.Outcome != m.outcome || s.Extended != m.extended || !sameTime(s.DueAt, m.due) {
		t.Fatalf("settlement %+v, by law %s %s due %v", s, m.state, m.outcome, m.due)
	}
	if m.complaint.Open() || m.complaint.Due() != nil {
		t.Fatalf("the answer was given, and %s waits until %v", m.complaint.Status, m.complaint.Due())
	}
}

func (m *settlementModel) try(t *rapid.T, allowed bool, do func(tocsin.By) ([]tocsin.Event, error)) bool {
	who := rapid.SampledFrom(actors).Draw(t, "who")
	before := encode(t, m.complaint)
	events, err := do(m.by(t, who))
	if (allowed && mayAnswer(who)) != (err == nil) {
		t.Fatalf("in %q as %s: %v", m.state, who, err)
	}
	if err != nil {
		refused(t, m.complaint, before, events, err)
		return false
	}
	m.journal.took(t, m.complaint, events)
	return true
}

func (m *settlementModel) name(t *rapid.T, upheld bool) {
	body := rapid.SampledFrom([]string{text, "", "A"}).Draw(t, "body")
	allowed := !upheld && body == text && (m.state == "" || m.state == tocsin.SettlementNamed)
	if m.try(t, allowed, func(by tocsin.By) ([]tocsin.Event, error) { return m.complaint.NameBody(by, body) }) {
		m.state = tocsin.SettlementNamed
	}
}

func (m *settlementModel) refer(t *rapid.T) {
	at := rapid.SampledFrom([]time.Time{m.complaint.ReceivedAt, m.complaint.ReceivedAt.Add(-time.Hour),
		m.clock.at().Add(1000 * time.Hour)}).Draw(t, "at")
	allowed := m.state == tocsin.SettlementNamed && at.Equal(m.complaint.ReceivedAt) && !m.clock.at().Before(at)
	if m.try(t, allowed, func(by tocsin.By) ([]tocsin.Event, error) { return m.complaint.Refer(by, at) }) {
		m.state, m.due = tocsin.SettlementReferred, pointer(at.Truncate(time.Microsecond).Add(tocsin.SettlementPeriod))
	}
}

func (m *settlementModel) extend(t *rapid.T) {
	if m.try(t, m.state == tocsin.SettlementReferred && !m.extended, m.complaint.ExtendSettlement) {
		m.extended, m.due = true, pointer(m.due.Add(tocsin.SettlementPeriod))
	}
}

func (m *settlementModel) settle(t *rapid.T) {
	outcome := rapid.SampledFrom(append(tocsin.SettlementOutcomes(), "perhaps")).Draw(t, "outcome")
	allowed := outcome != "perhaps" && (m.state == tocsin.SettlementReferred ||
		m.state == tocsin.SettlementNamed && outcome == tocsin.SettlementDropped)
	if m.try(t, allowed, func(by tocsin.By) ([]tocsin.Event, error) { return m.complaint.Settle(by, outcome, text) }) {
		m.state, m.outcome = tocsin.SettlementDecided, outcome
	}
}

func (m *settlementModel) effect(t *rapid.T) {
	effect := rapid.SampledFrom([]tocsin.SettlementEffect{tocsin.EffectImplemented, tocsin.EffectNotImplemented, "later"}).
		Draw(t, "effect")
	asks := m.outcome == tocsin.SettledForComplainant || m.outcome == tocsin.SettledInPart
	allowed := m.state == tocsin.SettlementDecided && (effect == tocsin.EffectNotImplemented ||
		effect == tocsin.EffectImplemented && asks)
	if m.try(t, allowed, func(by tocsin.By) ([]tocsin.Event, error) {
		return m.complaint.ConcludeSettlement(by, effect, text)
	}) {
		m.state = tocsin.SettlementClosed
	}
}

// TestUnfoundedNoticeIsUncountedWhenItsAnswerFalls holds for the notice, and for the count that it caused.
func TestUnfoundedNoticeIsUncountedWhenItsAnswerFalls(t *testing.T) {
	t.Parallel()
	n, _ := receivedNotice(noon, nil)
	decision := newID(tocsin.KindDecision)
	ok(t)(n.Queue(party(noon), []tocsin.RecordID{newID(tocsin.KindCase)}))
	ok(t)(n.Decide(officer(0, noon), tocsin.OutcomeKeep, decision))
	ok(t)(n.Judge(officer(0, noon), text))
	ok(t)(n.Undecide(officer(1, noon), decision, periods))
	if n.Unfounded {
		t.Error("the answer fell, and the notice is still unfounded")
	}
	m, _ := countedMisuse(noon, 5)
	ok(t)(m.Warn(officer(0, noon), text))
	after := newID(tocsin.KindNotice)
	_, events, err := tocsin.CountMisuse(officer(0, noon), m, after, nil, periods)
	ok(t)(events, err)
	ok(t)(m.Uncount(officer(1, noon), m.Notices[0])) // from before the warning
	if m.Unfounded != 5 || m.Since != 1 {
		t.Errorf("%d unfounded, %d since the warning", m.Unfounded, m.Since)
	}
	ok(t)(m.Suspend(officer(0, noon), noon.Add(week), text))
	if m.Waits() {
		t.Error("nobody objects, and somebody has to look")
	}
	ok(t)(m.Uncount(officer(1, noon), after))
	if m.Unfounded != 4 || m.Since != 0 || !m.Waits() {
		t.Errorf("%d unfounded, %d since the warning, waits %v", m.Unfounded, m.Since, m.Waits())
	}
	if events, err := m.Uncount(officer(1, noon), after); err != nil || len(events) > 0 {
		t.Errorf("taken back twice: %v %v", events, err)
	}
}

// TestObjectionIsAnsweredByAnother: by lifting the suspension, or by saying why it stands.
func TestObjectionIsAnsweredByAnother(t *testing.T) {
	t.Parallel()
	m, _ := countedMisuse(noon, 5)
	ok(t)(m.Warn(officer(0, noon), text))
	_, events, err := tocsin.CountMisuse(officer(0, noon), m, newID(tocsin.KindNotice), nil, periods)
	ok(t)(events, err)
	ok(t)(m.Suspend(officer(0, noon), noon.Add(week), text))
	if _, err := m.Confirm(officer(1, noon), text); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("answered before anybody objected: %v", err)
	}
	ok(t)(m.Contest(party(noon), nil))
	if _, err := m.Confirm(officer(0, noon), text); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson || !m.Waits() {
		t.Errorf("answered by who suspended: %v", err)
	}
	ok(t)(m.Confirm(officer(1, noon), text))
	if m.Waits() || !m.Suspended(noon) {
		t.Error("it was answered and still waits")
	}
	warned, _ := countedMisuse(noon, 5)
	ok(t)(warned.Warn(officer(0, noon), text))
	ok(t)(warned.Lift(officer(0, noon), text))
	if warned.Status != tocsin.MisuseNone {
		t.Errorf("a warning that was taken back: %s", warned.Status)
	}
}
