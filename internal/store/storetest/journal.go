// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/internal/flow"
)

func journalChains(t *testing.T, s flow.Store) {
	if got := Verify(t, s); len(got) != 0 {
		t.Fatalf("a new journal has %d events", len(got))
	}
	id := tocsin.NewRecordID(tocsin.KindItem)
	var want []flow.Entry
	for i := range 7 {
		batch := []flow.Entry{entry(id, int64(2*i+1), i%2 == 0), entry(id, int64(2*i+2), i%3 == 0)}
		want = append(want, batch...)
		update(t, s, func(tx flow.Tx) error { return tx.Append(batch) })
	}
	update(t, s, func(tx flow.Tx) error { return tx.Append(nil) })
	var got []flow.Entry
	for _, e := range Verify(t, s) {
		got = append(got, e.Entry)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	view(t, s, func(tx flow.Tx) error {
		page, err := tx.Entries(5, 3)
		if len(page) != 3 || page[0].Seq != 6 {
			t.Errorf("entries after 5: %v", page)
		}
		return err
	})
}

func journalGivesRawRows(t *testing.T, s flow.Store) {
	r, e := addRecord(t, s)
	bare := entry(r.ID, 2, false)
	bare.Payload = nil
	strange := entry(r.ID, 3, false)
	strange.Exact = []byte("not even JSON") // finding this is a check's work, not the store's
	update(t, s, func(tx flow.Tx) error { return tx.Append([]flow.Entry{bare, strange}) })
	view(t, s, func(tx flow.Tx) error {
		all, err := tx.EntriesOf(r.ID)
		if err != nil || len(all) != 3 {
			t.Fatalf("got %d entries, %v", len(all), err)
		}
		if diff := cmp.Diff(e, all[0].Entry); diff != "" {
			t.Errorf("first (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(bare, all[1].Entry); diff != "" {
			t.Errorf("second (-want +got):\n%s", diff)
		}
		if h := all[2].Header; !bytes.Equal(all[2].Exact, strange.Exact) || h.ID != strange.Header.ID {
			t.Errorf("third: %+v", all[2])
		}
		byID, err := tx.EntryByID(e.Header.ID)
		if diff := cmp.Diff(all[0], byID); diff != "" {
			t.Errorf("by id (-want +got):\n%s", diff)
		}
		return err
	})
}

func recordVersionIsAppendedOnce(t *testing.T, s flow.Store) {
	r, e := addRecord(t, s)
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.Append([]flow.Entry{entry(r.ID, 1, true)}) })
	expect(t, err, tocsin.CodeConflict, tocsin.ReasonStale)
	sameEvent := e
	sameEvent.Header.Version = 2
	err = s.Update(t.Context(), func(tx flow.Tx) error { return tx.Append([]flow.Entry{sameEvent}) })
	expect(t, err, tocsin.CodeConflict, tocsin.ReasonStale)
	err = s.Update(t.Context(), func(tx flow.Tx) error { return tx.Append([]flow.Entry{{Header: e.Header}}) })
	expect(t, err, tocsin.CodeInternal, "")
	if got := Verify(t, s); len(got) != 1 {
		t.Errorf("the journal has %d events", len(got))
	}
}

func manyEntries(t *testing.T, s flow.Store) {
	id := tocsin.NewRecordID(tocsin.KindItem)
	var batch []flow.Entry
	for i := range 1203 { // more than one statement takes
		batch = append(batch, entry(id, int64(i+1), i%5 != 0))
	}
	update(t, s, func(tx flow.Tx) error { return tx.Append(batch) })
	if got := Verify(t, s); len(got) != len(batch) {
		t.Errorf("the journal has %d events", len(got))
	}
}

func shardsKeepTheirTrees(t *testing.T, s flow.Store) {
	view(t, s, func(tx flow.Tx) error {
		shards, err := tx.Shards()
		if len(shards) != 1 || shards[0].Shard != 1 || shards[0].TreeSize != 0 {
			t.Errorf("a new database has shards %v", shards)
		}
		return err
	})
	id := tocsin.NewRecordID(tocsin.KindItem)
	version := int64(0)
	appended := func(tx flow.Tx, n int) error {
		var batch []flow.Entry
		for range n {
			version++
			batch = append(batch, entry(id, version, true))
		}
		return tx.Append(batch)
	}
	update(t, s, func(tx flow.Tx) error { return appended(tx, 5) })
	update(t, s, func(tx flow.Tx) error {
		if err := tx.OpenShard(); err != nil {
			return err
		}
		return appended(tx, 3)
	})
	update(t, s, func(tx flow.Tx) error { return tx.OpenShard() })
	update(t, s, func(tx flow.Tx) error { return tx.OpenShard() }) // the third stays empty
	update(t, s, func(tx flow.Tx) error { return appended(tx, 1) })
	Verify(t, s)
	view(t, s, func(tx flow.Tx) error {
		shards, err := tx.Shards()
		var sizes []int64
		for i, shard := range shards {
			sizes = append(sizes, shard.TreeSize)
			if closed := i < len(shards)-1; closed != (shard.Seq == 0) {
				t.Errorf("shard %d stands at event %d", shard.Shard, shard.Seq)
			}
		}
		if diff := cmp.Diff([]int64{5, 3, 0, 1}, sizes); diff != "" {
			t.Errorf("sizes (-want +got):\n%s", diff)
		}
		if leaves, err := tx.Leaves(2, 1, 1); len(leaves) != 1 || err != nil {
			t.Errorf("leaf 1 of shard 2: %q, %v", leaves, err)
		}
		return err
	})
}

func storedHashesKeepOrder(t *testing.T, s flow.Store) {
	id := tocsin.NewRecordID(tocsin.KindItem)
	var batch []flow.Entry
	for i := range 600 {
		batch = append(batch, entry(id, int64(i+1), true))
	}
	update(t, s, func(tx flow.Tx) error { return tx.Append(batch) })
	var indexes []int64
	var want []tlog.Hash
	for i := len(batch) - 1; i >= 0; i-- { // backwards, and one of them twice
		indexes = append(indexes, tlog.StoredHashIndex(0, int64(i)))
		want = append(want, tlog.RecordHash(batch[i].Leaf))
	}
	indexes, want = append(indexes, indexes[3]), append(want, want[3])
	view(t, s, func(tx flow.Tx) error {
		got, err := tx.StoredHashes(1, indexes)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("hashes (-want +got):\n%s", diff)
		}
		none, err2 := tx.StoredHashes(1, nil)
		if len(none) != 0 || err2 != nil {
			t.Errorf("no hashes: %v, %v", none, err2)
		}
		return err
	})
}
