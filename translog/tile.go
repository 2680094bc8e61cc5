// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// TileHeight is the height of a tile in c2sp.org/tlog-tiles.
	TileHeight = 8
	// TileWidth is the number of hashes, or entries, in a full tile.
	TileWidth = 1 << TileHeight
	// EntriesLevel is the level of the tiles that hold entries, called bundles, instead of hashes.
	EntriesLevel = -1

	maxTileLevel = 63
)

// TilePath gives the path of a tile below a log's prefix: "tile/0/x001/234", "tile/entries/000.p/7".
func TilePath(t tlog.Tile) string {
	t.H = TileHeight
	path := strings.TrimPrefix(t.Path(), "tile/8/")
	if rest, ok := strings.CutPrefix(path, "data/"); ok {
		path = "entries/" + rest
	}
	return "tile/" + path
}

// ParseTilePath reads what [TilePath] writes and nothing else.
func ParseTilePath(path string) (tlog.Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if entries, isBundle := strings.CutPrefix(rest, "entries/"); isBundle {
		rest = "data/" + entries
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	if !ok || err != nil || t.L > maxTileLevel || t.N >= MaxSize || TilePath(t) != path {
		return tlog.Tile{}, fmt.Errorf("parse tile path: %w", ErrMalformed)
	}
	return t, nil
}

// HasTile reports whether a tree of a size has the tile, in full or at least as wide as asked. What it
// has once it has for ever, with the same bytes.
func HasTile(size int64, t tlog.Tile) bool {
	if t.H != TileHeight || t.L < EntriesLevel || t.L > maxTileLevel || t.W < 1 || t.W > TileWidth ||
		t.N < 0 || size < 0 || size > MaxSize {
		return false
	}
	width := size >> (TileHeight * max(t.L, 0)) // hashes, or entries, at that level
	full := width >> TileHeight
	return t.N < full || (t.N == full && int64(t.W) <= width%TileWidth)
}

// TileData gives the bytes of a tile of hashes in a tree of a size, with one call of r.
func TileData(size int64, t tlog.Tile, r tlog.HashReader) ([]byte, error) {
	if t.L == EntriesLevel || !HasTile(size, t) {
		return nil, fmt.Errorf("read tile: %w: the tree has no such tile of hashes", ErrMalformed)
	}
	b, err := tlog.ReadTileData(t, r)
	if err != nil {
		return nil, fmt.Errorf("read tile: %w", err)
	}
	return b, nil
}

// EncodeBundle gives the bytes of an entry bundle: each entry after its length in two bytes.
func EncodeBundle(entries [][]byte) ([]byte, error) {
	if len(entries) == 0 || len(entries) > TileWidth {
		return nil, fmt.Errorf("encode bundle: %w: holds 1 to %d entries", ErrMalformed, TileWidth)
	}
	var b []byte
	for _, e := range entries {
		if len(e) > MaxEntry {
			return nil, fmt.Errorf("encode bundle: %w: entry over %d bytes", ErrMalformed, MaxEntry)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b, nil
}

// ParseBundle splits an entry bundle that must hold exactly width entries. The entries share its memory.
func ParseBundle(b []byte, width int) ([][]byte, error) {
	entries := make([][]byte, 0, TileWidth)
	for len(b) > 0 && len(entries) < TileWidth {
		if len(b) < 2 {
			return nil, fmt.Errorf("parse bundle: %w: cut short", ErrMalformed)
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		if len(b) < end {
			return nil, fmt.Errorf("parse bundle: %w: cut short", ErrMalformed)
		}
		entries = append(entries, b[2:end:end])
		b = b[end:]
	}
	if width < 1 || len(entries) != width || len(b) != 0 {
		return nil, fmt.Errorf("parse bundle: %w: not the number of entries asked for", ErrMalformed)
	}
	return entries, nil
}
