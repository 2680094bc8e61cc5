// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
)

func lookupHasOneRecord(t *testing.T, s flow.Store) {
	one, two := tocsin.NewRecordID(tocsin.KindItem), tocsin.NewRecordID(tocsin.KindItem)
	key := []byte{0, 255, 7}
	update(t, s, func(tx flow.Tx) error {
		if err := tx.Reserve("address", key, one); err != nil {
			return err
		}
		if err := tx.Reserve("address", key, one); err != nil { // again by the same
			return err
		}
		return tx.Reserve("reference", key, two) // another kind
	})
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.Reserve("address", key, two) })
	expect(t, err, tocsin.CodeConflict, tocsin.ReasonDuplicate)
	want := func(kind string, want tocsin.RecordID) {
		t.Helper()
		view(t, s, func(tx flow.Tx) error {
			got, err := tx.Lookup(kind, key)
			if got != want {
				t.Errorf("%s: got %q, want %q", kind, got, want)
			}
			return err
		})
	}
	want("address", one)
	want("reference", two)
	update(t, s, func(tx flow.Tx) error {
		if err := tx.Release("address", key); err != nil {
			return err
		}
		return tx.Reserve("address", key, two)
	})
	want("address", two)
}

// found gives what a search finds.
func found(t *testing.T, s flow.Store, limit int, words ...string) []tocsin.RecordID {
	t.Helper()
	var ids []tocsin.RecordID
	view(t, s, func(tx flow.Tx) (err error) {
		ids, err = tx.Search(words, limit)
		return err
	})
	return ids
}

func searchNeedsAllWords(t *testing.T, s flow.Store) {
	texts := []string{
		"the old stone bridge, over the river", // folded by the caller: lower case, no accents
		"a bridge of old wood",
		"un pont retire",
		"جسر حجري قديم",
		"garden-gate 42 gärten",
	}
	rows := addRows(t, s, len(texts), func(i int, r *flow.Row) {
		r.UpdatedAt = start.Add(time.Duration(i) * time.Second)
	})
	update(t, s, func(tx flow.Tx) error {
		for i, text := range texts {
			if err := tx.SetSearchText(rows[i].ID, text); err != nil {
				return err
			}
		}
		return nil
	})
	for _, test := range []struct {
		words []string
		want  []int
	}{
		{[]string{"bridge"}, []int{1, 0}}, // latest update first
		{[]string{"bridge", "river"}, []int{0}},
		{[]string{"old bridge"}, []int{1, 0}},
		{[]string{"bridge", "bridge", "old"}, []int{1, 0}},
		{[]string{"retire"}, []int{2}},
		{[]string{"حجري"}, []int{3}},
		{[]string{"gate", "42"}, []int{4}},
		{[]string{"gärten"}, []int{4}},
		{[]string{"brid"}, nil},
		{[]string{"bridge", "garden"}, nil},
		{[]string{`" OR 1=1 --`, "bridge"}, nil},
		{[]string{"  ", "-"}, nil},
		{nil, nil},
	} {
		var want []tocsin.RecordID
		for _, i := range test.want {
			want = append(want, rows[i].ID)
		}
		if diff := cmp.Diff(want, found(t, s, 10, test.words...)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.words, diff)
		}
	}
	if got := found(t, s, 1, "bridge"); len(got) != 1 || got[0] != rows[1].ID {
		t.Errorf("limit 1: got %v", got)
	}
}

func searchTextIsReplacedWhole(t *testing.T, s flow.Store) {
	r, _ := addRecord(t, s)
	for _, text := range []string{"kettle", "bridge bridge bridge"} {
		update(t, s, func(tx flow.Tx) error { return tx.SetSearchText(r.ID, text) })
	}
	if got := found(t, s, 10, "kettle"); len(got) != 0 {
		t.Errorf("the old text is still found: %v", got)
	}
	if got := found(t, s, 10, "bridge"); len(got) != 1 {
		t.Errorf("the new text is not found: %v", got)
	}
	update(t, s, func(tx flow.Tx) error { return tx.SetSearchText(r.ID, "") })
	if got := found(t, s, 10, "bridge"); len(got) != 0 {
		t.Errorf("the removed text is still found: %v", got)
	}
	err := s.Update(t.Context(), func(tx flow.Tx) error {
		return tx.SetSearchText(tocsin.NewRecordID(tocsin.KindItem), "kettle")
	})
	expect(t, err, tocsin.CodeNotFound, "")
}
