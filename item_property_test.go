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

// reason is a restriction as the design has it: a reason with a basis and an end of its own.
type reason struct {
	id         tocsin.RestrictionID
	until, gag *time.Time
	ended      bool
}

type itemNode struct {
	clock    *testClock
	item     *tocsin.Item
	journal  journal
	reasons  []*reason
	measured []tocsin.Measure // as confirmed, in that order
}

func TestItemIsVisibleWhenNoReasonRemains(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := &itemNode{clock: newTestClock(t), journal: journal{kind: tocsin.KindItem}}
		item, events, err := tocsin.LocateItem(n.by(t, tocsin.ActorClock), newID(tocsin.KindItem), true,
			tocsin.Text{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		n.item = item
		n.journal.took(t, item, events)
		t.Repeat(map[string]func(*rapid.T){
			"":        n.check,
			"pass":    func(t *rapid.T) { n.clock.pass(t, n.item.Due()) },
			"restart": func(t *rapid.T) { n.item = n.journal.fold(t).(*tocsin.Item) },
			"tick":    n.tick,
			"impose":  n.impose,
			"end":     n.end,
			"measure": n.measure,
		})
	})
}

func (n *itemNode) by(t *rapid.T, actor tocsin.ActorID) tocsin.By {
	return tocsin.By{Actor: actor, At: n.clock.read(t)}
}

func (n *itemNode) check(t *rapid.T) {
	var due *time.Time
	standing, active := 0, 0
	for i, r := range n.reasons {
		got := n.item.Restrictions[i]
		if r.ended != (got.EndedAt != nil) || got.ID != r.id {
			t.Fatalf("restriction %d is %+v, by design %+v", i, got, r)
		}
		if gagged := r.gag != nil && n.clock.at().Before(*r.gag); got.Gagged(n.clock.at()) != gagged {
			t.Fatalf("gagged until %v: now %v says otherwise", r.gag, n.clock.at())
		}
		if r.ended {
			continue
		}
		standing++
		due = earlier(due, r.until)
		if r.until == nil || n.clock.at().Before(*r.until) {
			active++
		}
	}
	if got := len(n.item.Active(n.clock.at())); got != active {
		t.Fatalf("%d restrictions in force, by design %d", got, active)
	}
	restricted := n.item.State() == "restricted"
	if restricted != (standing > 0) || !sameTime(n.item.Due(), due) {
		t.Fatalf("it is %s, due %v, with %d reasons standing, due %v", n.item.State(), n.item.Due(), standing, due)
	}
	n.checkMeasure(t)
}

// checkMeasure: the measure an item shows is the one the platform took last, in whatever order it told.
func (n *itemNode) checkMeasure(t *rapid.T) {
	if len(n.measured) == 0 {
		if n.item.Measure != nil {
			t.Fatal("a measure nobody confirmed")
		}
		return
	}
	last := slices.MaxFunc(n.measured, func(a, b tocsin.Measure) int { return a.At.Compare(b.At) })
	if !n.item.Measure.At.Equal(last.At) {
		t.Fatalf("measure at %v, the last was at %v", n.item.Measure.At, last.At)
	}
}

func (n *itemNode) tick(t *rapid.T) {
	if due := n.item.Due(); due != nil && rapid.Bool().Draw(t, "when due") {
		n.clock.now = *due
	}
	n.journal.took(t, n.item, tickTwice(t, n.item, n.by(t, tocsin.ActorClock), n.item.Due()))
	for _, r := range n.reasons {
		r.ended = r.ended || n.clock.reached(r.until)
	}
}

// impose tries good restrictions and all that lack something.
func (n *itemNode) impose(t *rapid.T) {
	actors := []tocsin.ActorID{person(0), tocsin.ActorClock, tocsin.ActorParty(authority)}
	bases := []tocsin.Basis{tocsin.BasisRemovalOrder, tocsin.BasisHostTerms, tocsin.BasisHostTerms, "law:fr:x-1", "", canary}
	territories := [][]tocsin.Country{{tocsin.TerritoryUnion}, {"IE", "FR"}, nil}
	by, order := n.by(t, rapid.SampledFrom(actors).Draw(t, "actor")), newID(tocsin.KindReceivedOrder)
	decision := newID(tocsin.KindDecision)
	r := tocsin.Restriction{
		ID:        tocsin.NewRestrictionID(),
		Basis:     rapid.SampledFrom(bases).Draw(t, "basis"),
		Order:     rapid.SampledFrom([]tocsin.RecordID{order, order, "", canary}).Draw(t, "order"),
		Decision:  rapid.SampledFrom([]tocsin.RecordID{"", "", decision, order}).Draw(t, "decision"),
		Territory: rapid.SampledFrom(territories).Draw(t, "territory"),
	}
	if rapid.Bool().Draw(t, "with an end") {
		r.Until = pointer(n.clock.at().Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour))
	}
	if rapid.Bool().Draw(t, "gagged") {
		r.GagUntil = pointer(n.clock.at().Add(40 * time.Hour))
	}
	if len(n.reasons) > 0 && rapid.IntRange(0, 5).Draw(t, "again") == 0 {
		r.ID = n.reasons[0].id
	}
	again := slices.ContainsFunc(n.reasons, func(old *reason) bool { return old.id == r.ID })
	byLaw := r.Basis == tocsin.BasisRemovalOrder && r.Order == order && r.Decision == ""
	ownLaw := r.Basis == "law:fr:x-1" || r.Basis == tocsin.BasisHostTerms
	byTerms := ownLaw && r.Order == "" && r.Decision == decision && r.GagUntil == nil
	before := encode(t, n.item)
	events, err := n.item.Impose(by, r)
	if allowed := (byLaw || byTerms) && len(r.Territory) > 0 && !again; allowed != (err == nil) {
		t.Fatalf("imposing %+v by %s: %v", r, by.Actor, err)
	}
	if err != nil {
		refused(t, n.item, before, events, err)
		return
	}
	n.journal.took(t, n.item, events)
	n.reasons = append(n.reasons, &reason{id: r.ID, until: r.Until, gag: r.GagUntil})
}

func (n *itemNode) end(t *rapid.T) {
	id, standing := tocsin.NewRestrictionID(), false
	if len(n.reasons) > 0 && !(rapid.IntRange(0, 5).Draw(t, "unknown") == 0) {
		r := rapid.SampledFrom(n.reasons).Draw(t, "reason")
		id, standing = r.id, !r.ended
	}
	before := encode(t, n.item)
	events, err := n.item.End(n.by(t, person(0)), id, "order_withdrawn")
	if standing != (err == nil) {
		t.Fatalf("ending: standing %v, %v", standing, err)
	}
	if err != nil {
		refused(t, n.item, before, events, err)
		return
	}
	n.journal.took(t, n.item, events)
	for _, r := range n.reasons {
		r.ended = r.ended || r.id == id
	}
}

func (n *itemNode) measure(t *rapid.T) {
	m := tocsin.Measure{Event: tocsin.NewEventID(), Action: "restricted",
		At: n.clock.at().Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "seconds ago")) * time.Second)}
	events, err := n.item.ConfirmMeasure(n.by(t, tocsin.ActorClock), m)
	if err != nil {
		t.Fatal(err)
	}
	n.journal.took(t, n.item, events)
	n.measured = append(n.measured, m)
	if n.item.Measure.Event != m.Event {
		return
	}
	before := encode(t, n.item)
	events, err = n.item.ConfirmMeasure(n.by(t, tocsin.ActorClock), m)
	if err == nil {
		t.Fatal("one measure was confirmed twice")
	}
	refused(t, n.item, before, events, err)
}

func TestItemThatIsNotPublicIsRefused(t *testing.T) {
	t.Parallel()
	item, events, err := tocsin.LocateItem(officer(0, noon), newID(tocsin.KindItem), false, nil)
	if item != nil || events != nil || tocsin.ReasonOf(err) != tocsin.ReasonNotPublicItem {
		t.Errorf("got %v, %v, %v", item, events, err)
	}
}
