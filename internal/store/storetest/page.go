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

// addRows commits n records that differ in id and in what change sets.
func addRows(t *testing.T, s flow.Store, n int, change func(i int, r *flow.Row)) []flow.Row {
	t.Helper()
	var all []flow.Row
	update(t, s, func(tx flow.Tx) error {
		all = nil
		for i := range n {
			r := newRow()
			change(i, &r)
			all = append(all, r)
			if err := tx.Create(r); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

// walk reads all pages; between two of them it calls between, which may be nil.
func walk(t *testing.T, s flow.Store, p flow.Page, between func()) []tocsin.RecordID {
	t.Helper()
	var ids []tocsin.RecordID
	for {
		var rows []flow.Row
		var next string
		view(t, s, func(tx flow.Tx) (err error) {
			rows, next, err = tx.Records(p)
			return err
		})
		if len(rows) > p.Limit || (len(rows) == 0 && p.After != "") {
			t.Fatalf("page of %d rows at limit %d", len(rows), p.Limit)
		}
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		if next == "" {
			return ids
		}
		if next == p.After {
			t.Fatalf("the page after %q leads to itself", next)
		}
		p.After = next
		if between != nil {
			between()
		}
	}
}

func idsOf(rows []flow.Row) []tocsin.RecordID {
	var ids []tocsin.RecordID
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func pagesNeitherRepeatNorSkipTies(t *testing.T, s flow.Store) {
	rows := addRows(t, s, 25, func(i int, r *flow.Row) { // three moments, many ties
		r.UpdatedAt = start.Add(time.Duration(i%3) * time.Second)
		r.Status = []string{"open", "shut"}[i%2]
	})
	slices.SortFunc(rows, func(a, b flow.Row) int {
		if c := b.UpdatedAt.Compare(a.UpdatedAt); c != 0 {
			return c
		}
		return -cmpID(a, b)
	})
	for _, limit := range []int{1, 4, 5, 25, 200} {
		got := walk(t, s, flow.Page{Kind: tocsin.KindItem, Limit: limit}, nil)
		if diff := cmp.Diff(idsOf(rows), got); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
	shut := slices.DeleteFunc(slices.Clone(rows), func(r flow.Row) bool { return r.Status != "shut" })
	got := walk(t, s, flow.Page{Kind: tocsin.KindItem, Statuses: []string{"shut", "gone"}, Limit: 5}, nil)
	if diff := cmp.Diff(idsOf(shut), got); diff != "" {
		t.Errorf("by status (-want +got):\n%s", diff)
	}
	// A row that arrives on top while somebody turns pages moves none of the others.
	got = walk(t, s, flow.Page{Kind: tocsin.KindItem, Limit: 4}, func() {
		addRows(t, s, 1, func(_ int, r *flow.Row) { r.UpdatedAt = start.Add(time.Hour) })
	})
	if diff := cmp.Diff(idsOf(rows), got); diff != "" {
		t.Errorf("with arrivals (-want +got):\n%s", diff)
	}
}

func cmpID(a, b flow.Row) int {
	switch {
	case a.ID < b.ID:
		return -1
	case a.ID > b.ID:
		return 1
	}
	return 0
}

func pagesByDueTime(t *testing.T, s flow.Store) {
	rows := addRows(t, s, 23, func(i int, r *flow.Row) {
		if i%4 != 0 {
			r.Due = pointer(start.Add(time.Duration(i%4) * time.Minute))
		}
	})
	slices.SortFunc(rows, func(a, b flow.Row) int {
		switch {
		case a.Due == nil && b.Due == nil:
			return cmpID(a, b)
		case a.Due == nil:
			return 1
		case b.Due == nil:
			return -1
		}
		if c := a.Due.Compare(*b.Due); c != 0 {
			return c
		}
		return cmpID(a, b)
	})
	for _, limit := range []int{1, 6, 23} {
		got := walk(t, s, flow.Page{Kind: tocsin.KindItem, ByDue: true, Limit: limit}, nil)
		if diff := cmp.Diff(idsOf(rows), got); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
	limit := start.Add(2 * time.Minute)
	by := slices.DeleteFunc(rows, func(r flow.Row) bool { return r.Due == nil || r.Due.After(limit) })
	got := walk(t, s, flow.Page{Kind: tocsin.KindItem, ByDue: true, DueBy: &limit, Limit: 5}, nil)
	if diff := cmp.Diff(idsOf(by), got); diff != "" {
		t.Errorf("due by (-want +got):\n%s", diff)
	}
}

func pagesRefuseForeignCursors(t *testing.T, s flow.Store) {
	addRows(t, s, 3, func(int, *flow.Row) {})
	var byDue string
	view(t, s, func(tx flow.Tx) (err error) {
		_, byDue, err = tx.Records(flow.Page{Kind: tocsin.KindItem, ByDue: true, Limit: 1})
		return err
	})
	for name, p := range map[string]flow.Page{
		"of the other order": {After: byDue, Limit: 1}, "of no order": {After: "zzzz", Limit: 1},
		"not of the alphabet": {After: "é", Limit: 1}, "no rows": {Limit: 0}, "too many rows": {Limit: 201},
	} {
		p.Kind = tocsin.KindItem
		err := s.View(t.Context(), func(tx flow.Tx) error {
			_, _, err := tx.Records(p)
			return err
		})
		if tocsin.CodeOf(err) != tocsin.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
