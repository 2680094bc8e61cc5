// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
)

// AuditFilter asks for a page of the journal. It has no place for a person: what somebody did is shown at what she did
// it to, and never put together.
type AuditFilter struct {
	Kind   tocsin.RecordKind // of the record; any when empty
	Since  *time.Time        // at this time or later
	Until  *time.Time        // before this time
	Before int64             // where a page before it ended; from the latest event on when 0
	Limit  int               // 1 to 200; 50 when 0
}

// Audited is one event as an auditor sees it: nothing of it but its header.
type Audited struct {
	Trace
	Of       tocsin.RecordKind
	Readable bool // the auditor may open the record
}

// AuditView is a page of the journal, and whether journal and public log agree.
type AuditView struct {
	Events []Audited
	Next   int64 // Before of the next page; 0 where the journal, or the time asked for, begins
	Agreed Agreed
}

// Agreed says how far journal, public log and what was published are one.
type Agreed struct {
	Events    int64 // in the journal
	Shard     int64 // of the log
	Leaves    int64 // in the shard
	Published int64 // of them, as the mark outside the database tells; -1 where nothing was published yet
	// Chain: each of the latest events carries on from the one before, up to the head. Log: the leaves give the root that
	// was published. The whole journal is for `tocsin fsck`.
	Chain, Log bool
	Checked    int64 // how many of the latest events that is
}

// mostChecked is how many of the latest events each look at the journal checks.
const mostChecked = 200

// unnamed are events of which no page tells whose they are: what somebody was shown and what she would rather not have
// is nobody's business. The journal keeps it for whoever has to prove something.
var unnamed = []tocsin.EventKind{tocsin.EventCaseViewed, tocsin.EventCaseSkipped}

// Audit shows what happened, the latest first.
func (f *Flow) Audit(ctx context.Context, actor Actor, q AuditFilter) (AuditView, error) {
	var v AuditView
	if err := f.Policy.Decide(actor, ActionAuditRead, nil); err != nil {
		return v, err
	}
	if q.Limit < 1 || q.Limit > 200 {
		q.Limit = 50
	}
	if q.Kind != "" && !slices.Contains(tocsin.RecordKinds(), q.Kind) {
		return v, tocsin.Invalid(tocsin.ReasonUnknownValue, "kind", "There is no such kind of record.")
	}
	mark, marked, err := f.Mark.ReadMark()
	if err != nil {
		return v, err
	}
	err = f.view(ctx, func(u *unit) error {
		traces, next, err := u.tx.Trail(Trail{Before: q.Before, Since: q.Since, Until: q.Until, Kind: q.Kind, Limit: q.Limit})
		if err != nil {
			return err
		}
		v = AuditView{Next: next}
		for _, trace := range traces {
			event := Audited{Trace: trace, Of: tocsin.KindOf(trace.Record)}
			if event.Readable, err = u.readable(actor, trace.Record); err != nil {
				return err
			}
			if slices.Contains(unnamed, trace.Kind) {
				event.Actor = ""
			}
			v.Events = append(v.Events, event)
		}
		v.Agreed, err = u.agreed(mark, marked)
		return err
	})
	return v, err
}

func (u *unit) readable(actor Actor, id tocsin.RecordID) (bool, error) {
	rec, err := u.record(id)
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeNotFound: // for fsck to tell
		return false, nil
	case err != nil:
		return false, err
	}
	known, err := u.knows(actor, rec.agg)
	return known && u.f.Policy.Decide(actor, readAction(rec.agg), rec.agg) == nil, err
}

// agreed looks at the end of the journal and at the log as far as it was published.
func (u *unit) agreed(mark Published, marked bool) (Agreed, error) {
	head, err := u.tx.Head()
	if err != nil {
		return Agreed{}, err
	}
	a := Agreed{Events: head.Seq, Shard: head.Shard, Leaves: head.TreeSize, Published: -1}
	after := max(0, head.Seq-mostChecked)
	entries, err := u.tx.Entries(max(0, after-1), mostChecked+1) // with one before, to begin with
	if err != nil {
		return a, err
	}
	a.Chain, a.Checked = chained(entries, head)
	if !marked {
		return a, nil
	}
	a.Published = mark.Size
	switch {
	case mark.Shard == head.Shard && mark.Size <= head.TreeSize:
		root, err := tlog.TreeHash(mark.Size, hashReader(u.tx, mark.Shard))
		if err != nil {
			return a, nil // hashes are missing, which is a difference and no failure
		}
		a.Log = root == mark.Root
	case mark.Shard < head.Shard: // a shard was opened and nothing of it is public yet
		a.Published, a.Log = 0, true
	}
	return a, nil
}

// chained reports whether each of some events carries on from the one before, the last being the head.
func chained(entries []StoredEntry, head Head) (ok bool, checked int64) {
	var previous [32]byte // of no event
	for i, e := range entries {
		if i == 0 && e.Seq > 1 {
			previous = e.Hash
			continue
		}
		if e.Seq != head.Seq-int64(len(entries)-1-i) || e.Hash != ChainHash(previous, e.Seq, e.Exact) {
			return false, checked
		}
		previous, checked = e.Hash, checked+1
	}
	return previous == head.Hash, checked
}
