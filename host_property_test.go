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

// hosted is one order at the host: what the code made of it, and what the law makes of it.
type hosted struct {
	order   *tocsin.ReceivedOrder
	journal *journal
	model   *orderAtHost
}

// hostNode is a host with a few items and the orders that name them, several orders an item.
type hostNode struct {
	clock   *testClock
	orders  []*hosted
	items   []*tocsin.Item
	files   map[tocsin.RecordID]*journal // of the items
	decided map[tocsin.RestrictionID]bool
}

func TestHostFollowsTheLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := newHostNode(t)
		for len(n.orders) == 0 {
			n.arrive(t)
		}
		for range rapid.IntRange(0, 6).Draw(t, "straight steps first") {
			n.straight(t)
		}
		t.Repeat(map[string]func(*rapid.T){
			"":                      n.check,
			"pass":                  func(t *rapid.T) { n.clock.pass(t, n.pick(t).order.Due()) },
			"restart":               n.restart,
			"arrive":                n.arrive,
			"tick":                  n.tick,
			"locate":                n.locate,
			"execute":               n.execute,
			"execute automatically": n.executeAutomatically,
			"measure":               n.measure,
			"impede":                n.impede,
			"rearm":                 n.rearm,
			"withdraw":              seldom(n.withdraw),
			"ratify":                n.ratify,
			"reopen":                seldom(n.reopen),
			"uphold":                n.uphold,
			"dismiss":               seldom(n.dismiss),
			"straight":              n.straight,
			"disclose":              n.disclose,
			"reinstated":            n.reinstated,
		})
	})
}

func newHostNode(t *rapid.T) *hostNode {
	n := &hostNode{clock: newTestClock(t), files: map[tocsin.RecordID]*journal{},
		decided: map[tocsin.RestrictionID]bool{}}
	for range 3 {
		item, events, err := tocsin.LocateItem(n.by(t, tocsin.ActorClock), newID(tocsin.KindItem), true,
			tocsin.Text{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		n.items = append(n.items, item)
		n.files[item.ID] = &journal{kind: tocsin.KindItem}
		n.files[item.ID].took(t, item, events)
	}
	return n
}

func (n *hostNode) by(t *rapid.T, actor tocsin.ActorID) tocsin.By {
	return tocsin.By{Actor: actor, At: n.clock.read(t)}
}

// anyone is a moderator, mostly, and else the node itself or a machine.
func (n *hostNode) anyone(t *rapid.T) tocsin.By {
	machine := "svc_" + person(0)[4:]
	actors := []tocsin.ActorID{person(0), person(1), person(2), tocsin.ActorClock, machine}
	return n.by(t, rapid.SampledFrom(actors).Draw(t, "actor"))
}

func isPerson(by tocsin.By) bool { return by.Actor[:4] == "prs_" }

func (n *hostNode) pick(t *rapid.T) *hosted { return rapid.SampledFrom(n.orders).Draw(t, "order") }

func (n *hostNode) item(id tocsin.RecordID) *tocsin.Item {
	return n.items[slices.IndexFunc(n.items, func(i *tocsin.Item) bool { return i.ID == id })]
}

// did compares what a command did with whether it is allowed.
func (h *hosted) did(t *rapid.T, allowed bool, before string, events []tocsin.Event, err error) bool {
	t.Helper()
	if allowed != (err == nil) {
		t.Fatalf("from %s: allowed by law %v, but %v", h.model.state, allowed, err)
	}
	if err != nil {
		refused(t, h.order, before, events, err)
		return false
	}
	h.journal.took(t, h.order, events)
	return true
}

// itemDid records what must have worked on an item.
func (n *hostNode) itemDid(t *rapid.T, item *tocsin.Item, events []tocsin.Event, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	n.files[item.ID].took(t, item, events)
}

// check compares every order and every item with the model.
func (n *hostNode) check(t *rapid.T) {
	for _, h := range n.orders {
		o, m := h.order, h.model
		if o.State() != m.state || !sameTime(o.Due(), m.due()) {
			t.Fatalf("it is %s, due %v; by law %s, due %v", o.State(), o.Due(), m.state, m.due())
		}
		if !o.ReceivedAt.Equal(m.receivedAt) {
			t.Fatalf("received at %v, now said %v", m.receivedAt, o.ReceivedAt)
		}
		if !sameTime(o.Deadline, m.deadline) || !sameTime(o.MeasureAt, m.measureAt) || o.Late != m.late {
			t.Fatalf("%s: deadline %v, measure %v, late %v; by law %v, %v, %v", m.state, o.Deadline, o.MeasureAt,
				o.Late, m.deadline, m.measureAt, m.late)
		}
		if o.Unlogged != m.unlogged {
			t.Fatal("the mark of an unlogged order changed")
		}
	}
	for _, item := range n.items {
		n.checkItem(t, item)
	}
}

// checkItem holds the heart of the matter: an item is restricted as long as one order stands that a decision
// was taken on, and visible as soon as none does.
func (n *hostNode) checkItem(t *rapid.T, item *tocsin.Item) {
	behind := map[tocsin.RecordID]bool{}
	for _, h := range n.orders {
		if h.model.restricts(item.ID) {
			behind[h.order.ID] = true
		}
	}
	if restricted := item.State() == "restricted"; restricted != (len(behind) > 0) {
		t.Fatalf("item is %s, with %d orders behind it", item.State(), len(behind))
	}
	active := item.Active(n.clock.at())
	if len(active) != len(behind) {
		t.Fatalf("%d restrictions, %d orders", len(active), len(behind))
	}
	for _, r := range active {
		if !behind[r.Order] || !n.decided[r.ID] || r.Basis != tocsin.BasisRemovalOrder || len(r.Territory) == 0 {
			t.Fatalf("a restriction without decision, basis or territory: %+v", r)
		}
	}
}

func (n *hostNode) restart(t *rapid.T) {
	for _, h := range n.orders {
		h.order = h.journal.fold(t).(*tocsin.ReceivedOrder)
	}
	for i, item := range n.items {
		n.items[i] = n.files[item.ID].fold(t).(*tocsin.Item)
	}
}

func (n *hostNode) arrive(t *rapid.T) {
	if len(n.orders) == 4 {
		return
	}
	m := &orderAtHost{receivedAt: n.clock.at(), addresses: rapid.IntRange(1, 4).Draw(t, "addresses"),
		unlogged: rapid.IntRange(0, 4).Draw(t, "unlogged") == 0, measured: map[tocsin.RecordID]time.Time{}}
	a := tocsin.Arrival{Issuer: authority, Document: tocsin.DigestOf([]byte("signed")),
		Key: "document-20260101-a", SignedAt: n.clock.read(t), Addresses: m.addresses, Unlogged: m.unlogged,
		Categories: []tocsin.Category{tocsin.CategoryInstructs}}
	weeks := rapid.SampledFrom([]int{0, 0, 1, 6, 7}).Draw(t, "weeks of gag")
	if weeks > 0 {
		a.GagUntil = pointer(n.clock.at().Add(time.Duration(weeks) * 7 * 24 * time.Hour))
	}
	if rapid.IntRange(0, 5).Draw(t, "not authentic") == 0 {
		a.Refusal = tocsin.RefusedWrongKey
	}
	o, events, err := tocsin.ReceiveOrder(n.by(t, tocsin.ActorParty(authority)),
		newID(tocsin.KindReceivedOrder), a, tocsin.Text{Text: text}, tocsin.EUPeriods())
	if (err != nil) != (weeks > 6) {
		t.Fatalf("a gag of %d weeks: %v", weeks, err)
	}
	if err != nil {
		return
	}
	if m.state = "refused"; a.Refusal == "" {
		m.startHour(m.receivedAt)
		m.gag = a.GagUntil
	}
	h := &hosted{order: o, journal: &journal{kind: tocsin.KindReceivedOrder}, model: m}
	h.journal.took(t, o, events)
	n.orders = append(n.orders, h)
}

func (n *hostNode) tick(t *rapid.T) {
	h := n.pick(t)
	if due := h.order.Due(); due != nil && rapid.Bool().Draw(t, "when due") {
		n.clock.now = *due
	}
	events := tickTwice(t, h.order, n.by(t, tocsin.ActorClock), h.order.Due())
	h.journal.took(t, h.order, events)
	h.model.tick(n.clock.at())
}

func (n *hostNode) locate(t *rapid.T) {
	h := n.pick(t)
	findings := []tocsin.Finding{tocsin.FindingCollection, tocsin.FindingNotFound, tocsin.FindingSearchPage,
		tocsin.FindingUnresolved, tocsin.FindingRootDomain}
	count := h.model.addresses
	if rapid.IntRange(0, 9).Draw(t, "one short") == 0 {
		count--
	}
	var located []tocsin.LocatedAddress
	var items []tocsin.RecordID
	var found []tocsin.Finding
	for range count {
		var l tocsin.LocatedAddress
		switch rapid.IntRange(0, 7).Draw(t, "names") {
		case 0:
			l.Findings = []tocsin.Finding{rapid.SampledFrom(findings).Draw(t, "finding")}
			found = append(found, l.Findings...)
		case 1:
			found = append(found, tocsin.FindingUnresolved) // neither an item nor a finding
		default:
			l.Item = rapid.SampledFrom(n.items).Draw(t, "item").ID
			if !slices.Contains(items, l.Item) {
				items = append(items, l.Item)
			}
		}
		located = append(located, l)
	}
	before := encode(t, h.order)
	events, err := h.order.Locate(n.by(t, tocsin.ActorClock), located)
	if h.did(t, h.model.in("authenticated") && count == h.model.addresses, before, events, err) {
		h.model.located, h.model.items, h.model.findings = true, items, found
	}
}

func (n *hostNode) execute(t *rapid.T) {
	h, by := n.pick(t), n.anyone(t)
	n.decide(t, h, by, 0)
}

// decide executes an order and imposes its restrictions, as one transaction does.
func (n *hostNode) decide(t *rapid.T, h *hosted, by tocsin.By, ratifyWithin time.Duration) {
	before := encode(t, h.order)
	events, err := h.order.Execute(by, ratifyWithin, text)
	if !h.did(t, h.model.mayExecute(isPerson(by), ratifyWithin > 0), before, events, err) {
		return
	}
	if h.model.state, h.model.decided = "executing", true; ratifyWithin > 0 {
		h.model.automatic, h.model.ratifyBy = true, pointer(n.clock.at().Add(ratifyWithin))
	}
	for _, ordered := range h.order.Items {
		n.decided[ordered.Restriction] = true
		item := n.item(ordered.Item)
		events, err := item.Impose(by, tocsin.Restriction{ID: ordered.Restriction, Basis: tocsin.BasisRemovalOrder,
			Order: h.order.ID, Territory: []tocsin.Country{tocsin.TerritoryUnion}, GagUntil: h.order.GagUntil})
		n.itemDid(t, item, events, err)
	}
}

// executeAutomatically asks first, as the design wants it: everything known, usual and plausible, or a
// person decides.
func (n *hostNode) executeAutomatically(t *rapid.T) {
	h := n.pick(t)
	oddly := func(what string) bool { return rapid.IntRange(0, 5).Draw(t, what) == 0 }
	l := tocsin.AutomaticLimits{Enabled: !oddly("off"), RecentOrders: 3, MaxPerHour: 3,
		KnownIssuer: !oddly("stranger"), RatifyWithin: 24 * time.Hour, ReviewPending: oddly("review pending")}
	if oddly("too many") {
		l.RecentOrders++
	}
	if oddly("no ratification") {
		l.RatifyWithin = 0
	}
	usual := l.Enabled && l.KnownIssuer && !l.ReviewPending && l.RecentOrders <= 3 && l.RatifyWithin > 0
	allowed := h.model.mayExecute(false, true) && !h.model.unlogged && usual
	if got := h.order.MayExecuteAutomatically(l); got != allowed {
		t.Fatalf("may execute automatically: %v, by design %v (%+v)", got, allowed, l)
	}
	if allowed {
		n.decide(t, h, n.by(t, tocsin.ActorClock), l.RatifyWithin)
	}
}

func (n *hostNode) measure(t *rapid.T) {
	h, item := n.pick(t), rapid.SampledFrom(n.items).Draw(t, "item")
	at := n.clock.at().Add(-time.Duration(rapid.IntRange(0, 70).Draw(t, "minutes ago")) * time.Minute)
	if h.model.deadline != nil && rapid.Bool().Draw(t, "at the deadline") {
		around := rapid.SampledFrom([]time.Duration{-time.Microsecond, 0, time.Microsecond}).Draw(t, "around")
		at = h.model.deadline.Add(around)
	}
	before := encode(t, h.order)
	events, err := h.order.Measured(n.by(t, tocsin.ActorClock), item.ID, (&testClock{now: at}).read(t))
	if h.did(t, h.model.mayMeasure(item.ID), before, events, err) {
		h.model.measured[item.ID] = at
		h.model.confirmIfDone()
	}
}
