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

	"tocsin"
	"tocsin/translog"
)

// Difference is one thing that is not as the journal says. It names the place, never the content.
type Difference struct {
	Seq    int64           `json:"seq,omitempty"`
	Event  tocsin.EventID  `json:"event,omitempty"`
	Record tocsin.RecordID `json:"record,omitempty"`
	// Kind is chain, gap, header, fold, payload, leaf, tree, state, document, lookup, search, whose, facet, job or delivery.
	Kind   string `json:"kind"`
	Detail string `json:"detail"` // one sentence
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
// payloads and documents, keys under which records are found, leaves, trees, and the work that events ask
// for. progress is called now and then with the events done; it may be nil.
func (f *Flow) Fsck(ctx context.Context, progress func(done, total int64)) (Examined, error) {
	ctx, cancel := context.WithTimeout(ctx, fsckLimit)
	defer cancel()
	x := &examination{f: f, now: f.Clock.Now(), told: map[tocsin.RecordID]*replayed{},
		edges: map[int64]translog.Edge{}, work: map[string]*expectedWork{},
		silent: map[tocsin.EventID]*expectedWork{}, alerts: map[tocsin.EventID]bool{}}
	err := f.view(ctx, func(u *unit) error {
		head, err := u.tx.Head()
		if err != nil {
			return err
		}
		for more := true; more && len(x.Differences) < maxDifferences; {
			if more, err = x.page(u); err != nil {
				return err
			}
			if progress != nil {
				progress(x.seq, head.Seq)
			}
		}
		if x.seq != head.Seq {
			x.differ(Difference{Seq: x.seq, Kind: "gap",
				Detail: fmt.Sprintf("The journal's head counts %d events.", head.Seq)})
		}
		if x.hash != head.Hash {
			x.differ(Difference{Seq: head.Seq, Kind: "chain",
				Detail: "The head's hash is not that of the last event."})
		}
		for _, check := range []func(*unit) error{x.states, x.trees, x.works} {
			if err := check(u); err != nil {
				return err
			}
		}
		return nil
	})
	return x.Examined, err
}

// examination is what the events seen so far say that everything else must be.
type examination struct {
	Examined
	f      *Flow
	now    time.Time
	seq    int64
	hash   [32]byte
	told   map[tocsin.RecordID]*replayed
	facets int64                   // that records must be listed under
	edges  map[int64]translog.Edge // by shard
	work   map[string]*expectedWork
	ask    []*expectedWork                  // the same, in the order of the journal
	silent map[tocsin.EventID]*expectedWork // of erased events, to unknown targets
	alerts map[tocsin.EventID]bool          // that call people
}

// replayed is a record as its events tell it.
type replayed struct {
	agg     tocsin.Aggregate
	at      time.Time // of its last event
	erased  bool
	logged  bool           // one of its events has a place in the public log
	arrival tocsin.EventID // of a received order
	lookups []lookup
}

// lookup is a key under which a record must be found.
type lookup struct{ kind, value string }

// examined is one event on the table: as stored, as its header says, with its payload if that can be read.
type examined struct {
	StoredEntry
	header tocsin.Header
	record *replayed
	plain  []byte
	report func(kind, format string, args ...any)
}

func (x *examination) differ(d Difference) {
	if len(x.Differences) < maxDifferences {
		x.Differences = append(x.Differences, d)
	}
}

// page examines the next events; it says whether there may be more.
func (x *examination) page(u *unit) (more bool, err error) {
	entries, err := u.tx.Entries(x.seq, 500)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		x.entry(u, e)
	}
	return len(entries) > 0, nil
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
	on := examined{StoredEntry: e, header: h, report: report}
	if on.record = x.fold(h, report); on.record == nil {
		return
	}
	on.plain = x.payload(u, on)
	x.leaf(u, on)
	x.expect(on)
}

func (x *examination) fold(h tocsin.Header, report func(kind, format string, args ...any)) *replayed {
	r, known := x.told[h.Record]
	if !known {
		agg, err := tocsin.NewAggregate(h.Of)
		if err != nil {
			report("fold", "The record is of an unknown kind.")
			return nil
		}
		r = &replayed{agg: agg}
		x.told[h.Record] = r
	}
	if err := tocsin.Fold(r.agg, h); err != nil {
		report("fold", "The event does not follow from the record's history.")
	}
	r.at = h.At
	r.erased = r.erased || h.Kind == tocsin.EventRecordErased
	return r
}

// payload opens what the event sealed and holds it against the commitment; nil when there is none to read.
func (x *examination) payload(u *unit, on examined) []byte {
	rec, err := u.record(on.header.Record)
	if err != nil {
		on.report("state", "The event's record is missing or cannot be opened.")
		return nil
	}
	if rec.key == nil {
		if on.Payload != nil {
			on.report("payload", "The record was erased, and this payload is still there.")
		}
		return nil // the commitment still stands in the chain
	}
	if (on.header.Commitment == "") != (on.Payload == nil) {
		on.report("payload", "The payload is missing, or is there without a commitment.")
		return nil
	}
	if on.Payload == nil {
		return nil
	}
	plain, err := rec.key.Open(string(on.header.ID), on.Payload)
	if err != nil || rec.key.Commit(on.header.ID, plain) != on.header.Commitment {
		on.report("payload", "The payload is not the one the header commits to.")
		return nil
	}
	return plain
}

// ChainHash links an event to its predecessor: SHA-256(previous ‖ seq as 8 bytes big-endian ‖ exact bytes of
// the header).
func ChainHash(previous [32]byte, seq int64, exact []byte) [32]byte {
	h := sha256.New()
	h.Write(previous[:])
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(seq))
	h.Write(n[:])
	h.Write(exact)
	return [32]byte(h.Sum(nil))
}
