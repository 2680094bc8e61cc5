// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin"
)

// issuerModel is the order at the authority as the Regulation has it, written from the law and not from the
// code. Durations are written out, so that a changed profile does not change the model with it.
type issuerModel struct {
	state               string
	digest              tocsin.Digest
	drafter, submitter  tocsin.ActorID
	emergency, foreign  bool
	informed            map[tocsin.PartyID]time.Time // when each host was sent the information of Art. 3(2)
	waitUntil           *time.Time
	sent                *time.Time
	alarmed             bool
	received, deadline  *time.Time
	measured            *time.Time
	gag                 *time.Time
	copyDone, saidNo    bool
	mayComply, withdraw []string
}

// due is the next instant at which the law makes something happen by itself.
func (m *issuerModel) due() *time.Time {
	clock := map[string]*time.Time{"waiting": m.waitUntil, "running": m.deadline}[m.state]
	if m.state == "sent" && !m.alarmed {
		clock = pointer(m.sent.Add(10 * time.Minute))
	}
	return earlier(clock, m.gag)
}

// priorInformation says whether Art. 3(2) is satisfied at a time.
func (m *issuerModel) priorInformation(to tocsin.PartyID, at time.Time) bool {
	sent, ok := m.informed[to]
	return m.emergency || ok && !at.Before(sent.Add(12*time.Hour))
}

// issuer drives the real order and the model side by side.
type issuer struct {
	clock    *testClock
	journal  journal
	order    *tocsin.IssuedOrder
	text     tocsin.Order
	contacts map[tocsin.PartyID]*tocsin.Contact
	model    issuerModel
}

func TestIssuedOrderFollowsTheLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newIssuer(t)
		for range rapid.IntRange(0, 4).Draw(t, "straight steps first") {
			s.straight(t)
		}
		t.Repeat(map[string]func(*rapid.T){
			"":          s.check,
			"pass":      func(t *rapid.T) { s.clock.pass(t, s.order.Due()) },
			"restart":   s.restart,
			"tick":      s.tick,
			"revise":    seldom(s.revise),
			"submit":    s.submit,
			"approve":   s.approve,
			"return":    s.giveBack,
			"abandon":   seldom(s.abandon),
			"inform":    s.inform,
			"wait":      s.wait,
			"issue":     s.issue,
			"receipt":   s.receipt,
			"refusal":   seldom(s.refusal),
			"annex ii":  seldom(s.annexII),
			"annex iii": s.annexIII,
			"clarify":   s.clarify,
			"rearm":     s.rearm,
			"withdraw":  seldom(s.withdraw),
			"copy":      s.copyReceipt,
			"send copy": s.sendCopy,
			"straight":  s.straight,
		})
	})
}

func newIssuer(t *rapid.T) *issuer {
	s := &issuer{clock: newTestClock(t), journal: journal{kind: tocsin.KindIssuedOrder},
		contacts: map[tocsin.PartyID]*tocsin.Contact{}}
	s.text = completeOrder(s.clock.at())
	foreign := rapid.Bool().Draw(t, "foreign")
	if !foreign {
		s.text.Annex.Heading.EstablishmentState = "FR"
		s.text.Annex.Copy = tocsin.CopyStatement{}
	}
	if rapid.IntRange(0, 2).Draw(t, "emergency") == 0 {
		s.text.Emergency = &tocsin.Emergency{Justification: text}
	}
	by, digest := s.by(t), tocsin.DigestOf([]byte(s.text.ID))
	o, events, err := tocsin.DraftOrder(by, s.text, digest, tocsin.EUPeriods())
	if err != nil {
		t.Fatal(err)
	}
	s.order = o
	s.journal.took(t, o, events)
	s.model = issuerModel{state: "draft", digest: digest, drafter: by.Actor, emergency: s.text.Emergency != nil,
		foreign: foreign, informed: map[tocsin.PartyID]time.Time{},
		mayComply: []string{"running", "overdue", "impeded", "clarify", "withdrawn"},
		withdraw:  []string{"sent", "running", "overdue", "impeded", "clarify", "complied", "complied_late"}}
	return s
}

// by is one of three officers, at the time their machine tells.
func (s *issuer) by(t *rapid.T) tocsin.By {
	return tocsin.By{Actor: person(rapid.IntRange(0, 2).Draw(t, "officer")), At: s.clock.read(t)}
}

// check compares the order with the model.
func (s *issuer) check(t *rapid.T) {
	o, m := s.order, s.model
	if o.State() != m.state {
		t.Fatalf("it is %s, by law %s", o.State(), m.state)
	}
	if !sameTime(o.Due(), m.due()) {
		t.Fatalf("%s: due %v, by law %v", m.state, o.Due(), m.due())
	}
	if !sameTime(o.ReceivedAt, m.received) || !sameTime(o.Deadline, m.deadline) ||
		!sameTime(o.MeasureAt, m.measured) {
		t.Fatalf("received %v, deadline %v, measure %v; by law %v, %v, %v", o.ReceivedAt, o.Deadline, o.MeasureAt,
			m.received, m.deadline, m.measured)
	}
}

// did compares what a command did with whether the law allows it.
func (s *issuer) did(t *rapid.T, allowed bool, before string, events []tocsin.Event, err error) bool {
	t.Helper()
	if allowed != (err == nil) {
		t.Fatalf("from %s: allowed by law %v, but %v", s.model.state, allowed, err)
	}
	if err != nil {
		refused(t, s.order, before, events, err)
		return false
	}
	s.journal.took(t, s.order, events)
	return true
}

func (s *issuer) in(states ...string) bool { return slices.Contains(states, s.model.state) }

func (s *issuer) restart(t *rapid.T) {
	s.order = s.journal.fold(t).(*tocsin.IssuedOrder)
}

func (s *issuer) tick(t *rapid.T) {
	if due := s.order.Due(); due != nil && rapid.Bool().Draw(t, "when due") {
		s.clock.now = *due
	}
	by, due, waiting := tocsin.By{Actor: tocsin.ActorClock, At: s.clock.read(t)}, s.order.Due(), s.in("waiting")
	if waiting { // the end of the twelve hours needs a signature, which no clock can give
		due = s.model.gag
	}
	s.journal.took(t, s.order, tickTwice(t, s.order, by, due))
	m := &s.model
	if s.in("sent") && !m.alarmed && s.clock.reached(pointer(m.sent.Add(10*time.Minute))) {
		m.alarmed = true // and it stays sent: an alarm is no receipt
	}
	if s.in("running") && s.clock.reached(m.deadline) {
		m.state = "overdue"
	}
	if s.clock.reached(m.gag) {
		m.gag = nil
	}
}

func (s *issuer) revise(t *rapid.T) {
	by, before := s.by(t), encode(t, s.order)
	order := s.text
	foreign := rapid.IntRange(0, 3).Draw(t, "text of another order") == 0
	if foreign {
		order.ID = newID(tocsin.KindIssuedOrder)
	}
	digest := tocsin.DigestOf([]byte(rapid.StringN(8, 8, -1).Draw(t, "bytes")))
	events, err := s.order.Revise(by, order, digest, tocsin.EUPeriods())
	if s.did(t, s.in("draft", "submitted") && !foreign, before, events, err) {
		s.model.state, s.model.digest, s.model.drafter, s.model.submitter = "draft", digest, by.Actor, ""
	}
}

// digest is mostly that of the draft, and sometimes of something else that was shown.
func (s *issuer) digest(t *rapid.T) tocsin.Digest {
	if rapid.IntRange(0, 4).Draw(t, "other bytes") == 0 {
		return tocsin.DigestOf([]byte("other bytes"))
	}
	return s.model.digest
}

func (s *issuer) submit(t *rapid.T) {
	by, digest, before := s.by(t), s.digest(t), encode(t, s.order)
	events, err := s.order.Submit(by, digest, tocsin.Text{Text: text})
	if s.did(t, s.in("draft") && digest == s.model.digest, before, events, err) {
		s.model.state, s.model.submitter = "submitted", by.Actor
	}
}

func (s *issuer) approve(t *rapid.T) {
	by, digest, before, m := s.by(t), s.digest(t), encode(t, s.order), &s.model
	events, err := s.order.Approve(by, digest, tocsin.Text{Text: text})
	another := by.Actor != m.submitter && by.Actor != m.drafter
	if s.did(t, s.in("submitted") && another && digest == m.digest, before, events, err) {
		m.state = "approved"
	}
}

func (s *issuer) giveBack(t *rapid.T) {
	before := encode(t, s.order)
	events, err := s.order.Return(s.by(t), text)
	if s.did(t, s.in("submitted"), before, events, err) {
		s.model.state, s.model.submitter = "draft", ""
	}
}

func (s *issuer) abandon(t *rapid.T) {
	before := encode(t, s.order)
	events, err := s.order.Abandon(s.by(t), text)
	if s.did(t, s.in("draft", "submitted", "approved", "waiting"), before, events, err) {
		s.model.state = "abandoned"
	}
}

// inform sends the information of Art. 3(2) to this host or to another.
func (s *issuer) inform(t *rapid.T) {
	to := rapid.SampledFrom([]tocsin.PartyID{host, otherHost}).Draw(t, "to")
	if s.contacts[to] != nil {
		return
	}
	by := s.by(t)
	c, events, err := tocsin.InformHost(by, newID(tocsin.KindContact), to, tocsin.Text{Text: text},
		tocsin.EUPeriods())
	if err != nil {
		t.Fatal(err)
	}
	(&journal{kind: tocsin.KindContact}).took(t, c, events)
	s.contacts[to], s.model.informed[to] = c, s.clock.at()
}

func (s *issuer) wait(t *rapid.T) {
	sent, ok := s.model.informed[host]
	if !ok {
		return
	}
	until, before := sent.Add(12*time.Hour), encode(t, s.order)
	events, err := s.order.HostInformed(s.by(t), *s.contacts[host].ReadyAt)
	if s.did(t, s.in("approved"), before, events, err) {
		s.model.state, s.model.waitUntil = "waiting", &until
	}
}

// issue tries with the right contact, another host's, or none; with and without a copy and a gag.
func (s *issuer) issue(t *rapid.T) {
	m, before := &s.model, encode(t, s.order)
	contact := s.contacts[rapid.SampledFrom([]tocsin.PartyID{host, host, otherHost, "none"}).Draw(t, "contact")]
	known := contact != nil && contact.With == host && m.priorInformation(host, s.clock.at())
	var copyTo tocsin.PartyID
	if rapid.IntRange(0, 3).Draw(t, "copy") == 0 != m.foreign {
		copyTo = supervisor
	}
	var gag *time.Time
	weeks := rapid.SampledFrom([]int{0, 0, 2, 6, 7}).Draw(t, "weeks of gag")
	if weeks > 0 {
		gag = pointer(s.clock.at().Add(time.Duration(weeks) * 7 * 24 * time.Hour))
	}
	by := s.by(t)
	events, err := s.order.Issue(by, contact, tocsin.DigestOf([]byte("signed")), copyTo, gag, tocsin.EUPeriods())
	allowed := s.in("approved", "waiting") && (known || m.emergency) && m.foreign == (copyTo != "") && weeks <= 6
	if s.did(t, allowed, before, events, err) {
		m.state, m.sent, m.gag = "sent", pointer(s.clock.at()), gag
	}
}

func (s *issuer) receipt(t *rapid.T) {
	m, before := &s.model, encode(t, s.order)
	at := s.told(t)
	events, err := s.order.Acknowledge(s.by(t), s.elsewhere(t, at), tocsin.Text{Text: text}, tocsin.EUPeriods())
	if !s.did(t, s.in("sent", "withdrawn") && m.received == nil && !m.saidNo, before, events, err) {
		return
	}
	m.received = &at
	if s.in("sent") {
		m.state, m.deadline = "running", pointer(at.Add(time.Hour))
	}
}

// told is a time that the host's document tells, near now.
func (s *issuer) told(t *rapid.T) time.Time {
	if s.model.deadline != nil && rapid.Bool().Draw(t, "at the deadline") {
		around := rapid.SampledFrom([]time.Duration{-time.Microsecond, 0, time.Microsecond}).Draw(t, "around")
		return s.model.deadline.Add(around)
	}
	return s.clock.at().Add(-time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes ago")) * time.Minute)
}

// elsewhere is the same instant as another machine writes it.
func (s *issuer) elsewhere(t *rapid.T, at time.Time) time.Time { return (&testClock{now: at}).read(t) }

func (s *issuer) refusal(t *rapid.T) {
	m, before := &s.model, encode(t, s.order)
	events, err := s.order.RefusedByHost(s.by(t), tocsin.RefusedWrongKey, tocsin.Text{Text: text})
	if !s.did(t, s.in("sent", "withdrawn") && m.received == nil && !m.saidNo, before, events, err) {
		return
	}
	if m.saidNo = true; s.in("sent") {
		m.state = "refused"
	}
}

func (s *issuer) annexII(t *rapid.T) {
	m, at, before := &s.model, s.told(t), encode(t, s.order)
	events, err := s.order.Comply(s.by(t), s.elsewhere(t, at), feedback(at))
	if !s.did(t, s.in(m.mayComply...) && m.measured == nil, before, events, err) {
		return
	}
	if m.measured = &at; s.in("withdrawn") {
		return // it had been done before it was withdrawn
	}
	late := m.deadline != nil && at.After(*m.deadline)
	if m.state = "complied"; late {
		m.state = "complied_late"
	}
}

func (s *issuer) annexIII(t *rapid.T) {
	m, before := &s.model, encode(t, s.order)
	ground := rapid.SampledFrom([]tocsin.Ground{tocsin.GroundForceMajeure, tocsin.GroundManifestError,
		tocsin.GroundInsufficient}).Draw(t, "ground")
	events, err := s.order.Impede(s.by(t), ground, impossibility(s.clock.at(), ground))
	if !s.did(t, s.in("running", "overdue"), before, events, err) {
		return
	}
	if m.state, m.deadline = "clarify", nil; ground == tocsin.GroundForceMajeure {
		m.state = "impeded"
	}
}

func (s *issuer) clarify(t *rapid.T) {
	before := encode(t, s.order)
	events, err := s.order.Clarify(s.by(t), text)
	s.did(t, s.in("clarify"), before, events, err)
}

// rearm must give exactly the told instant and one hour, whatever was left before.
func (s *issuer) rearm(t *rapid.T) {
	at, before := s.told(t), encode(t, s.order)
	events, err := s.order.Rearm(s.by(t), s.elsewhere(t, at), tocsin.EUPeriods())
	if s.did(t, s.in("impeded", "clarify"), before, events, err) {
		s.model.state, s.model.deadline = "running", pointer(at.Add(time.Hour))
	}
}

func (s *issuer) withdraw(t *rapid.T) {
	before := encode(t, s.order)
	events, err := s.order.Withdraw(s.by(t), text)
	if s.did(t, s.in(s.model.withdraw...), before, events, err) {
		s.model.state = "withdrawn"
	}
}

func (s *issuer) copyReceipt(t *rapid.T) {
	m, before := &s.model, encode(t, s.order)
	events, err := s.order.CopyAcknowledged(s.by(t), s.elsewhere(t, s.clock.at()))
	if s.did(t, m.sent != nil && m.foreign && !m.copyDone, before, events, err) {
		m.copyDone = true
	}
}

func (s *issuer) sendCopy(t *rapid.T) {
	before := encode(t, s.order)
	events, err := s.order.SendCopy(s.by(t))
	s.did(t, s.in("sent") && s.model.foreign, before, events, err)
}

// straight takes the order a step towards the host, so that runs spend their time where the law is richest.
func (s *issuer) straight(t *rapid.T) {
	m, clerk := &s.model, func(n int) tocsin.By { return tocsin.By{Actor: person(n), At: s.clock.read(t)} }
	step := func(events []tocsin.Event, err error) {
		if err != nil {
			t.Fatal(err)
		}
		s.journal.took(t, s.order, events)
	}
	switch {
	case s.in("draft", "submitted"):
		step(s.order.Revise(clerk(0), s.text, m.digest, tocsin.EUPeriods()))
		step(s.order.Submit(clerk(0), m.digest, nil))
		step(s.order.Approve(clerk(1), m.digest, nil))
		m.state, m.drafter, m.submitter = "approved", person(0), person(0)
	case s.in("approved", "waiting"):
		if s.contacts[host] == nil {
			s.inform(t)
		}
		if s.contacts[host] != nil && !m.priorInformation(host, s.clock.at()) {
			s.clock.now = m.informed[host].Add(12 * time.Hour)
		}
		s.issue(t)
	case s.in("sent"):
		s.receipt(t)
	}
}

// seldom keeps what ends an order from ending most runs.
func seldom(do func(*rapid.T)) func(*rapid.T) {
	return func(t *rapid.T) {
		if rapid.IntRange(0, 7).Draw(t, "seldom") == 0 {
			do(t)
		}
	}
}
