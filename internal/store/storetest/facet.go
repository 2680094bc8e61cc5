// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
)

// facetsOf are those that a row of these tests has: by its number.
func facetsOf(i int, r flow.Row) []flow.Facet {
	all := []flow.Facet{{Name: "priority/" + strconv.Itoa(i%3), Status: r.Status, At: r.Due}}
	if i%4 == 0 {
		all = append(all, flow.Facet{Name: "bank/one", Status: r.Status, At: r.Due})
	}
	if i%5 < 2 {
		all = append(all, flow.Facet{Name: "category/(a)", Status: r.Status, At: r.Due})
	}
	return append(all, flow.Facet{Name: "since", Status: r.Status, At: pointer(start.Add(-time.Duration(i) * time.Minute))})
}

func facetsNarrowPages(t *testing.T, s flow.Store) {
	statuses := []string{"open", "overdue", "decided"}
	rows := addRows(t, s, 61, func(i int, r *flow.Row) {
		ofKind(r, tocsin.KindCase)
		r.Status = statuses[i*5%3]
		if i%6 != 0 {
			r.Due = pointer(start.Add(time.Duration(i*13%7) * time.Minute)) // many ties
		}
	})
	has := map[tocsin.RecordID][]string{}
	update(t, s, func(tx flow.Tx) error {
		for i, r := range rows {
			wrong := flow.Facet{Name: "bank/two", Status: r.Status, At: r.Due}
			if err := tx.MoveFacets(r.ID, nil, append(facetsOf(i, r), wrong)); err != nil {
				return err
			}
			if err := tx.MoveFacets(r.ID, []flow.Facet{wrong}, nil); err != nil {
				return err
			}
			has[r.ID] = nil
			for _, f := range facetsOf(i, r) {
				has[r.ID] = append(has[r.ID], f.Name)
			}
		}
		return tx.SetWhose(rows[8].ID, "prs_one")
	})
	slices.SortFunc(rows, byDue)
	for _, names := range [][]string{{"priority/1"}, {"bank/one"}, {"bank/two"}, {"priority/2", "bank/one"},
		{"priority/0", "category/(a)", "bank/one"}, {"nothing", "priority/0"}} {
		for _, asked := range [][]string{{"open"}, {"overdue", "open"}, {"decided", "none"}} {
			want := slices.DeleteFunc(slices.Clone(rows), func(r flow.Row) bool {
				return !slices.Contains(asked, r.Status) ||
					slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(has[r.ID], n) })
			})
			for _, limit := range []int{1, 3, 200} {
				got := walk(t, s, flow.Page{Kind: tocsin.KindCase, Statuses: asked, ByDue: true, Facets: names, Limit: limit}, nil)
				if diff := cmp.Diff(idsOf(want), got); diff != "" {
					t.Errorf("%v in %v, limit %d (-want +got):\n%s", names, asked, limit, diff)
				}
			}
			mine := flow.Page{Kind: tocsin.KindCase, Statuses: asked, ByDue: true, Facets: names, Whose: "prs_one", Limit: 3}
			hers := slices.DeleteFunc(want, func(r flow.Row) bool { return !slices.Contains(whoseIs(t, s, r.ID), "prs_one") })
			if diff := cmp.Diff(idsOf(hers), walk(t, s, mine, nil)); diff != "" {
				t.Errorf("hers of %v in %v (-want +got):\n%s", names, asked, diff)
			}
		}
	}
	facetsAreCounted(t, s, rows, has)
}

func whoseIs(t *testing.T, s flow.Store, id tocsin.RecordID) (people []tocsin.ActorID) {
	t.Helper()
	view(t, s, func(tx flow.Tx) (err error) {
		people, err = tx.Whose(id)
		return err
	})
	return people
}

func facetsAreCounted(t *testing.T, s flow.Store, rows []flow.Row, has map[tocsin.RecordID][]string) {
	t.Helper()
	total := int64(0)
	for _, names := range has {
		total += int64(len(names))
	}
	view(t, s, func(tx flow.Tx) error {
		count := func(want int64, name string, since, until *time.Time, most int64, statuses ...string) {
			t.Helper()
			got, err := tx.CountFacet(name, since, until, most, statuses...)
			if err != nil || got != want {
				t.Errorf("%s in %v from %v to %v: %d, want %d, %v", name, statuses, since, until, got, want, err)
			}
		}
		waiting := int64(0)
		for _, r := range rows {
			if r.Status != "decided" {
				waiting++
			}
		}
		at := func(minutes int) *time.Time { return pointer(start.Add(-time.Duration(minutes) * time.Minute)) }
		count(waiting, "since", nil, nil, 100, "open", "overdue")
		count(7, "since", nil, nil, 7, "open", "overdue")
		count(0, "nothing", nil, nil, 7, "open")
		young, err := tx.CountFacet("since", at(9), nil, 100, "open", "overdue", "decided")
		if err != nil || young != 10 { // of ages 0 to 9
			t.Errorf("%d are no older than nine minutes, %v", young, err)
		}
		count(5, "since", at(14), at(9), 100, "open", "overdue", "decided")
		if n, err := tx.Facets(); err != nil || n != total {
			t.Errorf("%d facets, want %d, %v", n, total, err)
		}
		r := rows[0]
		f := flow.Facet{Name: has[r.ID][0], Status: r.Status, At: r.Due}
		there, err := tx.HasFacet(r.ID, f)
		f.Status = "elsewhere"
		elsewhere, also := tx.HasFacet(r.ID, f)
		if !there || elsewhere || err != nil || also != nil {
			t.Errorf("a facet is there %v, elsewhere %v, %v, %v", there, elsewhere, err, also)
		}
		return nil
	})
	err := s.View(t.Context(), func(tx flow.Tx) error {
		_, _, err := tx.Records(flow.Page{Kind: tocsin.KindCase, Facets: []string{"priority/1"}, Limit: 3})
		return err
	})
	if err == nil {
		t.Error("facets narrow a page in another order")
	}
}

// facetsOfMany: two facets that very many have, and one record both: a page looks at a bounded number and is empty, and
// goes on.
func facetsOfMany(t *testing.T, s flow.Store) {
	const many = 2600 // more than a page looks at
	last := newRow()
	ofKind(&last, tocsin.KindCase)
	last.Status, last.Due = "open", pointer(start.Add(time.Hour))
	update(t, s, func(tx flow.Tx) error {
		for i := range many {
			for _, name := range []string{"one", "two"} {
				at := start.Add(time.Duration(i) * time.Millisecond)
				if err := tx.MoveFacets(tocsin.NewRecordID(tocsin.KindCase), nil, []flow.Facet{{Name: name, Status: "open", At: &at}}); err != nil {
					return err
				}
			}
		}
		if err := tx.Create(last); err != nil {
			return err
		}
		return tx.MoveFacets(last.ID, nil, []flow.Facet{{Name: "one", Status: "open", At: last.Due},
			{Name: "two", Status: "open", At: last.Due}})
	})
	page := flow.Page{Kind: tocsin.KindCase, Statuses: []string{"open", "overdue"}, ByDue: true, Facets: []string{"one", "two"}, Limit: 10}
	var found []tocsin.RecordID
	for pages := 0; pages == 0 || page.After != ""; pages++ {
		view(t, s, func(tx flow.Tx) error {
			rows, next, err := tx.Records(page)
			if pages == 0 && (len(rows) != 0 || next == "") {
				t.Errorf("the first page has %d rows and goes on at %q", len(rows), next)
			}
			found, page.After = append(found, idsOf(rows)...), next
			return err
		})
		if pages > 3 {
			t.Fatal("it goes on for ever")
		}
	}
	if len(found) != 1 || found[0] != last.ID {
		t.Errorf("found %v, want %s", found, last.ID)
	}
}
