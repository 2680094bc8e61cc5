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

func recordIsKeptExactly(t *testing.T, s flow.Store) {
	bare := newRow()
	bare.Key, bare.Document = nil, nil
	full := newRow()
	full.Due = pointer(start.Add(time.Hour))
	changed := full
	changed.Version, changed.Status, changed.Body = 3, "restricted", []byte(`{"z":"é \u0000","a":1}`)
	changed.UpdatedAt, changed.Due, changed.Document = start.Add(time.Minute), nil, nil
	update(t, s, func(tx flow.Tx) error {
		if err := tx.Create(bare); err != nil {
			return err
		}
		return tx.Create(full)
	})
	for _, want := range []flow.Row{bare, full} {
		sameRow(t, s, want)
	}
	update(t, s, func(tx flow.Tx) error { return tx.Save(changed, 1) })
	sameRow(t, s, changed)
	sameRow(t, s, bare)
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.Create(full) })
	expect(t, err, tocsin.CodeConflict, tocsin.ReasonDuplicate)
	sameRow(t, s, changed)
}

func sameRow(t *testing.T, s flow.Store, want flow.Row) {
	t.Helper()
	view(t, s, func(tx flow.Tx) error {
		got, err := tx.Record(want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("record (-want +got):\n%s", diff)
		}
		return err
	})
}

func unknownThingsAreNotFound(t *testing.T, s flow.Store) {
	addRecord(t, s)
	update(t, s, func(tx flow.Tx) error { // which still commits: an answer is not an error
		unknown := tocsin.NewRecordID(tocsin.KindItem)
		_, err := tx.Record(unknown)
		expect(t, err, tocsin.CodeNotFound, "")
		_, err = tx.Lookup("item", []byte("key"))
		expect(t, err, tocsin.CodeNotFound, "")
		_, err = tx.EntryByID(tocsin.NewEventID())
		expect(t, err, tocsin.CodeNotFound, "")
		_, err = tx.Delivery(tocsin.NewEventID(), "host")
		expect(t, err, tocsin.CodeNotFound, "")
		_, err = tx.StoredHashes(1, []int64{0, 1})
		expect(t, err, tocsin.CodeNotFound, "")
		if result, ok, err := tx.Command("key"); result != nil || ok || err != nil {
			t.Errorf("unknown command: %v, %v, %v", result, ok, err)
		}
		entries, err := tx.EntriesOf(unknown)
		if len(entries) != 0 || err != nil {
			t.Errorf("entries of unknown record: %v, %v", entries, err)
		}
		return tx.Create(newRow())
	})
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.Erase(tocsin.NewRecordID(tocsin.KindItem)) })
	expect(t, err, tocsin.CodeNotFound, "")
	err = s.Update(t.Context(), func(tx flow.Tx) error { return tx.RerunJob(4711, start) })
	expect(t, err, tocsin.CodeNotFound, "")
}

func saveNeedsTheExpectedVersion(t *testing.T, s flow.Store) {
	r, _ := addRecord(t, s)
	unknown, otherKind := newRow(), r
	otherKind.Kind = tocsin.KindContact
	for name, test := range map[string]struct {
		row      flow.Row
		expected int64
	}{
		"older": {r, 0}, "newer": {r, 2}, "unknown": {unknown, 1}, "unknown from nothing": {unknown, 0},
		"of another kind": {otherKind, 1},
	} {
		err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.Save(test.row, test.expected) })
		if tocsin.CodeOf(err) != tocsin.CodeConflict || tocsin.ReasonOf(err) != tocsin.ReasonStale {
			t.Errorf("%s: got %v", name, err)
		}
	}
	sameRow(t, s, r)
	view(t, s, func(tx flow.Tx) error {
		_, err := tx.Record(unknown.ID)
		expect(t, err, tocsin.CodeNotFound, "")
		return nil
	})
}

// every is more than any test makes.
const every = 1 << 40

func countsByKindAndStatusUpToABound(t *testing.T, s flow.Store) {
	statuses := []string{"open", "open", "shut", "gone"}
	addRows(t, s, len(statuses), func(i int, r *flow.Row) { r.Status = statuses[i] })
	addRows(t, s, 1, func(_ int, r *flow.Row) {
		r.ID, r.Kind = tocsin.NewRecordID(tocsin.KindContact), tocsin.KindContact
	})
	view(t, s, func(tx flow.Tx) error {
		for _, test := range []struct {
			most   int64
			status []string
			want   int64
		}{
			{every, nil, 4},
			{every, []string{"open"}, 2},
			{every, []string{"open", "gone"}, 3},
			{every, []string{"none"}, 0},
			{3, nil, 3},
			{1, []string{"open"}, 1},
			{2, []string{"open", "shut", "gone"}, 2},
		} {
			n, err := tx.Count(tocsin.KindItem, test.most, test.status...)
			if n != test.want || err != nil {
				t.Errorf("count up to %d of %v: got %d, %v, want %d", test.most, test.status, n, err, test.want)
			}
		}
		return nil
	})
}

func erasedRecord(t *testing.T, s flow.Store) {
	r, first := addRecord(t, s)
	other, otherFirst := addRecord(t, s)
	update(t, s, func(tx flow.Tx) error {
		if err := tx.SetSearchText(r.ID, "kettle bridge"); err != nil {
			return err
		}
		if err := tx.SetSearchText(other.ID, "kettle"); err != nil {
			return err
		}
		return tx.Append([]flow.Entry{entry(r.ID, 2, true)})
	})
	erasing := entry(r.ID, 3, true)
	erasing.Payload = nil
	gone := r
	gone.Version, gone.Key, gone.Document = 3, nil, nil
	update(t, s, func(tx flow.Tx) error {
		if err := tx.Erase(r.ID); err != nil {
			return err
		}
		if err := tx.Save(gone, 1); err != nil {
			return err
		}
		return tx.Append([]flow.Entry{erasing})
	})
	Verify(t, s)
	gone.Erased = true
	sameRow(t, s, gone)
	sameRow(t, s, other)
	view(t, s, func(tx flow.Tx) error {
		entries, err := tx.EntriesOf(r.ID)
		for _, e := range entries {
			if e.Payload != nil || e.Leaf == nil {
				t.Errorf("event %d of the erased record: payload %q, leaf %q", e.Seq, e.Payload, e.Leaf)
			}
		}
		if len(entries) != 3 || err != nil {
			t.Errorf("got %d events, %v", len(entries), err)
		}
		if e, err := tx.EntryByID(first.Header.ID); e.Payload != nil || err != nil {
			t.Errorf("first event: %v, %v", e, err)
		}
		if e, err := tx.EntryByID(otherFirst.Header.ID); e.Payload == nil || err != nil {
			t.Errorf("event of the other record: %v, %v", e, err)
		}
		ids, err := tx.Search([]string{"kettle"}, 10)
		if diff := cmp.Diff([]tocsin.RecordID{other.ID}, ids); diff != "" {
			t.Errorf("search (-want +got):\n%s", diff)
		}
		return err
	})
}

func erasedRecordTakesNoTextAgain(t *testing.T, s flow.Store) {
	r, _ := addRecord(t, s)
	update(t, s, func(tx flow.Tx) error { return tx.Erase(r.ID) })
	update(t, s, func(tx flow.Tx) error { return tx.Erase(r.ID) }) // again: as before
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.Save(r, 1) })
	expect(t, err, tocsin.CodeErased, tocsin.ReasonErased)
	err = s.Update(t.Context(), func(tx flow.Tx) error { return tx.Save(r, 7) })
	expect(t, err, tocsin.CodeConflict, tocsin.ReasonStale)
	err = s.Update(t.Context(), func(tx flow.Tx) error { return tx.SetSearchText(r.ID, "kettle") })
	expect(t, err, tocsin.CodeErased, tocsin.ReasonErased)
	r.Key, r.Document, r.Erased = nil, nil, true
	sameRow(t, s, r)
	update(t, s, func(tx flow.Tx) error { return tx.Save(r, 1) })
}
