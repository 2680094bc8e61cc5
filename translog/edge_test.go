// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"errors"
	"fmt"
	"math/bits"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"tocsin/translog"
)

// countingReader counts how often and how much of a hash store is read.
type countingReader struct {
	hashes       []tlog.Hash
	calls, reads int
}

func (r *countingReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	r.calls++
	r.reads += len(indexes)
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = r.hashes[x]
	}
	return out, nil
}

// reference grows a tree with x/mod alone.
func reference(t interface{ Fatal(...any) }, entries [][]byte) []tlog.Hash {
	r := &countingReader{}
	for i, e := range entries {
		hashes, err := tlog.StoredHashes(int64(i), e, r)
		if err != nil {
			t.Fatal(err)
		}
		r.hashes = append(r.hashes, hashes...)
	}
	return r.hashes
}

func numbered(n int) [][]byte {
	entries := make([][]byte, n)
	for i := range entries {
		entries[i] = fmt.Appendf(nil, "entry %d", i)
	}
	return entries
}

func TestAppendAgreesWithTheReferenceTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		batches := rapid.SliceOfN(rapid.IntRange(0, 70), 1, 12).Draw(t, "batches")
		var entries [][]byte
		store := &countingReader{}
		for _, n := range batches {
			size := int64(len(entries))
			batch := numbered(n)
			entries = append(entries, batch...)
			store.calls, store.reads = 0, 0
			stored, edge, err := translog.Append(size, batch, store)
			if err != nil {
				t.Fatal(err)
			}
			if limit := bits.OnesCount64(uint64(size)); store.calls > 1 || store.reads > limit {
				t.Fatalf("at size %d: %d calls for %d hashes, want one for %d", size, store.calls, store.reads, limit)
			}
			for i, s := range stored {
				if want := int64(len(store.hashes)); s.Index != want {
					t.Fatalf("stored hash %d has index %d, want %d", i, s.Index, want)
				}
				store.hashes = append(store.hashes, s.Hash)
			}
			if edge.Size() != int64(len(entries)) {
				t.Fatalf("size %d, want %d", edge.Size(), len(entries))
			}
			root, err := tlog.TreeHash(edge.Size(), store)
			if err != nil {
				t.Fatal(err)
			}
			if edge.Root() != root {
				t.Fatalf("at size %d: root differs from the reference", edge.Size())
			}
			kept, err := translog.ParseEdge(edge.Size(), edge.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if kept.Root() != root {
				t.Fatal("the kept edge has another root")
			}
		}
		if diff := cmp.Diff(reference(t, entries), store.hashes); diff != "" {
			t.Fatalf("stored hashes: (-reference +ours)\n%s", diff)
		}
	})
}

func TestEdgeIsAValue(t *testing.T) {
	t.Parallel()
	_, three, err := translog.Edge{}.Append(numbered(3)...)
	if err != nil {
		t.Fatal(err)
	}
	root := three.Root()
	_, a, err := three.Append([]byte("one way"))
	if err != nil {
		t.Fatal(err)
	}
	_, b, err := three.Append([]byte("another way"))
	if err != nil {
		t.Fatal(err)
	}
	if three.Root() != root || three.Size() != 3 || a.Root() == b.Root() {
		t.Error("appending to an edge changed it")
	}
}

func TestEdgeOfAnotherSizeIsRefused(t *testing.T) {
	t.Parallel()
	_, edge, err := translog.Edge{}.Append(numbered(7)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{-1, 0, 1, 6, 8, translog.MaxSize + 1} {
		if _, err := translog.ParseEdge(size, edge.Bytes()); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("size %d: got error %v, want ErrMalformed", size, err)
		}
	}
	if _, err := translog.ReadEdge(-1, &countingReader{}); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("negative size: got error %v, want ErrMalformed", err)
	}
	if _, _, err := edge.Append(make([]byte, translog.MaxEntry+1)); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("oversize entry: got error %v, want ErrMalformed", err)
	}
}

func BenchmarkAppend(b *testing.B) {
	entry := make([]byte, 900)
	edge := translog.Edge{}
	for b.Loop() {
		var err error
		if _, edge, err = edge.Append(entry); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCommitAndEncode(b *testing.B) {
	l := testOrder(b)
	for b.Loop() {
		sd, _, err := testKey(1).Commit("ord_kettle",
			translog.Field{Name: translog.FieldAddress, Value: "https://example.org/garden/12"},
			translog.Field{Name: translog.FieldContent, Value: "00"},
			translog.Field{Name: translog.FieldReasons, Value: "because of the kettle"})
		if err != nil {
			b.Fatal(err)
		}
		l.SD = sd
		if _, err := l.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}
