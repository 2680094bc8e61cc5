// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin/internal/flow"
	"tocsin/translog"
)

// newLeaf is a leaf that waits for its place.
type newLeaf struct {
	seq  int64
	body []byte
}

// addLeaves grows the tree by the leaves and stores them with the hashes they complete. It reads nothing:
// the right edge lies in the head row.
func (t *tx) addLeaves(shard int64, edge translog.Edge, leaves []newLeaf) (translog.Edge, error) {
	if len(leaves) == 0 {
		return edge, nil
	}
	first := edge.Size()
	bodies := make([][]byte, len(leaves))
	rows := make([][]any, len(leaves))
	for i, l := range leaves {
		bodies[i] = l.body
		rows[i] = []any{shard, first + int64(i), l.seq, l.body}
	}
	stored, edge, err := edge.Append(bodies...)
	if err != nil {
		return edge, t.fail(fmt.Errorf("append leaves: %w", err))
	}
	if _, err := t.insert("leaf", "shard, idx, event_seq, body", "", rows); err != nil {
		return edge, err
	}
	hashes := make([][]any, len(stored))
	for i, s := range stored {
		hashes[i] = []any{shard, s.Index, s.Hash[:]}
	}
	_, err = t.insert("leaf_hash", "shard, idx, hash", "", hashes)
	return edge, err
}

// OpenShard takes the head row as Append does.
func (t *tx) OpenShard() error {
	head, _, err := t.lockHead(0)
	if err != nil {
		return err
	}
	if _, err := t.insert("log_shard", "shard, tree_size, tree_root", "",
		[][]any{{head.Shard, head.TreeSize, head.TreeRoot[:]}}); err != nil {
		return err
	}
	return t.setHead(head.Hash, head.Shard+1, translog.Edge{})
}

func (t *tx) Shards() ([]flow.Head, error) {
	var all []flow.Head
	err := t.query(func(rows *sql.Rows) error {
		var h flow.Head
		var root []byte
		err := rows.Scan(&h.Shard, &h.TreeSize, &root)
		copy(h.TreeRoot[:], root)
		all = append(all, h)
		return err
	}, "SELECT shard, tree_size, tree_root FROM log_shard ORDER BY shard")
	if err != nil {
		return nil, err
	}
	head, err := t.Head()
	return append(all, head), err
}

func (t *tx) Leaves(shard, from int64, limit int) ([][]byte, error) {
	var all [][]byte
	err := t.query(func(rows *sql.Rows) error {
		var body []byte
		err := rows.Scan(&body)
		all = append(all, body)
		return err
	}, "SELECT body FROM leaf WHERE shard = $1 AND idx >= $2 ORDER BY idx LIMIT $3", shard, from, limit)
	return all, err
}

// StoredHashes keeps the order asked for, which is what a [tlog.HashReader] must do.
func (t *tx) StoredHashes(shard int64, indexes []int64) ([]tlog.Hash, error) {
	found := make(map[int64]tlog.Hash, len(indexes))
	for rest := indexes; len(rest) > 0; {
		n := min(len(rest), maxRows)
		args, in := list([]any{shard}, rest[:n])
		err := t.query(func(rows *sql.Rows) error {
			var index int64
			var hash []byte
			err := rows.Scan(&index, &hash)
			found[index] = tlog.Hash(append(hash, make([]byte, tlog.HashSize)...))
			return err
		}, "SELECT idx, hash FROM leaf_hash WHERE shard = $1 AND idx IN ("+in+")", args...)
		if err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	all := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, ok := found[index]
		if !ok {
			return nil, notFound("hash in the log")
		}
		all[i] = h
	}
	return all, nil
}
