// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/translog"
)

// Difference is one thing that is not as the journal says. It names the place, never the content.
type Difference struct {
	Seq    int64           `json:"seq,omitempty"`
	Event  tocsin.EventID  `json:"event,omitempty"`
	Record tocsin.RecordID `json:"record,omitempty"`
	Kind   string          `json:"kind"`   // chain, header, fold, payload, leaf, tree, state, document, gap
	Detail string          `json:"detail"` // one sentence
}

// Examined is the outcome of a check.
type Examined struct {
	Events      int64        `json:"events"`
	Records     int64        `json:"records"`
	Erased      int64        `json:"erased"`
	Leaves      int64        `json:"leaves"`
	Differences []Difference `json:"differences,omitempty"`
}

const (
	maxDifferences = 100
	fsckLimit      = 24 * time.Hour // a view of its own length; the store's usual limit is seconds
)

// Fsck replays the whole journal and compares it with everything derived from it: chain, folds, sealed
// payloads, leaves, trees. progress is called now and then with the events done; it may be nil.
func (f *Flow) Fsck(ctx context.Context, progress func(done, total int64)) (Examined, error) {
	ctx, cancel := context.WithTimeout(ctx, fsckLimit)
	defer cancel()
	x := &examination{f: f, folds: map[tocsin.RecordID]tocsin.Aggregate{}, edges: map[int64]translog.Edge{}}
	err := f.view(ctx, func(u *unit) error {
		head, err := u.tx.Head()
		if err != nil {
			return err
		}
		for x.seq < head.Seq && len(x.Differences) < maxDifferences {
			entries, err := u.tx.Entries(x.seq, 500)
			if err != nil {
				return err
			}
			if len(entries) == 0 {
				x.differ(Difference{Seq: x.seq + 1, Kind: "gap", Detail: "The journal ends before its head says."})
				break
			}
			for _, e := range entries {
				x.entry(u, e)
			}
			if progress != nil {
				progress(x.seq, head.Seq)
			}
		}
		if x.hash != head.Hash {
			x.differ(Difference{Seq: head.Seq, Kind: "chain",
				Detail: "The head's hash is not that of the last event."})
		}
		if err := x.states(u); err != nil {
			return err
		}
		return x.trees(u)
	})
	return x.Examined, err
}

type examination struct {
	Examined
	f     *Flow
	seq   int64
	hash  [32]byte
	folds map[tocsin.RecordID]tocsin.Aggregate
	edges map[int64]translog.Edge
}

func (x *examination) differ(d Difference) {
	if len(x.Differences) < maxDifferences {
		x.Differences = append(x.Differences, d)
	}
}

// entry checks one event against its predecessor, its own header, its payload and its leaf.
func (x *examination) entry(u *unit, e StoredEntry) {
	x.Events++
	at := Difference{Seq: e.Seq, Event: e.Header.ID, Record: e.Header.Record}
	report := func(kind, format string, args ...any) {
		d := at
		d.Kind, d.Detail = kind, fmt.Sprintf(format, args...)
		x.differ(d)
	}
	if e.Seq != x.seq+1 {
		report("gap", "Event %d is missing.", x.seq+1)
	}
	if ChainHash(x.hash, e.Seq, e.Exact) != e.Hash {
		report("chain", "The event's bytes do not give its hash.")
	}
	x.seq, x.hash = e.Seq, e.Hash
	h, err := tocsin.DecodeHeader(e.Exact)
	if err != nil {
		report("header", "The header cannot be read.")
		return
	}
	if again, err := json.Marshal(e.Header); err != nil || !bytes.Equal(again, e.Exact) {
		report("header", "The columns of the event differ from its header.")
	}
	x.fold(h, report)
	x.payload(u, e, h, report)
	x.leaf(e, report)
}

func (x *examination) fold(h tocsin.Header, report func(kind, format string, args ...any)) {
	agg, known := x.folds[h.Record]
	if !known {
		var err error
		if agg, err = tocsin.NewAggregate(h.Of); err != nil {
			report("fold", "The record is of an unknown kind.")
			return
		}
		x.folds[h.Record] = agg
	}
	if err := tocsin.Fold(agg, h); err != nil {
		report("fold", "The event does not follow from the record's history.")
	}
}

func (x *examination) payload(u *unit, e StoredEntry, h tocsin.Header,
	report func(kind, format string, args ...any)) {
	rec, err := u.record(h.Record)
	if err != nil {
		report("state", "The event's record has no row.")
		return
	}
	if rec.key == nil {
		return // erased: the commitment still stands in the chain
	}
	if (h.Commitment == "") != (e.Payload == nil) {
		report("payload", "The payload is missing, or is there without a commitment.")
		return
	}
	if e.Payload == nil {
		return
	}
	plain, err := rec.key.Open(string(h.ID), e.Payload)
	if err != nil || rec.key.Commit(h.ID, plain) != h.Commitment {
		report("payload", "The payload is not the one the header commits to.")
	}
}

func (x *examination) leaf(e StoredEntry, report func(kind, format string, args ...any)) {
	if e.Leaf == nil {
		return
	}
	x.Leaves++
	edge := x.edges[e.Shard]
	if e.LeafIndex != edge.Size() {
		report("leaf", "The leaf stands at another place than its order in the journal.")
	}
	if _, err := translog.ParseEntry(e.Leaf); err != nil {
		report("leaf", "The leaf is malformed.")
	}
	_, grown, err := edge.Append(e.Leaf)
	if err != nil {
		report("leaf", "The leaf cannot be appended.")
		return
	}
	x.edges[e.Shard] = grown
}

// states compares every stored record with the fold of its events.
func (x *examination) states(u *unit) error {
	for _, kind := range tocsin.RecordKinds() {
		page := Page{Kind: kind, Limit: 200}
		for {
			rows, next, err := u.tx.Records(page)
			if err != nil {
				return err
			}
			for _, row := range rows {
				x.state(u, row)
			}
			if next == "" {
				break
			}
			page.After = next
		}
	}
	for id := range x.folds {
		x.differ(Difference{Record: id, Kind: "state", Detail: "The record's row is missing."})
	}
	return nil
}

func (x *examination) state(u *unit, row Row) {
	x.Records++
	d := Difference{Record: row.ID, Kind: "state"}
	agg, known := x.folds[row.ID]
	delete(x.folds, row.ID)
	if !known {
		d.Detail = "The record has no events."
		x.differ(d)
		return
	}
	stored, err := tocsin.NewAggregate(row.Kind)
	if err != nil || json.Unmarshal(row.Body, stored) != nil {
		d.Detail = "The stored state cannot be read."
		x.differ(d)
		return
	}
	want, _ := json.Marshal(agg)
	have, _ := json.Marshal(stored)
	if !bytes.Equal(want, have) || row.Version != agg.Base().Version || row.Status != agg.State() {
		d.Detail = "The stored state is not the fold of its events."
		x.differ(d)
	}
	x.document(u, row)
}

func (x *examination) document(u *unit, row Row) {
	if row.Key == nil {
		x.Erased++
		return
	}
	if row.Document == nil {
		return
	}
	key, err := x.f.Sealer.OpenKey(row.ID, row.Key)
	if err == nil {
		_, err = key.Open("document", row.Document)
	}
	if err != nil {
		x.differ(Difference{Record: row.ID, Kind: "document",
			Detail: "The readable document cannot be opened with the record's key."})
	}
}

// trees compares every shard's size, root and stored hashes with those of the leaves in the journal.
func (x *examination) trees(u *unit) error {
	shards, err := u.tx.Shards()
	if err != nil {
		return err
	}
	for _, s := range shards {
		edge := x.edges[s.Shard]
		d := Difference{Kind: "tree", Detail: fmt.Sprintf("Shard %d is not the tree of its leaves.", s.Shard)}
		if edge.Size() != s.TreeSize || edge.Size() > 0 && edge.Root() != s.TreeRoot {
			x.differ(d)
			continue
		}
		if s.TreeSize == 0 {
			continue
		}
		root, err := tlog.TreeHash(s.TreeSize, hashReader(u.tx, s.Shard))
		if err != nil || root != s.TreeRoot {
			x.differ(d)
		}
	}
	return nil
}

// ChainHash links an event to its predecessor: SHA-256(previous ‖ seq as 8 bytes big-endian ‖ exact header bytes).
func ChainHash(previous [32]byte, seq int64, exact []byte) [32]byte {
	h := sha256.New()
	h.Write(previous[:])
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(seq))
	h.Write(n[:])
	h.Write(exact)
	return [32]byte(h.Sum(nil))
}
