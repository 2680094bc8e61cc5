// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"tocsin"
)

// transition is one event and what it does to the state of a record; "" is before the first.
type transition struct {
	from, to string
	event    tocsin.EventKind
}

// command tries something on a record some time after its last event.
type command func(agg tocsin.Aggregate, at time.Time) ([]tocsin.Event, error)

// machine is a kind of record with all that can be tried on it.
type machine struct {
	kind     tocsin.RecordKind
	starts   [][]tocsin.Event
	commands []command
}

// explore tries every command in every situation that can be reached, and adds the transitions it saw to
// found. Situations count as the same when they differ only in times, ids and versions.
func explore(t *testing.T, m machine, found map[transition]bool) {
	t.Helper()
	seen := map[string]bool{}
	var open [][]tocsin.Event
	reach := func(events []tocsin.Event) {
		if situation := situationOf(t, replayed(t, m.kind, events, found)); !seen[situation] {
			seen[situation] = true
			open = append(open, events)
		}
	}
	for _, start := range m.starts {
		reach(start)
	}
	for len(open) > 0 && len(seen) < 20_000 {
		events := open[0]
		open = open[1:]
		for _, try := range m.commands {
			agg := replayed(t, m.kind, events, found)
			more, err := try(agg, events[len(events)-1].At.Add(time.Minute))
			if err == nil && len(more) > 0 {
				reach(append(events[:len(events):len(events)], more...))
			}
		}
	}
	if len(open) > 0 {
		t.Fatalf("%s: too many situations", m.kind)
	}
}

// replayed folds events and notes the transitions they make.
func replayed(t *testing.T, kind tocsin.RecordKind, events []tocsin.Event,
	found map[transition]bool) tocsin.Aggregate {
	t.Helper()
	agg, err := tocsin.NewAggregate(kind)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		from := ""
		if i > 0 {
			from = agg.State()
		}
		if err := tocsin.Fold(agg, e.Header); err != nil {
			t.Fatal(err)
		}
		found[transition{from, agg.State(), e.Kind}] = true
	}
	return agg
}

var (
	drawn    = regexp.MustCompile(`"([a-z]{3}_[a-z2-7]{26}|[0-9a-f]{64}|[0-9-]+T[0-9:.]+Z)"`)
	numbered = regexp.MustCompile(`"version":[0-9]+`)
)

// situationOf is the state without what differs from one run to the next.
func situationOf(t *testing.T, agg tocsin.Aggregate) string {
	t.Helper()
	b, err := json.Marshal(agg)
	if err != nil {
		t.Fatal(err)
	}
	return string(numbered.ReplaceAll(drawn.ReplaceAll(b, []byte(`"…"`)), nil))
}

func must(events []tocsin.Event, err error) []tocsin.Event {
	if err != nil {
		panic(err) // the machine's own start is wrong
	}
	return events
}

func clockwork(agg tocsin.Aggregate, _ time.Time) ([]tocsin.Event, error) {
	if agg.Due() == nil {
		return nil, nil
	}
	return agg.Tick(tocsin.By{Actor: tocsin.ActorClock, At: *agg.Due()}, tocsin.EUPeriods())
}

func officer(n int, at time.Time) tocsin.By { return tocsin.By{Actor: person(n), At: at} }

func party(at time.Time) tocsin.By { return tocsin.By{Actor: tocsin.ActorParty(host), At: at} }

// informed is the contact with a host that was told of procedures and deadlines twelve hours before noon.
func informed(to tocsin.PartyID) *tocsin.Contact {
	by := officer(0, noon.Add(-12*time.Hour))
	contact, events, err := tocsin.InformHost(by, newID(tocsin.KindContact), to, nil, tocsin.EUPeriods())
	must(events, err)
	return contact
}

// on makes a command of a method of one kind of record.
func on[A tocsin.Aggregate](do func(a A, at time.Time) ([]tocsin.Event, error)) command {
	return func(agg tocsin.Aggregate, at time.Time) ([]tocsin.Event, error) { return do(agg.(A), at) }
}

// issuerMachine issues orders under a gag of some length: it may end before the hour does, or after.
func issuerMachine(gag time.Duration) machine {
	type order = *tocsin.IssuedOrder
	p, digest := tocsin.EUPeriods(), tocsin.DigestOf([]byte("draft"))
	content := completeOrder(noon)
	_, drafted, err := tocsin.DraftOrder(officer(0, noon), content, digest, p)
	contact := informed(host)
	late := func(o order, at time.Time) time.Time {
		if o.Deadline != nil {
			return o.Deadline.Add(time.Second)
		}
		return at
	}
	return machine{tocsin.KindIssuedOrder, [][]tocsin.Event{must(drafted, err)}, []command{
		clockwork,
		on(func(o order, at time.Time) ([]tocsin.Event, error) {
			return o.Revise(officer(0, at), content, digest, p)
		}),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Submit(officer(0, at), digest, nil) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Approve(officer(1, at), digest, nil) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Return(officer(1, at), text) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Abandon(officer(1, at), text) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.HostInformed(officer(1, at), at) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) {
			return o.Issue(officer(1, at), contact, digest, supervisor, pointer(at.Add(gag)), p)
		}),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Acknowledge(party(at), at, nil, p) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) {
			return o.RefusedByHost(party(at), tocsin.RefusedWrongKey, nil)
		}),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Comply(party(at), noon, nil) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Comply(party(at), late(o, at), nil) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) {
			return o.Impede(party(at), tocsin.GroundForceMajeure, nil)
		}),
		on(func(o order, at time.Time) ([]tocsin.Event, error) {
			return o.Impede(party(at), tocsin.GroundManifestError, nil)
		}),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Clarify(officer(0, at), text) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Rearm(party(at), at, p) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Withdraw(officer(0, at), text) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.SendCopy(officer(1, at)) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.CopyAcknowledged(party(at), at) }),
	}}
}

func hostMachine() machine {
	type order = *tocsin.ReceivedOrder
	p, item := tocsin.EUPeriods(), newID(tocsin.KindItem)
	arrive := func(refusal tocsin.Reason) []tocsin.Event {
		a := tocsin.Arrival{Issuer: authority, Document: tocsin.DigestOf(nil), Addresses: 1, Refusal: refusal,
			GagUntil: pointer(noon.Add(48 * time.Hour))}
		_, events, err := tocsin.ReceiveOrder(party(noon), newID(tocsin.KindReceivedOrder), a, nil, p)
		return must(events, err)
	}
	starts := [][]tocsin.Event{arrive(""), arrive(tocsin.RefusedWrongKey)}
	named := []tocsin.LocatedAddress{{Item: item}}
	return machine{tocsin.KindReceivedOrder, starts, []command{
		clockwork,
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Locate(party(at), named) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Execute(officer(0, at), 0, "") }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Execute(party(at), time.Hour, "") }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Measured(party(at), item, at) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) {
			return o.Impede(officer(0, at), impossibility(at, tocsin.GroundInsufficient))
		}),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Rearm(party(at), nil, p) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.WithdrawnByIssuer(party(at), nil) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Ratify(officer(0, at)) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) {
			return o.Reopen(party(at), tocsin.RefusedKeyCompromised)
		}),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Uphold(officer(0, at), text) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Dismiss(officer(0, at), text) }),
		on(func(o order, at time.Time) ([]tocsin.Event, error) { return o.Reinstated(party(at), item, at, nil) }),
	}}
}

// supervisorMachine receives the copy of an order whose gag ends before the 72 hours do, or after.
func supervisorMachine(gag time.Duration) machine {
	_, received, err := tocsin.ReceiveCopy(party(noon), newID(tocsin.KindOrderCopy), authority,
		tocsin.DigestOf(nil), pointer(noon.Add(gag)), nil, tocsin.EUPeriods())
	return machine{tocsin.KindOrderCopy, [][]tocsin.Event{must(received, err)}, []command{
		clockwork,
		on(func(c *tocsin.OrderCopy, at time.Time) ([]tocsin.Event, error) { return c.OrderWithdrawn(party(at)) }),
	}}
}

// itemMachine gives an item at most two restrictions, which is enough for one to end while the other stands.
func itemMachine() machine {
	type item = *tocsin.Item
	_, located, err := tocsin.LocateItem(party(noon), newID(tocsin.KindItem), true, nil)
	order := newID(tocsin.KindReceivedOrder)
	return machine{tocsin.KindItem, [][]tocsin.Event{must(located, err)}, []command{
		clockwork,
		on(func(i item, at time.Time) ([]tocsin.Event, error) {
			if len(i.Restrictions) == 2 {
				return nil, nil
			}
			return i.Impose(officer(0, at), tocsin.Restriction{ID: tocsin.NewRestrictionID(), Order: order,
				Basis: tocsin.BasisRemovalOrder, Territory: []tocsin.Country{tocsin.TerritoryUnion},
				Until: pointer(at.Add(time.Hour))})
		}),
		on(func(i item, at time.Time) ([]tocsin.Event, error) {
			if len(i.Active(at)) == 0 {
				return nil, nil
			}
			return i.End(party(at), i.Active(at)[0].ID, "order_withdrawn")
		}),
		on(func(i item, at time.Time) ([]tocsin.Event, error) {
			if len(i.Restrictions) == 0 {
				return nil, nil
			}
			return i.Resume(officer(0, at), i.Restrictions[0].ID, "order_withdrawn")
		}),
		on(func(i item, at time.Time) ([]tocsin.Event, error) { return i.Disclose(party(at), order) }),
		on(func(i item, at time.Time) ([]tocsin.Event, error) {
			return i.ConfirmMeasure(party(at), tocsin.Measure{Event: tocsin.NewEventID(), Action: "unchanged", At: at})
		}),
	}}
}
