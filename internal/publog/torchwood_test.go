// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package publog_test

import (
	"bytes"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"

	"tocsin/translog"
)

// An independent implementation of the C2SP formats reads the log over HTTP, checks the checkpoint, every
// entry and its tiles, and proofs that it builds from the tiles itself.
func TestIndependentClientVerifiesTheServedLog(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 255, 256, 257, 70_000} {
		src := &shards{all: map[int64]*shard{7: newShard(t, 7)}, current: 7}
		log := src.all[7]
		log.grow(t, size)
		log.publish(t)
		log.grow(t, 300)
		server := serve(t, src)
		for _, prefix := range []string{"/log/", "/log/7/"} {
			fetcher, err := torchwood.NewTileFetcher(server.URL + prefix)
			if err != nil {
				t.Fatal(err)
			}
			verifyAsStranger(t, log, fetcher, int64(size))
			if size > 1000 {
				break // once is enough for the large one
			}
		}
	}
}

func verifyAsStranger(t *testing.T, log *shard, fetcher torchwood.TileReader, size int64) {
	t.Helper()
	policy := torchwood.ThresholdPolicy(2,
		torchwood.OriginPolicy(log.origin), torchwood.SingleVerifierPolicy(log.verifier))
	signed, err := fetcher.ReadEndpoint(t.Context(), "checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		t.Fatal(err)
	}
	if c.N != size {
		t.Fatalf("checkpoint has size %d, want %d", c.N, size)
	}
	client, err := torchwood.NewClient(fetcher)
	if err != nil {
		t.Fatal(err)
	}
	var next int64
	for i, entry := range client.AllEntries(t.Context(), c.Tree, 0) {
		if i != next || !bytes.Equal(entry, entryOf(i)) {
			t.Fatalf("entry %d is %q, want entry %d", i, entry, next)
		}
		next++
	}
	if err := client.Err(); err != nil || next != size {
		t.Fatalf("read %d of %d entries: %v", next, size, err)
	}
	for _, index := range []int64{0, size / 2, size - 1} {
		verifyProofs(t, log, client, policy, signed, c.Tree, index)
	}
}

// verifyProofs checks their proof from our tiles, and our proof by their verifier.
func verifyProofs(t *testing.T, log *shard, client *torchwood.Client, policy torchwood.Policy, signed []byte,
	tree tlog.Tree, index int64) {
	t.Helper()
	entry, path, err := client.Entry(t.Context(), tree, index)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := translog.ParseProof(torchwood.FormatProof(index, path, signed))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Verify(entry, translog.TrustLogs(log.verifier)); err != nil {
		t.Errorf("their proof of entry %d: %v", index, err)
	}
	ours, err := translog.Prove(signed, index, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := torchwood.VerifyProof(policy, tlog.RecordHash(entry), ours.Encode()); err != nil {
		t.Errorf("our proof of entry %d: %v", index, err)
	}
}
