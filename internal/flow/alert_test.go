// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// pager is a messenger whose messages arrive, unless it is told that they do not.
type pager struct {
	mu   sync.Mutex
	sent []flow.Message
	fail error
	// written are mails to notifiers by their key, as a reader's mailbox has them: twice the same key is one mail.
	written map[string][]flow.NoticeMail
	arrives bool // what fails arrives all the same
}

func (p *pager) Channels() []flow.Channel {
	return []flow.Channel{flow.ChannelMail, flow.ChannelMatrix}
}

func (p *pager) Send(_ context.Context, m flow.Message) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return "", p.fail
	}
	p.sent = append(p.sent, m)
	return "$" + m.Key, nil
}

func (p *pager) WriteTo(_ context.Context, m flow.NoticeMail) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.fail != nil && !p.arrives:
		return p.fail
	case p.written == nil:
		p.written = map[string][]flow.NoticeMail{}
	}
	p.written[m.Key] = append(p.written[m.Key], m)
	return p.fail
}

func (p *pager) failing(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

// to gives what one person was sent over a channel about a topic.
func (p *pager) to(who *testkit.Person, c flow.Channel, topic tocsin.Topic) (list []flow.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.sent {
		if m.Person == idOf(who) && m.Channel == c && m.Topic == topic {
			list = append(list, m)
		}
	}
	return list
}

func (p *pager) all() []flow.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// watch is a host with three moderators who have a mail address each, two of them in the rota all week.
type watch struct {
	*testkit.World
	pager         *pager
	first, second *testkit.Person
	third         *testkit.Person
}

func newWatch(t *testing.T, on testkit.Engine) *watch {
	t.Helper()
	w := &watch{pager: &pager{}}
	w.World = testkit.New(t, testkit.Options{On: on, Alerts: true, Messenger: w.pager})
	w.first = w.Moderator
	for _, p := range []**testkit.Person{&w.second, &w.third} {
		hired, err := w.Host.Hire(t.Context(), tocsin.DutyModerator)
		if err != nil {
			t.Fatal(err)
		}
		*p = hired
	}
	for _, p := range []*testkit.Person{w.first, w.second, w.third} {
		w.reach(p, flow.Reach{})
	}
	keeper, err := w.Host.Hire(t.Context(), tocsin.DutyAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	plan := flow.RotaPlan{Backup: []tocsin.RecordID{idOf(w.second)}}
	for _, day := range flow.Weekdays() {
		plan.Slots = append(plan.Slots, flow.RotaSlot{Day: day, From: "00:00", To: "24:00", Zone: "Europe/Dublin",
			Person: idOf(w.first)})
	}
	if err := w.Host.Flow().ChangeRota(t.Context(), keeper.Actor, 0, plan); err != nil {
		t.Fatal(err)
	}
	w.seen(tocsin.TopicInformation, w.third)
	return w
}

// seen waits for an alert that only tells something, and acknowledges it.
func (w *watch) seen(topic tocsin.Topic, by *testkit.Person) {
	w.Helper()
	w.Until("people are told", func() bool { _, ok := w.alert(topic); return ok })
	a, _ := w.alert(topic)
	if err := w.Host.Flow().AcknowledgeAlert(w.Context(), by.Actor, a.ID); err != nil {
		w.Fatal(err)
	}
	if _, still := w.alert(topic); still {
		w.Errorf("%s was seen and is still an alert", topic)
	}
}

func (w *watch) reach(p *testkit.Person, r flow.Reach) {
	w.Helper()
	if r.Addresses == nil {
		r.Addresses = map[flow.Channel]string{flow.ChannelMail: string(p.Actor.ID)[4:12] + "@example.org"}
	}
	if err := w.Host.Flow().ChangeReach(w.Context(), p.Actor, r, "en"); err != nil {
		w.Fatal(err)
	}
}

// alert is the one alert of a topic at the host that is not cleared.
func (w *watch) alert(topic tocsin.Topic) (found flow.AlertView, ok bool) {
	w.Helper()
	list, _, err := w.Host.Flow().Alerts(w.Context(), testkit.Operator, flow.AlertFilter{})
	if err != nil {
		w.Fatal(err)
	}
	for _, a := range list {
		if a.Topic == topic {
			if ok {
				w.Fatalf("two alerts about %s", topic)
			}
			found, ok = a, true
		}
	}
	return found, ok
}

func (w *watch) order(reference string) tocsin.RecordID {
	w.Helper()
	_, received := w.Order(testkit.Draft(reference, testkit.Post(1)))
	w.Until("people are called", func() bool { _, ok := w.alert(tocsin.TopicOrder); return ok })
	return received
}

func (w *watch) mails(p *testkit.Person) int {
	return len(w.pager.to(p, flow.ChannelMail, tocsin.TopicOrder))
}

func TestOrderCallsWhoeverIsOnCallThenTheNextThenEverybody(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := newWatch(t, on)
		received := w.order("A-1")
		w.Until("the first is called", func() bool { return w.mails(w.first) == 1 })
		if w.mails(w.second)+w.mails(w.third) > 0 {
			t.Error("more than whoever is on call was called at once")
		}
		w.Pass(5 * time.Minute)
		w.Until("the second is called", func() bool { return w.mails(w.second) == 1 })
		if w.mails(w.third) > 0 {
			t.Error("the third was called with the second")
		}
		w.Pass(5*time.Minute - time.Second)
		w.Pass(time.Second)
		w.Until("everybody is called", func() bool { return w.mails(w.third) == 1 })
		m := w.pager.to(w.third, flow.ChannelMail, tocsin.TopicOrder)[0]
		deadline := w.Received(received).Deadline
		if m.About != received || m.Deadline == nil || !m.Deadline.Equal(*deadline) || !m.Urgent {
			t.Errorf("she was told %+v", m)
		}
		w.Drain()
		w.MustBeIntact(w.Host)
	})
}

func TestAcknowledgementEndsTheCallsAndIsNoReceipt(t *testing.T) {
	t.Parallel()
	w := newWatch(t, testkit.SQLite)
	received := w.order("A-2")
	w.Until("the first is called", func() bool { return w.mails(w.first) == 1 })
	before := w.Received(received)
	a, _ := w.alert(tocsin.TopicOrder)
	f := w.Host.Flow()
	for _, stranger := range []flow.Actor{w.Officer.Actor, testkit.Operator,
		{ID: "svc_x", Scopes: []string{"alert.read", "alert.acknowledge"}}} {
		if err := f.AcknowledgeAlert(t.Context(), stranger, a.ID); err == nil {
			t.Errorf("%s acknowledged", stranger.ID)
		}
	}
	for range 2 { // pressed twice
		if err := f.AcknowledgeAlert(t.Context(), w.first.Actor, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.AcknowledgeAlert(t.Context(), w.second.Actor, a.ID); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("two people took care: %v", err)
	}
	w.Pass(9 * time.Minute)
	w.Drain()
	if w.mails(w.second)+w.mails(w.third) > 0 {
		t.Error("more people were called after somebody acknowledged")
	}
	after := w.Received(received)
	if after.Status != before.Status || !after.Deadline.Equal(*before.Deadline) || !after.ReceivedAt.Equal(before.ReceivedAt) {
		t.Errorf("the order went from %s to %s", before.Status, after.Status)
	}
	w.Pass(time.Minute) // the order's own alarm: an acknowledgement does not answer it
	w.Until("she is called again", func() bool { return w.mails(w.first) == 2 })
	if a, _ = w.alert(tocsin.TopicOrder); a.Status != tocsin.AlertOpen {
		t.Errorf("after the alarm the alert is %s", a.Status)
	}
}

func TestHandledOrderClearsItsAlertAndTellsWhoeverWasCalled(t *testing.T) {
	t.Parallel()
	w := newWatch(t, testkit.SQLite)
	received := w.order("A-3")
	w.Until("the first is called", func() bool { return w.mails(w.first) == 1 })
	if n, err := w.Host.Flow().CountAlerts(t.Context(), w.second.Actor); err != nil || n != 1 {
		t.Errorf("the bell of a colleague says %d, %v", n, err)
	}
	w.Execute(received)
	w.Until("she is told that it is handled", func() bool { return w.mails(w.first) == 2 })
	last := w.pager.to(w.first, flow.ChannelMail, tocsin.TopicOrder)[1]
	if !last.Handled || last.Earlier == "" {
		t.Errorf("she was told %+v", last)
	}
	if n, err := w.Host.Flow().CountAlerts(t.Context(), w.second.Actor); err != nil || n != 0 {
		t.Errorf("after it was handled the bell says %d, %v", n, err)
	}
	w.Pass(time.Hour)
	w.Drain()
	if w.mails(w.second) > 0 {
		t.Error("a colleague was called after it was handled")
	}
	w.MustBeIntact(w.Host)
}

func TestMessageThatBecameMootIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWatch(t, testkit.SQLite)
	w.pager.failing(&tocsin.Error{Code: tocsin.CodeBusy, Reason: "no_answer"})
	received := w.order("A-4")
	w.Execute(received)
	w.Until("it is handled", func() bool { _, ok := w.alert(tocsin.TopicOrder); return !ok })
	w.pager.failing(nil)
	w.Drain()
	for _, m := range w.pager.all() {
		if m.Topic == tocsin.TopicOrder && !m.Handled {
			t.Errorf("called about what was handled: %+v", m)
		}
	}
}

func TestAddressThatIsRefusedForGoodIsToldToTheAdministrator(t *testing.T) {
	t.Parallel()
	w := newWatch(t, testkit.SQLite)
	w.pager.failing(&tocsin.Error{Code: tocsin.CodeInvalid, Reason: "address_refused"})
	w.order("A-5")
	w.Until("the failure is an alert", func() bool { _, ok := w.alert(tocsin.TopicWork); return ok })
	failed := w.Failed(w.Host)
	if !slices.Contains(failed, "notify: address_refused") {
		t.Errorf("failed: %v", failed)
	}
	w.pager.failing(nil)
	rows, err := w.Host.Flow().Jobs(t.Context(), testkit.Operator, true, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.FailedAt != nil {
			if err := w.Host.Flow().RerunJob(t.Context(), testkit.Operator, row.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Drain()
	if _, ok := w.alert(tocsin.TopicWork); ok {
		t.Error("the work runs again and is still an alert")
	}
}

// TestDyingProcessCallsNobodyTwiceAndForgetsNobody cuts each write of the host in turn, before and after it is
// durable, and starts the node again.
func TestDyingProcessCallsNobodyTwiceAndForgetsNobody(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := newWatch(t, on)
		for i, write := range []testkit.Write{testkit.WriteCommitJournal, testkit.WriteCommitOffer,
			testkit.WriteCommitJob, testkit.WriteCommitClaim} {
			for j, fault := range []testkit.Fault{testkit.Lost, testkit.Unheard} {
				issued := w.Approve(testkit.Draft("K-"+string(rune('a'+2*i+j)), testkit.Post(1+2*i+j)))
				w.Host.Faults.Next(write, fault, 1)
				w.Through("the order arrived", func() bool { return w.Issued(issued).ReceivedAt != nil })
				if err := w.Host.Restart(t.Context()); err != nil {
					t.Fatal(err)
				}
				w.Wake()
				want := 2*i + j + 1
				w.Through("she is called", func() bool { return len(keysOf(w.pager, w.first)) >= want })
				w.Host.Faults.Disarm()
			}
		}
		w.Drain()
		opened := map[tocsin.RecordID]int{}
		for _, h := range w.Journal(w.Host) {
			if h.Kind == tocsin.EventAlertOpened {
				opened[h.Facts.Record]++
			}
		}
		for about, times := range opened {
			if times != 1 {
				t.Errorf("%d alerts about %s", times, about)
			}
		}
		w.MustBeIntact(w.Host)
	})
}

// TestEventThatCallsNobodyWaitsForNoTurnToWrite loses each write that only notes how far the journal was followed. A host that
// screens makes more events than it could note one by one, and whoever an order calls would be called hours late.
func TestEventThatCallsNobodyWaitsForNoTurnToWrite(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := newWatch(t, on)
		w.Host.Faults.Down(testkit.WriteCommitPlace)
		_, received := w.Order(testkit.Draft("O-1", testkit.Post(1)))
		w.Until("she is called", func() bool { _, ok := w.alert(tocsin.TopicOrder); return ok })
		w.Execute(received)
		w.Until("it is over", func() bool { _, ok := w.alert(tocsin.TopicOrder); return !ok })
		w.Host.Faults.Up(testkit.WriteCommitPlace)
		w.Drain()
		w.MustBeIntact(w.Host)
	})
}

// keysOf gives the keys of the first calls to a person, each once: what a channel that knows keys shows her.
func keysOf(p *pager, who *testkit.Person) []string {
	var keys []string
	abouts := map[tocsin.RecordID]bool{}
	for _, m := range p.to(who, flow.ChannelMail, tocsin.TopicOrder) {
		if !abouts[m.About] {
			abouts[m.About] = true
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// TestNoMessageHoldsWhatAnybodyWrote takes an order full of a planted word through what calls people at all three
// parties, and looks at every message.
func TestNoMessageHoldsWhatAnybodyWrote(t *testing.T) {
	t.Parallel()
	p := &pager{}
	w := testkit.New(t, testkit.Options{Alerts: true, Messenger: p})
	for n, people := range map[*testkit.Node][]*testkit.Person{w.Host: {w.Moderator}, w.Supervisor: {w.Inspector},
		w.Authority: {w.Officer, w.Second, w.Approver}} {
		for _, who := range people {
			err := n.Flow().ChangeReach(t.Context(), who.Actor, flow.Reach{Addresses: map[flow.Channel]string{
				flow.ChannelMail: "bell@example.org", flow.ChannelMatrix: "!room:example.org"}}, "en")
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	eventfulAlerts(w, p)
	w.Drain()
	for _, m := range p.all() {
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if low := strings.ToLower(string(text)); strings.Contains(low, canary) || strings.Contains(low, "http") ||
			strings.Contains(low, strings.ToLower(testkit.BoardAddress)) {
			t.Errorf("a message holds content: %s", text)
		}
	}
}

// eventfulAlerts lets an order wait wherever somebody is called.
func eventfulAlerts(w *testkit.World, p *pager) {
	told := func(topic tocsin.Topic) {
		w.Helper()
		w.Until("people are told of "+string(topic), func() bool {
			return slices.ContainsFunc(p.all(), func(m flow.Message) bool { return m.Topic == topic && !m.Handled })
		})
	}
	ctx, f, h := w.Context(), w.Authority.Flow(), w.Host.Flow()
	w.Authority.Faults.Down(testkit.WriteSend)
	drafted, err := f.DraftOrder(ctx, w.Officer.Actor, "", planted(w, "1", 1))
	if err != nil {
		w.Fatal(err)
	}
	id := drafted.ID
	for _, who := range []*testkit.Person{w.Officer, w.Approver} {
		if err := who.Sign(ctx, id); err != nil {
			w.Fatal(err)
		}
		if who == w.Officer {
			told(tocsin.TopicApproval)
		}
	}
	w.Pass(11 * time.Minute)
	told(tocsin.TopicDelivery)
	w.Authority.Faults.Up(testkit.WriteSend)
	w.Through("the host has it", func() bool { return len(w.Records(w.Host, tocsin.KindReceivedOrder)) > 0 })
	told(tocsin.TopicOrder)
	told(tocsin.TopicScrutiny)
	received := w.Records(w.Host, tocsin.KindReceivedOrder)[0].ID
	w.Through("acknowledged", func() bool { return w.Issued(id).ReceivedAt != nil })
	w.Pass(61 * time.Minute)
	told(tocsin.TopicOverdue)
	form := tocsin.AnnexIII{Grounds: []tocsin.Ground{tocsin.GroundInsufficient}, Information: canary + " is missing",
		ClarificationNeeded: canary + " which one?", AuthorisedPerson: canary}
	if err := h.CannotExecute(ctx, w.Moderator.Actor, received, form); err != nil {
		w.Fatal(err)
	}
	told(tocsin.TopicClarification)
	stolen := w.Clock.Now().Add(-3 * time.Hour)
	w.Import(w.Host, w.Edition(func(d *tocsin.Directory) {
		testkit.KeyFor(d, testkit.Authority, tocsin.UseDocument).CompromisedSince = &stolen
	}))
	told(tocsin.TopicDoubt)
}

func TestNodeThatBeginsToFollowAnOldJournalTellsNoOldNews(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	w.Executed(testkit.Draft("O-1", testkit.Post(1)))
	_, waiting := w.Order(testkit.Draft("O-2", testkit.Post(2)))
	w.Clock.Advance(25 * time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- w.Host.Flow().Alert(ctx) }()
	var list []flow.AlertView
	w.Until("the waiting order calls", func() bool {
		list, _, _ = w.Host.Flow().Alerts(ctx, testkit.Operator, flow.AlertFilter{All: true})
		return len(list) > 0
	})
	w.Until("the journal is read", func() bool {
		list, _, _ = w.Host.Flow().Alerts(ctx, testkit.Operator, flow.AlertFilter{All: true})
		return len(list) > 0 && list[0].About == waiting
	})
	for _, a := range list {
		if a.About != waiting {
			t.Errorf("called about %s, a matter of %s that is over", a.About, a.Topic)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func idOf(p *testkit.Person) tocsin.RecordID { return tocsin.RecordID(p.Actor.ID) }
