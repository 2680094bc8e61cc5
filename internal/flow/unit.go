// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"tocsin"
)

// unit is one use case inside one transaction. Aggregates are loaded through it, events handed to it;
// at the end it saves, enqueues and appends, in the order of locks of the storage design.
type unit struct {
	f       *Flow
	ctx     context.Context
	tx      Tx
	now     time.Time
	records map[tocsin.RecordID]*record
	events  []staged
	jobs    []Job
	before  []func() error // runs last before the journal is appended
	after   []func()       // runs after commit, once
}

// record is an aggregate in use, with its key and its readable document.
type record struct {
	agg      tocsin.Aggregate
	row      Row
	key      RecordKey
	whose    []tocsin.ActorID // as stored
	facets   []Facet          // as stored
	document any              // to be sealed when set
	created  bool
	touched  bool
}

type staged struct {
	event tocsin.Event
	rec   *record
	leaf  []byte // exact bytes of its place in the public log, nil when it has none
}

// errConcurrent means that another transaction changed a record between our read and our write. The use
// case runs again on what it finds then.
var errConcurrent = errors.New("record changed by another transaction")

const concurrentTries = 8

// update runs fn in a write transaction and commits everything it staged.
func (f *Flow) update(ctx context.Context, fn func(*unit) error) error {
	for try := 1; ; try++ {
		err := f.updateOnce(ctx, fn)
		if !errors.Is(err, errConcurrent) || try == concurrentTries {
			return err
		}
	}
}

func (f *Flow) updateOnce(ctx context.Context, fn func(*unit) error) error {
	var u *unit
	err := f.Store.Update(ctx, func(tx Tx) error {
		u = &unit{f: f, ctx: ctx, tx: tx, now: f.Clock.Now(), records: map[tocsin.RecordID]*record{}}
		if err := fn(u); err != nil {
			return err
		}
		return u.flush()
	})
	if err != nil {
		return err
	}
	for _, done := range u.after {
		done()
	}
	return nil
}

// view runs fn in a read transaction.
func (f *Flow) view(ctx context.Context, fn func(*unit) error) error {
	return f.Store.View(ctx, func(tx Tx) error {
		return fn(&unit{f: f, ctx: ctx, tx: tx, now: f.Clock.Now(), records: map[tocsin.RecordID]*record{}})
	})
}

func (u *unit) by(actor tocsin.ActorID) tocsin.By { return tocsin.By{Actor: actor, At: u.now} }

// clock is who acts when a legal clock runs out or a job reports.
func (u *unit) clock() tocsin.By { return u.by(tocsin.ActorClock) }

// load fetches a record of the type asked for; another kind is as unknown as none.
func load[A tocsin.Aggregate](u *unit, id tocsin.RecordID) (A, error) {
	var none A
	rec, err := u.record(id)
	if err != nil {
		return none, err
	}
	agg, ok := rec.agg.(A)
	if !ok {
		return none, unknownRecord()
	}
	return agg, nil
}

func unknownRecord() error {
	return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "There is no such record here.")
}

func (u *unit) record(id tocsin.RecordID) (*record, error) {
	if rec, ok := u.records[id]; ok {
		return rec, nil
	}
	if !id.Valid() {
		return nil, unknownRecord()
	}
	row, err := u.tx.Record(id)
	if err != nil {
		if tocsin.CodeOf(err) == tocsin.CodeNotFound {
			return nil, unknownRecord()
		}
		return nil, err
	}
	return u.adopt(row)
}

// adopt makes a stored row a record in use.
func (u *unit) adopt(row Row) (*record, error) {
	if rec, inUse := u.records[row.ID]; inUse {
		return rec, nil // what it knows may not be written yet
	}
	agg, err := tocsin.NewAggregate(row.Kind)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(row.Body, agg); err != nil {
		return nil, fmt.Errorf("decode state of %s: %w", row.ID, err)
	}
	rec := &record{agg: agg, row: row, whose: whoseIs(agg), facets: FacetsOf(agg)}
	if row.Key != nil {
		if rec.key, err = u.f.Sealer.OpenKey(row.ID, row.Key); err != nil {
			return nil, fmt.Errorf("open key of %s: %w", row.ID, err)
		}
	}
	u.records[row.ID] = rec
	return rec, nil
}

// stage takes events of an aggregate that was loaded or has just come into being.
func (u *unit) stage(agg tocsin.Aggregate, events []tocsin.Event) error {
	rec, err := u.use(agg)
	if err != nil {
		return err
	}
	for _, e := range events {
		u.events = append(u.events, staged{event: e, rec: rec})
		rec.touched = true
	}
	return nil
}

func (u *unit) use(agg tocsin.Aggregate) (*record, error) {
	id := agg.Base().ID
	if rec, ok := u.records[id]; ok {
		return rec, nil
	}
	key, wrapped, err := u.f.Sealer.NewKey(id)
	if err != nil {
		return nil, fmt.Errorf("make record key: %w", err)
	}
	rec := &record{agg: agg, key: key, created: true, row: Row{ID: id, Kind: agg.Kind(), Key: wrapped}}
	u.records[id] = rec
	return rec, nil
}

// did stages what a domain command returned, so that calls read as one line.
func (u *unit) did(agg tocsin.Aggregate, events []tocsin.Event, err error) error {
	if err != nil {
		return err
	}
	return u.stage(agg, events)
}

// enqueue asks for work outside after commit, keyed by the event that causes it.
func (u *unit) enqueue(kind JobKind, event tocsin.EventID, target string, args map[string]string) {
	if args == nil {
		args = map[string]string{}
	}
	args["event"], args["target"] = string(event), target
	u.jobs = append(u.jobs, Job{Kind: string(kind), Key: string(event) + "/" + target, Args: args, RunAt: u.now})
}

// flush writes everything staged: rows by id, jobs, then the journal with its contended head.
func (u *unit) flush() error {
	ids := make([]tocsin.RecordID, 0, len(u.records))
	for id := range u.records {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	entries, err := u.seal()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := u.save(u.records[id]); err != nil {
			return err
		}
	}
	if err := u.tx.Enqueue(u.jobs...); err != nil {
		return err
	}
	for _, do := range u.before {
		if err := do(); err != nil {
			return err
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return u.tx.Append(entries)
}

func (u *unit) save(rec *record) error {
	if !rec.touched && rec.document == nil {
		return nil
	}
	body, err := json.Marshal(rec.agg)
	if err != nil {
		return fmt.Errorf("encode state: %w", err)
	}
	expected := rec.row.Version
	rec.row.Version, rec.row.Body = rec.agg.Base().Version, body
	rec.row.Status, rec.row.Due = rec.agg.State(), rec.agg.Due()
	if rec.touched {
		rec.row.UpdatedAt = u.now // the time of its last event
	}
	if rec.document != nil {
		plain, err := json.Marshal(rec.document)
		if err != nil {
			return fmt.Errorf("encode document: %w", err)
		}
		if rec.row.Document, err = rec.key.Seal("document", plain); err != nil {
			return fmt.Errorf("seal document: %w", err)
		}
	}
	if rec.created {
		err = u.tx.Create(rec.row)
	} else if err = u.tx.Save(rec.row, expected); tocsin.ReasonOf(err) == tocsin.ReasonStale {
		return errConcurrent
	}
	if whose := whoseIs(rec.agg); err == nil && !slices.Equal(whose, rec.whose) {
		err = u.tx.SetWhose(rec.row.ID, whose...)
	}
	if err == nil {
		err = u.moveFacets(rec)
	}
	return err
}

// whoseIs gives the people a record belongs to, of kinds that have such; each once, by id.
func whoseIs(agg tocsin.Aggregate) []tocsin.ActorID {
	if owned, ok := agg.(interface{ Whose() []tocsin.ActorID }); ok {
		return owned.Whose()
	}
	return nil
}
