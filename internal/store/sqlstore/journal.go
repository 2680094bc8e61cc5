// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/translog"
)

// Append takes the head row, which makes everybody else wait until the commit: so that numbers have no
// gap, become visible in their order, and chain. Five statements, whatever the number of entries.
func (t *tx) Append(entries []flow.Entry) error {
	if len(entries) == 0 {
		return t.err
	}
	if err := t.announce(); err != nil {
		return err
	}
	head, edge, err := t.lockHead(int64(len(entries)))
	if err != nil {
		return err
	}
	seq, hash := head.Seq-int64(len(entries)), head.Hash
	var events [][]any
	var leaves []newLeaf
	for _, e := range entries {
		if len(e.Exact) == 0 {
			return t.fail(errors.New("append an event without its exact header"))
		}
		seq++
		hash = chain(hash, seq, e.Exact)
		events = append(events, eventRow(seq, hash, e))
		if len(e.Leaf) > 0 {
			leaves = append(leaves, newLeaf{seq, e.Leaf})
		}
	}
	if _, err := t.insert("event", eventColumns, "", events); err != nil {
		if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate { // the version of a record was appended by another
			stale := conflict(tocsin.ReasonStale, "This was changed in the meantime. Look at it again.")
			stale.Err, t.err = err, stale
			return stale
		}
		return err
	}
	if edge, err = t.addLeaves(head.Shard, edge, leaves); err != nil {
		return err
	}
	return t.setHead(hash, head.Shard, edge)
}

// chain is the hash that binds an event to all before it.
func chain(previous [32]byte, seq int64, exact []byte) [32]byte {
	b := make([]byte, 0, 40+len(exact))
	b = append(b, previous[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	return sha256.Sum256(append(b, exact...))
}

const eventColumns = "seq, id, record, version, kind, at, actor, header, payload, hash"

func eventRow(seq int64, hash [32]byte, e flow.Entry) []any {
	h := e.Header
	return []any{seq, string(h.ID), string(h.Record), h.Version, string(h.Kind), micros(h.At), string(h.Actor),
		e.Exact, blob(e.Payload), hash[:]}
}

// lockHead advances the head by n events and gives its new number with the old hash and tree.
func (t *tx) lockHead(n int64) (flow.Head, translog.Edge, error) {
	var h flow.Head
	var hash, root, edge []byte
	found, err := t.returning([]any{&h.Seq, &hash, &h.Shard, &h.TreeSize, &root, &edge},
		`UPDATE journal_head SET seq = seq + $1 WHERE id = 1
		RETURNING seq, hash, shard, tree_size, tree_root, tree_edge`, n)
	if err != nil {
		return h, translog.Edge{}, err
	}
	if !found {
		return h, translog.Edge{}, t.fail(errors.New("the journal has no head"))
	}
	copy(h.Hash[:], hash)
	copy(h.TreeRoot[:], root)
	e, err := translog.ParseEdge(h.TreeSize, edge)
	if err != nil {
		return h, e, t.fail(err)
	}
	return h, e, nil
}

func (t *tx) setHead(hash [32]byte, shard int64, edge translog.Edge) error {
	root := edge.Root()
	_, err := t.exec(`UPDATE journal_head SET hash = $1, shard = $2,
		tree_size = $3, tree_root = $4, tree_edge = $5 WHERE id = 1`,
		hash[:], shard, edge.Size(), root[:], edge.Bytes())
	return err
}

func (t *tx) Head() (flow.Head, error) {
	var h flow.Head
	var hash, root, edge []byte
	found, err := t.one([]any{&h.Seq, &hash, &h.Shard, &h.TreeSize, &root, &edge},
		"SELECT seq, hash, shard, tree_size, tree_root, tree_edge FROM journal_head WHERE id = 1")
	if err == nil && !found {
		err = t.fail(errors.New("the journal has no head"))
	}
	copy(h.Hash[:], hash)
	copy(h.TreeRoot[:], root)
	h.TreeEdge = string(edge)
	return h, err
}

const selectEntries = `SELECT e.seq, e.id, e.record, e.version, e.kind, e.at, e.actor,
	e.header, e.payload, e.hash, l.shard, l.idx, l.body FROM event e LEFT JOIN leaf l ON l.event_seq = e.seq `

func (t *tx) Entries(after int64, limit int) ([]flow.StoredEntry, error) {
	return t.entries(selectEntries+"WHERE e.seq > $1 ORDER BY e.seq LIMIT $2", after, limit)
}

func (t *tx) EntriesOf(id tocsin.RecordID) ([]flow.StoredEntry, error) {
	return t.entries(selectEntries+"WHERE e.record = $1 ORDER BY e.version", string(id))
}

func (t *tx) EntryByID(id tocsin.EventID) (flow.StoredEntry, error) {
	all, err := t.entries(selectEntries+"WHERE e.id = $1", string(id))
	if err != nil {
		return flow.StoredEntry{}, err
	}
	if len(all) == 0 {
		return flow.StoredEntry{}, notFound("event")
	}
	return all[0], nil
}

func (t *tx) entries(query string, args ...any) ([]flow.StoredEntry, error) {
	var all []flow.StoredEntry
	err := t.query(func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		all = append(all, e)
		return err
	}, query, args...)
	return all, err
}

// scanEntry gives the row as it is. The header is read from the exact bytes as far as they can be read,
// and the columns win: where both differ, the header no longer encodes to the exact bytes, which is how a
// check of the journal finds an altered column.
func scanEntry(rows *sql.Rows) (flow.StoredEntry, error) {
	var e flow.StoredEntry
	var col tocsin.Header
	var at int64
	var hash []byte
	var shard, index sql.NullInt64
	err := rows.Scan(&e.Seq, &col.ID, &col.Record, &col.Version, &col.Kind, &at, &col.Actor,
		&e.Exact, &e.Payload, &hash, &shard, &index, &e.Leaf)
	copy(e.Hash[:], hash)
	_ = json.Unmarshal(e.Exact, &e.Header)
	h := &e.Header
	h.ID, h.Record, h.Version, h.Kind, h.Actor = col.ID, col.Record, col.Version, col.Kind, col.Actor
	if micros(h.At) != at {
		h.At = fromMicros(at)
	}
	e.Shard, e.LeafIndex = shard.Int64, -1
	if index.Valid {
		e.LeafIndex = index.Int64
	}
	return e, err
}
