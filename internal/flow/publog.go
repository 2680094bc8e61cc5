// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/translog"
)

// CurrentShard gives the number of the shard being written.
func (f *Flow) CurrentShard(context.Context) (int64, error) {
	p := f.published.Load()
	if p == nil {
		return 0, notPublished()
	}
	return p.Shard, nil
}

// Checkpoint gives the last published checkpoint of a shard, signed.
func (f *Flow) Checkpoint(ctx context.Context, shard int64) ([]byte, error) {
	p := f.published.Load()
	if p == nil || shard < 1 || shard > p.Shard {
		return nil, notPublished()
	}
	if shard == p.Shard {
		return p.signed, nil
	}
	var file LogFile
	err := f.view(ctx, func(u *unit) error {
		log, err := u.singleton(tocsin.KindLog, nil)
		if err != nil {
			return err
		}
		return u.read(log, &file)
	})
	if err != nil {
		return nil, err
	}
	for _, closed := range file.Closed {
		if closed.Shard == shard {
			return f.signCheckpoint(closed)
		}
	}
	return nil, notPublished()
}

// Tile gives the hashes of a tile.
func (f *Flow) Tile(ctx context.Context, shard int64, t tlog.Tile) ([]byte, error) {
	signed, err := f.Checkpoint(ctx, shard)
	if err != nil {
		return nil, err
	}
	c, err := translog.PeekCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	var data []byte
	err = f.Store.View(ctx, func(tx Tx) (err error) {
		data, err = translog.TileData(c.Size, t, hashReader(tx, shard))
		return err
	})
	return data, err
}

// Entries gives n leaves from an index.
func (f *Flow) Entries(ctx context.Context, shard, from int64, n int) ([][]byte, error) {
	var leaves [][]byte
	err := f.Store.View(ctx, func(tx Tx) (err error) {
		leaves, err = tx.Leaves(shard, from, n)
		return err
	})
	if err == nil && len(leaves) < n {
		err = notPublished() // published once, and lost with what a restored backup did not hold
	}
	return leaves, err
}

func notPublished() error {
	return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord,
		"This part of the log is not published.")
}
