// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	compare "github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
)

// ofKind gives a new row another kind.
func ofKind(r *flow.Row, kind tocsin.RecordKind) { r.ID, r.Kind = tocsin.NewRecordID(kind), kind }

func pagesByID(t *testing.T, s flow.Store) {
	rows := addRows(t, s, 23, func(i int, r *flow.Row) {
		ofKind(r, []tocsin.RecordKind{tocsin.KindCase, tocsin.KindDecision}[i%2])
		r.UpdatedAt = start.Add(time.Duration(i) * time.Second)
	})
	cases := slices.DeleteFunc(rows, func(r flow.Row) bool { return r.Kind != tocsin.KindCase })
	slices.SortFunc(cases, cmpID)
	for _, limit := range []int{1, 5, 12, 200} {
		// A row that changes while somebody turns pages is neither missed nor given twice.
		n := 0
		got := walk(t, s, flow.Page{Kind: tocsin.KindCase, ByID: true, Limit: limit}, func() {
			changed := cases[(n*7)%len(cases)]
			n++
			update(t, s, func(tx flow.Tx) error {
				now, err := tx.Record(changed.ID)
				if err != nil {
					return err
				}
				now.Version++
				now.UpdatedAt = start.Add(time.Hour + time.Duration(n)*time.Second)
				return tx.Save(now, now.Version-1)
			})
		})
		if diff := compare.Diff(idsOf(cases), got); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
}

// byDue sorts as pages by due time are.
func byDue(a, b flow.Row) int {
	never := start.Add(1000 * time.Hour)
	at := func(r flow.Row) time.Time {
		if r.Due == nil {
			return never
		}
		return *r.Due
	}
	return cmp.Or(at(a).Compare(at(b)), cmpID(a, b))
}

func pagesOfSeveralStatuses(t *testing.T, s flow.Store) {
	statuses := []string{"open", "overdue", "claimed", "closed"}
	rows := addRows(t, s, 41, func(i int, r *flow.Row) {
		ofKind(r, tocsin.KindCase)
		r.Status = statuses[i*7%len(statuses)]
		if i%5 != 0 {
			r.Due = pointer(start.Add(time.Duration(i*13%6) * time.Minute)) // many ties across statuses
		}
	})
	slices.SortFunc(rows, byDue)
	for _, asked := range [][]string{{"open"}, {"overdue", "open"}, {"open", "open", "claimed", "overdue"}, {"none", "closed"}} {
		want := slices.DeleteFunc(slices.Clone(rows), func(r flow.Row) bool { return !slices.Contains(asked, r.Status) })
		for _, limit := range []int{1, 3, 10, 200} {
			got := walk(t, s, flow.Page{Kind: tocsin.KindCase, Statuses: asked, ByDue: true, Limit: limit}, nil)
			if diff := compare.Diff(idsOf(want), got); diff != "" {
				t.Errorf("%v, limit %d (-want +got):\n%s", asked, limit, diff)
			}
		}
		by := start.Add(3 * time.Minute)
		want = slices.DeleteFunc(want, func(r flow.Row) bool { return r.Due == nil || r.Due.After(by) })
		got := walk(t, s, flow.Page{Kind: tocsin.KindCase, Statuses: asked, ByDue: true, DueBy: &by, Limit: 4}, nil)
		if diff := compare.Diff(idsOf(want), got); diff != "" {
			t.Errorf("%v due by (-want +got):\n%s", asked, diff)
		}
	}
}

func pagesOfOnePerson(t *testing.T, s flow.Store) {
	const one, two = tocsin.ActorID("prs_one"), tocsin.ActorID("prs_two")
	rows := addRows(t, s, 30, func(i int, r *flow.Row) {
		ofKind(r, tocsin.KindCase)
		r.Status, r.Due = []string{"open", "claimed", "decided"}[i%3], pointer(start.Add(time.Duration(i*11%7)*time.Minute))
	})
	update(t, s, func(tx flow.Tx) error {
		for i, r := range rows {
			var whose []tocsin.ActorID
			if i%4 == 0 {
				whose = append(whose, one, one)
			}
			if i%6 == 0 {
				whose = append(whose, two)
			}
			if err := tx.SetWhose(r.ID, whose...); err != nil {
				return err
			}
		}
		if err := tx.SetWhose(rows[0].ID, two); err != nil { // replaces
			return err
		}
		return tx.SetWhose(rows[12].ID) // nobody's
	})
	view(t, s, func(tx flow.Tx) error {
		for n, want := range map[int][]tocsin.ActorID{0: {two}, 1: nil, 4: {one}, 12: nil, 24: {one, two}} {
			got, err := tx.Whose(rows[n].ID)
			if diff := compare.Diff(want, got); diff != "" || err != nil {
				t.Errorf("whose row %d is: %v (-want +got):\n%s", n, err, diff)
			}
		}
		return nil
	})
	hers := map[tocsin.ActorID]func(i int) bool{
		one: func(i int) bool { return i%4 == 0 && i != 0 && i != 12 },
		two: func(i int) bool { return i%6 == 0 && i != 12 }, "prs_three": func(int) bool { return false }}
	for who, is := range hers {
		var want []flow.Row
		for i, r := range rows {
			if is(i) && r.Status != "decided" {
				want = append(want, r)
			}
		}
		slices.SortFunc(want, byDue)
		for _, limit := range []int{1, 2, 200} {
			got := walk(t, s, flow.Page{Kind: tocsin.KindCase, Whose: who, Statuses: []string{"open", "claimed"}, ByDue: true,
				Limit: limit}, nil)
			if diff := compare.Diff(idsOf(want), got); diff != "" {
				t.Errorf("%s, limit %d (-want +got):\n%s", who, limit, diff)
			}
		}
	}
}

// searchFindsTheLatestOfVeryMany has more records with one word than a search looks at all.
func searchFindsTheLatestOfVeryMany(t *testing.T, s flow.Store) {
	const many = 2100
	kinds := []tocsin.RecordKind{tocsin.KindCase, tocsin.KindItem, tocsin.KindCase}
	rows := addRows(t, s, many, func(i int, r *flow.Row) {
		ofKind(r, kinds[i%len(kinds)])
		r.UpdatedAt = start.Add(time.Duration(i*7919%many) * time.Second)
		r.Key, r.Document = nil, nil
	})
	update(t, s, func(tx flow.Tx) error {
		for i, r := range rows {
			text := "post example"
			if i%500 == 5 {
				text += fmt.Sprintf(" kettle n%d", i)
			}
			if err := tx.SetSearchText(r.ID, text); err != nil {
				return err
			}
		}
		return nil
	})
	latest := slices.Clone(rows)
	slices.SortFunc(latest, func(a, b flow.Row) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	if diff := compare.Diff(idsOf(latest[:20]), found(t, s, 20, "example", "post")); diff != "" {
		t.Errorf("words that all hold (-want +got):\n%s", diff)
	}
	rare := slices.DeleteFunc(latest, func(r flow.Row) bool {
		return slices.IndexFunc(rows, func(o flow.Row) bool { return o.ID == r.ID })%500 != 5
	})
	if diff := compare.Diff(idsOf(rare), found(t, s, 20, "post", "kettle", "example")); diff != "" {
		t.Errorf("a rare word among others (-want +got):\n%s", diff)
	}
	if got := found(t, s, 20, "post", "n1005"); len(got) != 1 || got[0] != rows[1005].ID {
		t.Errorf("one of all: %v", got)
	}
	if got := found(t, s, 20, "post", "bridge", "example"); len(got) != 0 {
		t.Errorf("a word that none holds: %v", got)
	}
}
