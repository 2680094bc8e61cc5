// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
)

// walkTrail reads all pages of a trail.
func walkTrail(t *testing.T, s flow.Store, q flow.Trail) (all []flow.Trace) {
	t.Helper()
	for {
		var page []flow.Trace
		var next int64
		view(t, s, func(tx flow.Tx) (err error) {
			page, next, err = tx.Trail(q)
			return err
		})
		if len(page) > q.Limit || next != 0 && q.Before != 0 && next >= q.Before {
			t.Fatalf("a page of %d at limit %d goes on before %d after %d", len(page), q.Limit, next, q.Before)
		}
		all = append(all, page...)
		if next == 0 {
			return all
		}
		q.Before = next
	}
}

func trailGoesBack(t *testing.T, s flow.Store) {
	if got := walkTrail(t, s, flow.Trail{Limit: 10}); len(got) != 0 {
		t.Fatalf("an empty journal gives %v", got)
	}
	item, person := tocsin.NewRecordID(tocsin.KindItem), tocsin.NewRecordID(tocsin.KindPerson)
	for i := range 60 {
		id := item
		if i%7 == 3 {
			id = person
		}
		e := entry(id, int64(i+1), i%5 == 0)
		update(t, s, func(tx flow.Tx) error { return tx.Append([]flow.Entry{e}) })
	}
	var want []flow.Trace
	for _, e := range Verify(t, s) {
		want = append(want, flow.Trace{Seq: e.Seq, ID: e.Header.ID, Kind: e.Header.Kind, Record: e.Header.Record,
			At: e.Header.At, Actor: e.Header.Actor, Shard: e.Shard, LeafIndex: e.LeafIndex})
	}
	slices.Reverse(want)
	only := func(keep func(flow.Trace) bool) []flow.Trace {
		return slices.DeleteFunc(slices.Clone(want), func(e flow.Trace) bool { return !keep(e) })
	}
	at := func(version int) *time.Time { // as entry sets it
		moment := start.Add(time.Duration(version) * time.Second)
		return &moment
	}
	for name, test := range map[string]struct {
		q    flow.Trail
		want []flow.Trace
	}{
		"everything":     {flow.Trail{}, want},
		"before a place": {flow.Trail{Before: 20}, only(func(e flow.Trace) bool { return e.Seq < 20 })},
		"of one kind": {flow.Trail{Kind: tocsin.KindPerson},
			only(func(e flow.Trace) bool { return e.Record == person })},
		"of a kind that is not there": {flow.Trail{Kind: tocsin.KindCase}, nil},
		"since":                       {flow.Trail{Since: at(31)}, only(func(e flow.Trace) bool { return !e.At.Before(*at(31)) })},
		"until":                       {flow.Trail{Until: at(31)}, only(func(e flow.Trace) bool { return e.At.Before(*at(31)) })},
		"of a kind in a time": {flow.Trail{Kind: tocsin.KindPerson, Since: at(10), Until: at(40)},
			only(func(e flow.Trace) bool {
				return e.Record == person && !e.At.Before(*at(10)) && e.At.Before(*at(40))
			})},
		"in no time": {flow.Trail{Since: at(40), Until: at(10)}, nil},
	} {
		for _, limit := range []int{1, 7, 200} {
			test.q.Limit = limit
			if diff := cmp.Diff(test.want, walkTrail(t, s, test.q)); diff != "" && len(test.want) > 0 {
				t.Errorf("%s, %d a page (-want +got):\n%s", name, limit, diff)
			} else if got := walkTrail(t, s, test.q); len(test.want) == 0 && len(got) != 0 {
				t.Errorf("%s, %d a page: %v", name, limit, got)
			}
		}
	}
	err := s.View(t.Context(), func(tx flow.Tx) error {
		_, _, err := tx.Trail(flow.Trail{})
		return err
	})
	expect(t, err, tocsin.CodeInvalid, tocsin.ReasonUnknownValue)
}

// trailLooksThroughSoMany: what is rare stands behind more events than a page looks through.
func trailLooksThroughSoMany(t *testing.T, s flow.Store) {
	const many = 10_100
	person, item := tocsin.NewRecordID(tocsin.KindPerson), tocsin.NewRecordID(tocsin.KindItem)
	entries := []flow.Entry{entry(person, 1, false)}
	for i := range many {
		entries = append(entries, entry(item, int64(i+1), false))
	}
	update(t, s, func(tx flow.Tx) error { return tx.Append(entries) })
	view(t, s, func(tx flow.Tx) error {
		page, next, err := tx.Trail(flow.Trail{Kind: tocsin.KindPerson, Limit: 10})
		if len(page) != 0 || next == 0 {
			t.Errorf("the first page has %d events and goes on at %d", len(page), next)
		}
		return err
	})
	if got := walkTrail(t, s, flow.Trail{Kind: tocsin.KindPerson, Limit: 10}); len(got) != 1 || got[0].Record != person {
		t.Errorf("found %v", got)
	}
}
