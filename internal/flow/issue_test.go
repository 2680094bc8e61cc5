// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/testkit"
	"tocsin/wire"
)

// emergency is an order that does not wait for prior information.
func emergency(reference string, addresses ...string) tocsin.Order {
	o := testkit.Draft(reference, addresses...)
	o.Emergency = &tocsin.Emergency{Justification: "Test only: waiting would be too late in this case."}
	return o
}

func TestFirstOrderWaitsTwelveHoursAndThenIssuesItself(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Uninformed: true})
		start := w.Clock.Now()
		first := w.Approve(testkit.Draft("W-1", testkit.Post(1)))
		w.Clock.Advance(time.Hour)
		second := w.Approve(testkit.Draft("W-2", testkit.Post(2)))
		for _, id := range []tocsin.RecordID{first, second} {
			o := w.Issued(id)
			if o.Status != tocsin.IssuedWaiting || !o.Due().Equal(start.Add(12*time.Hour)) {
				t.Errorf("order is %s until %v; both wait until twelve hours after the first contact", o.Status, o.Due())
			}
		}
		urgent := w.Approve(emergency("W-3", testkit.Post(3)))
		w.MustReach(urgent, tocsin.IssuedRunning)

		w.Clock.Set(start.Add(12*time.Hour - time.Microsecond))
		w.Scan()
		if n := w.Count(w.Authority, tocsin.EventOrderIssued); n != 1 {
			t.Fatalf("%d orders left before the twelve hours were over, beside the emergency", n-1)
		}
		w.Pass(time.Microsecond) // nobody does anything: the clock alone
		for _, id := range []tocsin.RecordID{first, second} {
			w.MustReach(id, tocsin.IssuedRunning)
		}
		if o := w.Issued(first); !o.SentAt.Equal(start.Add(12 * time.Hour)) {
			t.Errorf("sent at %s, want exactly twelve hours after the information", o.SentAt)
		}
		third := w.Approve(testkit.Draft("W-4", testkit.Post(4)))
		w.MustReach(third, tocsin.IssuedRunning) // known for ever
		w.Drain()
		w.MustVerify()
	})
}

func TestEmergencyNeedsAJustification(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Uninformed: true, Down: []tocsin.PartyID{testkit.Host,
		testkit.Supervisor}})
	o := emergency("E-1", testkit.Post(1))
	o.Emergency.Justification = "urgent"
	_, err := w.Authority.Flow().DraftOrder(t.Context(), w.Officer.Actor, "", o)
	if tocsin.ReasonOf(err) != tocsin.ReasonMissing {
		t.Errorf("an emergency with no reason to speak of: %v", err)
	}
	id := w.Approve(emergency("E-2", testkit.Post(1)))
	if v := w.Issued(id); v.Status != tocsin.IssuedSent || !v.Emergency {
		t.Errorf("emergency order is %s, counted as one: %t", v.Status, v.Emergency)
	}
}

func TestCrossBorderOrderWithoutASupervisorToCopyIsRefused(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Host, testkit.Supervisor}})
		w.Import(w.Authority, w.Edition(func(d *tocsin.Directory) {
			testkit.Entry(d,
				testkit.Supervisor).Competences = nil
		}))
		drafted, err := w.Authority.Flow().DraftOrder(t.Context(), w.Officer.Actor, "", testkit.Draft("C-1",
			testkit.Post(1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Officer.Sign(t.Context(), drafted.ID); err != nil {
			t.Fatal(err)
		}
		before := w.Journal(w.Authority)
		if err := w.Approver.Sign(t.Context(), drafted.ID); tocsin.ReasonOf(err) != tocsin.ReasonUnknownParty {
			t.Errorf("an order that nobody can scrutinise was let go: %v", err)
		}
		if diff := cmp.Diff(before, w.Journal(w.Authority)); diff != "" {
			t.Errorf("what was refused left something behind:\n%s", diff)
		}
		// Once the State names its authority, the same signature is enough.
		w.Import(w.Authority, w.Edition(func(d *tocsin.Directory) {
			testkit.Entry(d, testkit.Supervisor).Competences = []tocsin.Competence{{Act: tocsin.ActScrutiny,
				From: testkit.Founded}}
		}))
		if err := w.Approver.Sign(t.Context(), drafted.ID); err != nil {
			t.Fatal(err)
		}
		if v := w.Issued(drafted.ID); v.Status != tocsin.IssuedSent || v.CopyTo != testkit.Supervisor {
			t.Errorf("order is %s with its copy to %q", v.Status, v.CopyTo)
		}
	})
}

func TestCopyLeavesInTheTransactionThatIssues(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor}})
		// draft, first signature, then this one
		w.Authority.Faults.Next(testkit.WriteCommitJournal, testkit.Lost, 2)
		drafted, err := w.Authority.Flow().DraftOrder(t.Context(), w.Officer.Actor, "", testkit.Draft("T-1",
			testkit.Post(1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Officer.Sign(t.Context(), drafted.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Approver.Sign(t.Context(), drafted.ID); err == nil {
			t.Fatal("the commit was to be lost")
		}
		if got := w.Kinds(w.Authority, drafted.ID); got != "drafted submitted" {
			t.Errorf("a lost commit left %q", got)
		}
		if err := w.Approver.Sign(t.Context(), drafted.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.Kinds(w.Authority, drafted.ID); !strings.HasPrefix(got,
			"drafted submitted approved issued copy_sent") {
			t.Errorf("issuing gave %q", got)
		}
		order := w.Issued(drafted.ID)
		if !order.SentAt.Equal(order.History[4].At) {
			t.Errorf("the order left at %s, its copy at %s", order.SentAt, order.History[4].At)
		}
		// The supervisor's node was down; the copy waits for it.
		w.MustReach(drafted.ID, tocsin.IssuedRunning)
		if err := w.Supervisor.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		if v := w.Issued(drafted.ID); v.CopyAt == nil {
			t.Error("the supervisor's receipt is missing")
		}
		received, err := w.Supervisor.Flow().Copy(t.Context(), w.Inspector.Actor, w.Copied("T-1"))
		if err != nil {
			t.Fatal(err)
		}
		if received.File.Signed != order.File.Signed {
			t.Error("the supervisor has another document than the host")
		}
		w.MustVerify()
	})
}

func TestNoReceiptInTenMinutesRaisesAnAlarmAndNeverCountsAsReceived(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor}})
		w.Authority.Faults.Down(testkit.SendTo(testkit.Host))
		id := w.Approve(testkit.Draft("D-1", testkit.Post(1)))
		sent := *w.Issued(id).SentAt
		w.Clock.Set(sent.Add(10*time.Minute - time.Microsecond))
		w.Scan()
		if w.Issued(id).Alarmed {
			t.Error("alarmed before ten minutes")
		}
		w.Clock.Set(sent.Add(10 * time.Minute))
		w.Scan()
		w.Clock.Set(sent.Add(5 * time.Hour))
		w.Scan()
		v := w.Issued(id)
		if !v.Alarmed || v.Status != tocsin.IssuedSent || v.ReceivedAt != nil || v.Deadline != nil {
			t.Errorf("after hours without a receipt: %s, alarmed %t, received %v, deadline %v", v.Status, v.Alarmed,
				v.ReceivedAt, v.Deadline)
		}
		if n := w.Count(w.Authority, tocsin.EventOrderDeliveryAlarm); n != 1 {
			t.Errorf("%d alarms", n)
		}
		if !strings.Contains(w.Logged(), "order.delivery_alarm") || !strings.Contains(w.Logged(), string(id)) {
			t.Error("nobody was called")
		}
		w.PutOff(w.Authority)
		w.Authority.Faults.Up(testkit.SendTo(testkit.Host))
		arrived := w.Clock.Advance(time.Hour)
		w.Wake()
		w.MustReach(id, tocsin.IssuedRunning)
		if v := w.Issued(id); !v.ReceivedAt.Equal(arrived) || !v.Deadline.Equal(arrived.Add(time.Hour)) {
			t.Errorf("received at %s until %s, want the hour from %s", v.ReceivedAt, v.Deadline, arrived)
		}
	})
}

func TestLatenessIsJudgedByTheTimeOfTheMeasure(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		inTime, receivedInTime := w.Order(testkit.Draft("L-1", testkit.Post(1)))
		late, receivedLate := w.Order(testkit.Draft("L-2", testkit.Post(2)))
		deadline := *w.Issued(late).Deadline
		w.Host.Faults.Down(testkit.SendTo(testkit.Authority)) // the feedback will not come through for a while
		w.Clock.Set(deadline)
		w.Execute(receivedInTime) // in its last moment
		w.MustStand(receivedInTime, tocsin.ReceivedConfirmed)
		w.Clock.Set(deadline.Add(time.Microsecond))
		w.Scan()
		for _, id := range []tocsin.RecordID{inTime, late} {
			if got := w.Issued(id).Status; got != tocsin.IssuedOverdue {
				t.Errorf("without feedback the order is %s", got)
			}
		}
		w.Execute(receivedLate)
		w.MustStand(receivedLate, tocsin.ReceivedConfirmed)
		w.Clock.Set(deadline.Add(2 * time.Hour))
		w.Host.Faults.Up(testkit.SendTo(testkit.Authority))
		w.Drain()
		if v := w.Issued(inTime); v.Status != tocsin.IssuedComplied || !v.MeasureAt.Equal(deadline) {
			t.Errorf("measure at the deadline, feedback two hours later: %s at %v", v.Status, v.MeasureAt)
		}
		if v := w.Issued(late); v.Status != tocsin.IssuedCompliedLate {
			t.Errorf("measure after the deadline: %s", v.Status)
		}
		if v, w := w.Received(receivedInTime), w.Received(receivedLate); v.Late || !w.Late {
			t.Errorf("the host judges otherwise: late %t and %t", v.Late, w.Late)
		}
		w.MustVerify()
	})
}

func TestLostReceiptIsMadeUpForByTheFeedback(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		w.Authority.Faults.Next(testkit.SendTo(testkit.Host), testkit.Unheard, 0)
		id := w.Approve(testkit.Draft("F-1", testkit.Post(1)))
		received := w.Arrived("F-1")
		at := w.Received(received).ReceivedAt
		w.Until("located", func() bool { return w.Received(received).Located })
		if v := w.Issued(id); v.ReceivedAt != nil {
			t.Fatal("the receipt was to be lost")
		}
		w.Execute(received)
		w.MustReach(id, tocsin.IssuedComplied)
		v := w.Issued(id)
		if !v.ReceivedAt.Equal(at) || !v.Deadline.Equal(at.Add(time.Hour)) {
			t.Errorf("received at %v until %v, want %s as the form says", v.ReceivedAt, v.Deadline, at)
		}
		w.Drain() // the order goes out once more and gets its original receipt
		if v := w.Issued(id); v.Status != tocsin.IssuedComplied || !v.ReceivedAt.Equal(at) {
			t.Errorf("the late receipt changed it: %s, received %v", v.Status, v.ReceivedAt)
		}
		// the host's and the supervisor's
		if got := w.Kinds(w.Authority, id); strings.Count(got, "acknowledged") != 2 {
			t.Errorf("history: %s", got)
		}
		w.MustVerify()
	})
}

func TestOrderRefusedByTheHostEndsThereWithItsReason(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		end := w.Clock.Now().Add(-time.Minute)
		w.Import(w.Host, w.Edition(func(d *tocsin.Directory) {
			testkit.Entry(d,
				testkit.Authority).Competences[0].Until = &end
		}))
		id := w.Approve(testkit.Draft("X-1", testkit.Post(1)))
		w.MustReach(id, tocsin.IssuedRefused)
		v := w.Issued(id)
		if v.Refusal != string(tocsin.RefusedMandateExpired) || v.ReceivedAt != nil || v.Deadline != nil {
			t.Errorf("refused for %q, received %v, deadline %v", v.Refusal, v.ReceivedAt, v.Deadline)
		}
		refusal, err := wire.Verify([]byte(v.File.Refusal), wire.Context{Directory: w.Directory,
			Audience: testkit.Authority,
			Now:      w.Clock.Now(), Demonstration: true})
		if err != nil || refusal.Issuer != testkit.Host {
			t.Errorf("the refusal does not stand for itself: %v", err)
		}
		if n := w.Count(w.Host, tocsin.EventRestrictionImposed, tocsin.EventReceivedAuthenticated); n != 0 {
			t.Errorf("a refused order had %d effects", n)
		}
		if n := w.Count(w.Host, tocsin.EventReceivedRefused); n != 1 {
			t.Errorf("the host counts %d refused requests", n)
		}
		w.Drain()
		if err := w.Authority.Flow().WithdrawOrder(t.Context(), w.Officer.Actor, id, "A mistake."); err == nil {
			t.Error("an order that never had an effect was withdrawn")
		}
	})
}

func TestOrderWithdrawnBeforeItsReceiptRestrictsNothing(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Host}})
		id := w.Approve(testkit.Draft("B-1", testkit.Post(1)))
		if err := w.Authority.Flow().WithdrawOrder(t.Context(), w.Officer.Actor, id, "A mistake."); err != nil {
			t.Fatal(err)
		}
		if err := w.Host.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		received := w.Received(w.Arrived("B-1"))
		if received.Status != tocsin.ReceivedWithdrawn || w.Count(w.Host, tocsin.EventRestrictionImposed) != 0 {
			t.Errorf("at the host it is %s", received.Status)
		}
		if v := w.Issued(id); v.Status != tocsin.IssuedWithdrawn || v.ReceivedAt == nil || v.Due() != nil {
			t.Errorf("at the authority it is %s, received %v, clock %v", v.Status, v.ReceivedAt, v.Due())
		}
		if c, err := w.Supervisor.Flow().Copy(t.Context(), w.Inspector.Actor, w.Copied("B-1")); err != nil ||
			c.Status != tocsin.CopyWithdrawn {
			t.Errorf("the supervisor's copy is %v, %v", c.Status, err)
		}
		for _, n := range []*testkit.Node{w.Authority, w.Host, w.Supervisor} {
			if failed := w.Failed(n); len(failed) > 0 {
				t.Errorf("%s gave up: %v", n.ID, failed)
			}
		}
		w.MustVerify()
	})
}
