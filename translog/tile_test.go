// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"bytes"
	"errors"
	"testing"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"tocsin/translog"
)

func tile(level int, n int64, width int) tlog.Tile {
	return tlog.Tile{H: translog.TileHeight, L: level, N: n, W: width}
}

func TestTilePathsAreThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]tlog.Tile{
		"tile/0/000":                  tile(0, 0, 256),
		"tile/0/x001/x234/067":        tile(0, 1234067, 256),
		"tile/0/x001/x234/067.p/8":    tile(0, 1234067, 8),
		"tile/63/001.p/255":           tile(63, 1, 255),
		"tile/entries/999":            tile(-1, 999, 256),
		"tile/entries/x001/000.p/112": tile(-1, 1000, 112),
	} {
		got, err := translog.ParseTilePath(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else if got != want {
			t.Errorf("%s: got %+v, want %+v", path, got, want)
		}
		if back := translog.TilePath(want); back != path {
			t.Errorf("TilePath(%+v) = %s, want %s", want, back, path)
		}
		if theirs := torchwood.TilePath(want); theirs != path {
			t.Errorf("the other implementation has %s for %s", theirs, path)
		}
	}
}

func TestBadTilePathsAreRefused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "tile", "tile/", "/tile/0/000", "tile/0/000/", "tile/0/00", "tile/0/0000",
		"tile/00/000", "tile/64/000", "tile/-1/000", "tile/data/000", "tile/8/0/000", "tile/0/x000/000",
		"tile/0/001/002", "tile/0/x001/x002", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
		"tile/0/000.p/", "tile/0/000.p", "tile/entries/000.p/-1", "tile/0/../000", "tile/0/%30%30%30",
		"tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/x018/x446/x744/x073/x709/x551/616"} {
		if got, err := translog.ParseTilePath(path); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%q: got %+v, %v; want ErrMalformed", path, got, err)
		}
	}
}

// The specification's own example: a tree of 70,000 entries.
func TestTreeHasExactlyItsTiles(t *testing.T) {
	t.Parallel()
	const size = 70000
	for _, have := range []tlog.Tile{tile(0, 0, 256), tile(0, 272, 256), tile(0, 273, 112), tile(0, 273, 1),
		tile(1, 0, 256), tile(1, 1, 17), tile(2, 0, 1), tile(-1, 272, 256), tile(-1, 273, 112)} {
		if !translog.HasTile(size, have) {
			t.Errorf("%s is missing", translog.TilePath(have))
		}
	}
	for _, beyond := range []tlog.Tile{tile(0, 273, 113), tile(0, 273, 256), tile(0, 274, 1), tile(1, 1, 18),
		tile(2, 0, 2), tile(3, 0, 1), tile(63, 0, 1), tile(-1, 273, 113), tile(0, -1, 1), tile(0, 0, 0),
		tile(0, 0, 257),
		tile(-2, 0, 1), tile(0, 1<<62, 256), {H: 4, L: 0, N: 0, W: 1}} {
		if translog.HasTile(size, beyond) {
			t.Errorf("%+v is not in the tree", beyond)
		}
	}
}

func TestTileDataIsThatOfTheReferenceTree(t *testing.T) {
	t.Parallel()
	const size = 256*3 + 5
	entries := numbered(size)
	store := &countingReader{hashes: reference(t, entries)}
	for _, want := range tlog.NewTiles(translog.TileHeight, 0, size) {
		store.calls = 0
		got, err := translog.TileData(size, want, store)
		if err != nil {
			t.Fatal(err)
		}
		data, err := tlog.ReadTileData(want, store)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, data) || store.calls != 2 {
			t.Errorf("%s: %d bytes in %d calls", translog.TilePath(want), len(got), store.calls-1)
		}
	}
	for _, beyond := range []tlog.Tile{tile(0, 3, 6), tile(-1, 0, 256)} {
		if _, err := translog.TileData(size, beyond, store); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%+v: got error %v, want ErrMalformed", beyond, err)
		}
	}
}

func TestBundleRoundTripsAndAgreesWithAnotherImplementation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 40), 1, translog.TileWidth).Draw(t, "entries")
		b, err := translog.EncodeBundle(entries)
		if err != nil {
			t.Fatal(err)
		}
		var theirs []byte
		for _, e := range entries {
			if theirs, err = torchwood.AppendTileEntry(theirs, e); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(b, theirs) {
			t.Fatal("the other implementation encodes it otherwise")
		}
		got, err := translog.ParseBundle(b, len(entries))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(entries, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		for _, width := range []int{0, len(entries) - 1, len(entries) + 1} {
			if _, err := translog.ParseBundle(b, width); !errors.Is(err, translog.ErrMalformed) {
				t.Fatalf("width %d for %d entries: got error %v", width, len(entries), err)
			}
		}
		if _, err := translog.ParseBundle(b[:len(b)-1], len(entries)); !errors.Is(err, translog.ErrMalformed) {
			t.Fatalf("cut short: got error %v", err)
		}
	})
}

func TestBundleThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for name, entries := range map[string][][]byte{
		"empty":         nil,
		"too many":      make([][]byte, translog.TileWidth+1),
		"entry too big": {make([]byte, translog.MaxEntry+1)},
	} {
		if _, err := translog.EncodeBundle(entries); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", name, err)
		}
	}
}
