// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin/translog"
)

// tower rebuilds a log's tiles from its entries, from the left, and compares each with the one served as
// soon as it is full. It holds one unfinished tile a level.
type tower struct {
	edge   translog.Edge
	levels [][]tlog.Hash // hashes of the unfinished tile at each level
	done   []int64       // full tiles at each level
	served func(context.Context, tlog.Tile) ([]byte, error)
}

// add appends the entries of one bundle.
func (t *tower) add(ctx context.Context, entries [][]byte) error {
	stored, edge, err := t.edge.Append(entries...)
	if err != nil {
		return err
	}
	t.edge = edge
	for _, s := range stored {
		height, _ := tlog.SplitStoredHashIndex(s.Index)
		if height%translog.TileHeight != 0 {
			continue // inside a tile
		}
		if err := t.put(ctx, height/translog.TileHeight, s.Hash); err != nil {
			return err
		}
	}
	return nil
}

func (t *tower) put(ctx context.Context, level int, h tlog.Hash) error {
	if level == len(t.levels) {
		t.levels, t.done = append(t.levels, nil), append(t.done, 0)
	}
	t.levels[level] = append(t.levels[level], h)
	if len(t.levels[level]) < translog.TileWidth {
		return nil
	}
	if err := t.compare(ctx, level); err != nil {
		return err
	}
	t.levels[level], t.done[level] = t.levels[level][:0], t.done[level]+1
	return nil
}

// finish compares the tiles that stayed partial.
func (t *tower) finish(ctx context.Context) error {
	for level := range t.levels {
		if len(t.levels[level]) == 0 {
			continue
		}
		if err := t.compare(ctx, level); err != nil {
			return err
		}
	}
	return nil
}

// compare fetches a tile and names the first hash in it that is not the one computed.
func (t *tower) compare(ctx context.Context, level int) error {
	hashes := t.levels[level]
	tile := tlog.Tile{H: translog.TileHeight, L: level, N: t.done[level], W: len(hashes)}
	served, err := t.served(ctx, tile)
	if err != nil {
		return err
	}
	for i, h := range hashes {
		if tlog.Hash(served[i*tlog.HashSize:][:tlog.HashSize]) == h {
			continue
		}
		path := translog.TilePath(tile)
		if level == 0 {
			return &LeafError{
				Index: tile.N*translog.TileWidth + int64(i),
				Err:   fmt.Errorf("%w: not the entry that %s commits to", translog.ErrUnverified, path),
			}
		}
		return &TileError{
			Path: path, Err: fmt.Errorf("%w: hash %d is not that of the entries below", translog.ErrUnverified, i),
		}
	}
	return nil
}
