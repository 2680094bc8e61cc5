// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"tocsin/translog"
)

// A monitor keeps one checkpoint and nothing else. The log then shows it a later tree, with the best proof
// that the rewritten history allows.
func TestMonitorWithOneCheckpointCatchesEveryRewrite(t *testing.T) {
	t.Parallel()
	rewrites := map[string]func(t *rapid.T, entries [][]byte) [][]byte{
		"delete": func(t *rapid.T, e [][]byte) [][]byte {
			i := rapid.IntRange(0, len(e)-1).Draw(t, "i")
			return slices.Delete(e, i, i+1)
		},
		"alter": func(t *rapid.T, e [][]byte) [][]byte {
			e[rapid.IntRange(0, len(e)-1).Draw(t, "i")] = []byte("altered")
			return e
		},
		"reorder": func(t *rapid.T, e [][]byte) [][]byte {
			i := rapid.IntRange(0, len(e)-2).Draw(t, "i")
			j := rapid.IntRange(i+1, len(e)-1).Draw(t, "j")
			e[i], e[j] = e[j], e[i]
			return e
		},
		"back-date": func(t *rapid.T, e [][]byte) [][]byte {
			return slices.Insert(e, rapid.IntRange(0, len(e)-1).Draw(t, "i"), []byte("inserted late"))
		},
		"truncate": func(t *rapid.T, e [][]byte) [][]byte {
			return e[:rapid.IntRange(0, len(e)-1).Draw(t, "n")]
		},
	}
	for name, rewrite := range rewrites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				size := rapid.IntRange(2, 600).Draw(t, "size")
				kept, honest := grownLog(t, numbered(size))
				grown := numbered(size + rapid.IntRange(0, 300).Draw(t, "grown"))[size:]
				if _, err := honest.AppendBytes(grown...); err != nil {
					t.Fatal(err)
				}
				if err := showMonitor(kept, honest); err != nil {
					t.Fatalf("honest growth refused: %v", err)
				}
				_, forged := grownLog(t, append(rewrite(t, numbered(size)), grown...))
				if err := showMonitor(kept, forged); !errors.Is(err, translog.ErrRewritten) {
					t.Fatalf("got error %v, want ErrRewritten", err)
				}
			})
		})
	}
}

func grownLog(t *rapid.T, entries [][]byte) (translog.Checkpoint, *translog.Memory) {
	log := new(translog.Memory)
	if _, err := log.AppendBytes(entries...); err != nil {
		t.Fatal(err)
	}
	return log.Checkpoint(testOrigin), log
}

func showMonitor(kept translog.Checkpoint, log *translog.Memory) error {
	now := log.Checkpoint(testOrigin)
	var proof tlog.TreeProof
	if now.Size > 0 && kept.Size <= now.Size {
		var err error
		if proof, err = tlog.ProveTree(now.Size, kept.Size, log); err != nil {
			return err
		}
	}
	return translog.CheckGrowth(kept, now, proof)
}

func TestGrowthIsCheckedWithinOneLog(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1)
	empty := log.Checkpoint(testOrigin)
	three := log.fill(t, 3).Checkpoint(testOrigin)
	if err := translog.CheckGrowth(empty, three, nil); err != nil {
		t.Errorf("from an empty tree: %v", err)
	}
	if err := translog.CheckGrowth(three, three, nil); err != nil {
		t.Errorf("to the same tree: %v", err)
	}
	other := three
	other.Origin = "host.example/log/1"
	if err := translog.CheckGrowth(three, other, nil); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("another log: got error %v, want ErrMalformed", err)
	}
	empty.Root = three.Root
	if err := translog.CheckGrowth(empty, three, nil); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("empty tree with a root: got error %v, want ErrMalformed", err)
	}
}

// forgingReader serves honest tiles, one hash of which it changes.
type forgingReader struct {
	*translog.Memory
	size   int64
	forged tlog.Tile
	at     int
}

func (r forgingReader) Height() int                         { return translog.TileHeight }
func (r forgingReader) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (r forgingReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		b, err := translog.TileData(r.size, t, r.Memory)
		if err != nil {
			return nil, err
		}
		if t == r.forged {
			b[r.at*tlog.HashSize] ^= 1
		}
		data[i] = b
	}
	return data, nil
}

// CVE-2026-56865: when several complete subtrees lay in one tile, x/mod before v0.40 left as many of the
// following tiles unchecked. Every hash of every tile is forged in trees with such an edge.
func TestForgedTileIsNotAccepted(t *testing.T) {
	t.Parallel()
	for _, size := range []int{255, 256 + 3, 256*2 + 127, 256*3 + 255} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			log := newTestLog(t, testOrigin, 1).fill(t, size)
			c := log.Checkpoint(testOrigin)
			tree := tlog.Tree{N: c.Size, Hash: c.Root}
			for _, forged := range tlog.NewTiles(translog.TileHeight, 0, c.Size) {
				for at := range forged.W {
					index := tlog.StoredHashIndex(forged.L*translog.TileHeight, forged.N*translog.TileWidth+int64(at))
					r := forgingReader{Memory: &log.Memory, size: c.Size, forged: forged, at: at}
					if h, err := tlog.TileHashReader(tree, r).ReadHashes([]int64{index}); err == nil {
						t.Fatalf("hash %d of %s forged: read %v", at, translog.TilePath(forged), h)
					}
				}
			}
		})
	}
}
