// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin/internal/flow"
)

// Verify reads the whole journal and every log shard in one view, recomputes chain, trees and roots, and
// gives the entries.
func Verify(t testing.TB, s flow.Store) []flow.StoredEntry {
	t.Helper()
	var all []flow.StoredEntry
	err := s.View(whole(t), func(tx flow.Tx) (err error) {
		all, err = verifyIn(t, tx)
		return err
	})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return all
}

func verifyIn(t testing.TB, tx flow.Tx) ([]flow.StoredEntry, error) {
	t.Helper()
	all, err := verifyChain(t, tx)
	if err != nil {
		return nil, err
	}
	return all, verifyShards(t, tx, all)
}

func verifyChain(t testing.TB, tx flow.Tx) ([]flow.StoredEntry, error) {
	t.Helper()
	var all []flow.StoredEntry
	var hash [32]byte
	for {
		page, err := tx.Entries(int64(len(all)), 500)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			seq := int64(len(all)) + 1
			if e.Seq != seq {
				t.Fatalf("event %d stands where %d should", e.Seq, seq)
			}
			hash = sha256.Sum256(append(binary.BigEndian.AppendUint64(hash[:], uint64(seq)), e.Exact...))
			if e.Hash != hash {
				t.Fatalf("chain hash of event %d is wrong", seq)
			}
			if again, err := e.Header.Encode(); err != nil || !bytes.Equal(again, e.Exact) {
				t.Fatalf("header of event %d is not its exact bytes: %v", seq, err)
			}
			all = append(all, e)
		}
		if len(page) == 0 {
			break
		}
	}
	head, err := tx.Head()
	if err == nil && (head.Seq != int64(len(all)) || head.Hash != hash) {
		t.Fatalf("head stands at %d with another hash; the journal has %d events", head.Seq, len(all))
	}
	return all, err
}

func verifyShards(t testing.TB, tx flow.Tx, entries []flow.StoredEntry) error {
	t.Helper()
	byShard := map[int64][][]byte{}
	for _, e := range entries {
		if e.Leaf == nil {
			if e.Shard != 0 || e.LeafIndex != -1 {
				t.Fatalf("event %d has a place in the log but no leaf", e.Seq)
			}
			continue
		}
		if e.LeafIndex != int64(len(byShard[e.Shard])) {
			t.Fatalf("event %d has leaf %d of shard %d, want %d", e.Seq, e.LeafIndex, e.Shard, len(byShard[e.Shard]))
		}
		byShard[e.Shard] = append(byShard[e.Shard], e.Leaf)
	}
	shards, err := tx.Shards()
	if err != nil {
		return err
	}
	for i, shard := range shards {
		want := byShard[shard.Shard]
		if shard.Shard != int64(i+1) || shard.TreeSize != int64(len(want)) {
			t.Fatalf("shard %d has %d leaves, want %d in shard %d", shard.Shard, shard.TreeSize, len(want), i+1)
		}
		if err := verifyTree(t, tx, shard, want); err != nil {
			return err
		}
		delete(byShard, shard.Shard)
	}
	if len(byShard) != 0 {
		t.Fatalf("leaves in %d shards that do not exist", len(byShard))
	}
	return nil
}

// verifyTree computes the tree from the leaves alone, with x/mod and not with our edge, and then reads the
// root once more from the stored hashes.
func verifyTree(t testing.TB, tx flow.Tx, shard flow.Head, want [][]byte) error {
	t.Helper()
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = hashes[index]
		}
		return found, nil
	})
	for n := range int64(len(want)) {
		stored, err := tlog.StoredHashes(n, want[n], read)
		if err != nil {
			return err
		}
		hashes = append(hashes, stored...)
	}
	root, err := tlog.TreeHash(shard.TreeSize, read)
	if err != nil {
		return err
	}
	again, err := tlog.TreeHash(shard.TreeSize, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return tx.StoredHashes(shard.Shard, indexes)
	}))
	if err != nil {
		return err
	}
	if root != shard.TreeRoot || again != root {
		t.Fatalf("root of shard %d is not that of its %d leaves", shard.Shard, shard.TreeSize)
	}
	for from := 0; from < len(want); from += 100 {
		page, err := tx.Leaves(shard.Shard, int64(from), 100)
		if err != nil {
			return err
		}
		for i, leaf := range page {
			if !bytes.Equal(leaf, want[from+i]) {
				t.Fatalf("leaf %d of shard %d is not its event's", from+i, shard.Shard)
			}
		}
	}
	return nil
}
