// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/testkit"
)

// clocks is a world in which every legal clock of an order's life runs at once, and nobody does anything.
type clocks struct {
	*testkit.World
	start    time.Time
	received map[tocsin.RecordID]time.Time // the times of receipt at the host
}

// The references say which clocks an order leaves running.
const (
	waiting   = "C-waiting"   // twelve hours of prior information
	gaggedAt  = "C-gagged"    // gag on three sides, ratification at the host, scrutiny at the supervisor
	idle      = "C-idle"      // duty alarms and the hour at the host, the hour at the authority, scrutiny
	unheardOf = "C-unheardof" // no receipt: delivery alarm
)

// wound makes such a world, beginning at a time.
func wound(t *testing.T, on testkit.Engine, at time.Time) *clocks {
	t.Helper()
	w := testkit.New(t, testkit.Options{On: on, Uninformed: true, Clock: testkit.NewClock(at),
		Configure: func(c *config.Config) {
			a := &c.AutomaticExecution
			a.Enabled, a.TrustedFrom, a.RatifyWithin = true, 0, tocsin.EUPeriods().Ratification
		}})
	c := &clocks{World: w, start: at, received: map[tocsin.RecordID]time.Time{}}
	w.Approve(testkit.Draft(waiting, testkit.Post(1)))
	secret := emergency(gaggedAt, testkit.Post(2))
	secret.Gag = testkit.Gag(at, 26*time.Hour)
	w.MustReach(w.Approve(secret), tocsin.IssuedComplied)
	w.Order(emergency(idle, testkit.Collection()))
	w.Drain()
	w.Authority.Faults.Down(testkit.WriteSend)
	w.Approve(emergency(unheardOf, testkit.Post(3)))
	w.Until("the last order was offered to both", func() bool { return w.Authority.Faults.Struck() >= 2 })
	for _, o := range c.orders() {
		c.received[o.ID] = o.ReceivedAt
	}
	return c
}

func (c *clocks) orders() (list []*tocsin.ReceivedOrder) {
	c.Helper()
	for _, row := range c.Records(c.Host, tocsin.KindReceivedOrder) {
		list = append(list, c.Received(row.ID).ReceivedOrder)
	}
	return list
}

// due are all the moments at which something must happen, by the law and the policy of the profile.
func (c *clocks) due() (moments []time.Duration) {
	p := tocsin.EUPeriods()
	for _, d := range append(slices.Clone(p.DutyAlarms), p.DeliveryAlarm, p.Execution, p.PriorInformation,
		p.Ratification,
		p.PriorInformation+p.DeliveryAlarm, 26*time.Hour, p.Scrutiny) {
		if !slices.Contains(moments, d) {
			moments = append(moments, d)
		}
	}
	slices.Sort(moments)
	return moments
}

// rings counts what clocks did, on all sides.
func (c *clocks) rings() map[tocsin.EventKind]int {
	c.Helper()
	counts := map[tocsin.EventKind]int{}
	for _, n := range c.nodes() {
		for _, h := range c.Journal(n) {
			if h.Actor == tocsin.ActorClock && slices.Contains(ringing, h.Kind) {
				counts[h.Kind]++
			}
		}
	}
	return counts
}

var ringing = []tocsin.EventKind{tocsin.EventOrderDeliveryAlarm, tocsin.EventOrderOverdue,
	tocsin.EventOrderGagEnded,
	tocsin.EventReceivedAlarm, tocsin.EventReceivedDeadlinePassed, tocsin.EventReceivedRatificationLate,
	tocsin.EventReceivedGagEnded, tocsin.EventCopyLapsed, tocsin.EventCopyGagEnded, tocsin.EventOrderIssued}

// everyRing is what must have happened in the end. Peers cannot be reached: each order that leaves after the
// beginning raises an alarm and has no copy.
func everyRing(dutyAlarms int) map[tocsin.EventKind]int {
	return map[tocsin.EventKind]int{
		tocsin.EventOrderIssued: 4, tocsin.EventOrderDeliveryAlarm: 2, tocsin.EventOrderOverdue: 1,
		tocsin.EventOrderGagEnded: 1, tocsin.EventReceivedAlarm: dutyAlarms, tocsin.EventReceivedDeadlinePassed: 1,
		tocsin.EventReceivedRatificationLate: 1, tocsin.EventReceivedGagEnded: 1, tocsin.EventCopyLapsed: 2,
		tocsin.EventCopyGagEnded: 1,
	}
}

// mustHaveRung compares, and holds every time of receipt against what it was.
func (c *clocks) mustHaveRung(want map[tocsin.EventKind]int) {
	c.Helper()
	if diff := cmp.Diff(want, c.rings()); diff != "" {
		c.Errorf("rings (-want +got):\n%s", diff)
	}
	now := map[tocsin.RecordID]time.Time{}
	for _, o := range c.orders() {
		now[o.ID] = o.ReceivedAt
	}
	if !maps.EqualFunc(c.received, now, time.Time.Equal) {
		c.Errorf("times of receipt were %v and are %v", c.received, now)
	}
	for _, n := range c.nodes() {
		c.MustBeIntact(n)
	}
}

func (c *clocks) nodes() []*testkit.Node { return []*testkit.Node{c.Authority, c.Host, c.Supervisor} }

// The hours in which Europe's clocks go back and forward. All of ours is in UTC; the test says so.
var (
	autumn = time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	spring = time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC)
)

// TestLegalClocksRingOnceAcrossRestartsAndSummerTime is A4: it walks from moment to moment over the end of
// summer time, with all nodes closed and opened again on the way.
func TestLegalClocksRingOnceAcrossRestartsAndSummerTime(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		c := wound(t, on, autumn)
		for i, d := range c.due() {
			c.Clock.Set(c.start.Add(d - time.Microsecond))
			before := c.rings()
			c.Scan()
			if diff := cmp.Diff(before, c.rings()); diff != "" {
				t.Errorf("a moment before %s something rang:\n%s", d, diff)
			}
			n := c.nodes()[i%3] // is down over the moment itself
			if err := n.Stop(); err != nil {
				t.Fatal(err)
			}
			c.Clock.Set(c.start.Add(d))
			if err := n.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.Scan()
			c.Scan()
			if cmp.Equal(before, c.rings()) {
				t.Errorf("at %s nothing rang", d)
			}
		}
		c.mustHaveRung(everyRing(3))
	})
}

// TestLegalClocksRingOnceWhenTheClockIsStepped sets the clock back and forward around every moment.
func TestLegalClocksRingOnceWhenTheClockIsStepped(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		c := wound(t, on, spring)
		for _, d := range c.due() {
			for _, at := range []time.Duration{d - 25*time.Hour, d, d - time.Hour, d + time.Second, d - 100*time.Hour,
				d} {
				c.Clock.Set(c.start.Add(at))
				c.Scan()
			}
		}
		c.mustHaveRung(everyRing(3))
	})
}

// TestLegalClocksRingAfterALongSleep has every node down across everything.
func TestLegalClocksRingAfterALongSleep(t *testing.T) {
	t.Parallel()
	c := wound(t, testkit.SQLite, autumn)
	for _, n := range c.nodes() {
		if err := n.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	c.Clock.Set(autumn.Add(10 * 24 * time.Hour))
	for _, n := range c.nodes() {
		if err := n.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.Scan()
	c.Pass(11 * time.Minute)
	c.mustHaveRung(everyRing(1)) // one call says as much as three
}
