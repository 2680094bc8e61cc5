// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"tocsin"
)

// follower keeps the catalogue and the matcher at what the journal says. It is woken by this process's own
// commits before they are acknowledged, and by those of others.
type follower struct {
	sync.Mutex
	seq int64 // up to here the journal is in the catalogue
}

// lesson is what the matcher must do about one record, outside any transaction: it may take long.
type lesson func(context.Context) error

var matched = []tocsin.RecordKind{tocsin.KindBank, tocsin.KindBatch, tocsin.KindSignal}

// loadCatalogue reads all banks, batches and signals, and makes them findable.
func (f *Flow) loadCatalogue(ctx context.Context) error {
	if f.Matcher == nil {
		return nil
	}
	f.follower.Lock()
	defer f.follower.Unlock()
	var lessons []lesson
	err := f.view(ctx, func(u *unit) error {
		lessons = nil
		head, err := u.tx.Head()
		if err != nil {
			return err
		}
		for _, kind := range matched {
			some, err := u.learnAll(kind)
			if err != nil {
				return err
			}
			lessons = append(lessons, some...)
		}
		f.follower.seq = head.Seq
		return nil
	})
	if err == nil {
		err = f.loadAdopted(ctx)
	}
	if err != nil {
		return fmt.Errorf("load banks and signals: %w", err)
	}
	return teach(ctx, lessons)
}

func (u *unit) learnAll(kind tocsin.RecordKind) (lessons []lesson, err error) {
	page := Page{Kind: kind, Limit: 200}
	for {
		rows, next, err := u.tx.Records(page)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return nil, err
			}
			l, err := u.learn(rec, true)
			if err != nil {
				return nil, err
			}
			lessons = append(lessons, l)
			delete(u.records, row.ID) // there may be many
		}
		if page.After = next; next == "" {
			return lessons, nil
		}
	}
}

// catchUp reads the journal on and learns what changed.
func (f *Flow) catchUp(ctx context.Context) error {
	if f.Matcher == nil {
		return nil
	}
	f.follower.Lock()
	defer f.follower.Unlock()
	const page = 500
	for {
		var entries []StoredEntry
		var lessons []lesson
		err := f.view(ctx, func(u *unit) (err error) {
			if entries, err = u.tx.Entries(f.follower.seq, page); err != nil {
				return err
			}
			lessons, err = u.learnFrom(entries)
			return err
		})
		if err == nil {
			err = teach(ctx, lessons)
		}
		if err != nil {
			return fmt.Errorf("follow journal after %d: %w", f.follower.seq, err)
		}
		if len(entries) > 0 {
			f.follower.seq = entries[len(entries)-1].Seq
		}
		if len(entries) < page {
			return nil
		}
	}
}

func teach(ctx context.Context, lessons []lesson) error {
	for _, l := range lessons {
		if l == nil {
			continue
		}
		if err := l(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (u *unit) learnFrom(journal []StoredEntry) (lessons []lesson, err error) {
	entries := false
	for _, e := range journal {
		if e.Header.Of == tocsin.KindDecision { // perhaps of another process
			u.f.precisions.forget()
		}
		if e.Header.Of == tocsin.KindEntry {
			entries = true
		}
		if !slices.Contains(matched, e.Header.Of) {
			continue
		}
		rec, err := u.record(e.Header.Record)
		if err != nil {
			return nil, err
		}
		l, err := u.learn(rec, e.Header.Version == 1)
		if err != nil {
			return nil, err
		}
		lessons = append(lessons, l)
	}
	if entries {
		lessons = append(lessons, u.f.loadAdopted)
	}
	return lessons, nil
}

// learn takes the state of one record into the catalogue. first is set when the matcher may not hold it yet.
func (u *unit) learn(rec *record, first bool) (lesson, error) {
	if rec.key == nil {
		return u.f.unlearn(rec), nil
	}
	switch agg := rec.agg.(type) {
	case *tocsin.Bank:
		b := &shelf{Bank: *agg}
		if err := u.read(agg, &b.File); err != nil {
			return nil, err
		}
		u.f.catalogue.putBank(b)
	case *tocsin.Batch:
		return u.learnBatch(agg, first)
	case *tocsin.Signal:
		return u.learnSignal(agg, first)
	}
	return nil, nil
}

func (u *unit) learnBatch(agg *tocsin.Batch, first bool) (lesson, error) {
	b := &delivery{Batch: *agg}
	if err := u.read(agg, &b.File); err != nil {
		return nil, err
	}
	u.f.catalogue.putBatch(b)
	m, base := u.f.Matcher, batchBase(agg.ID)
	switch {
	case agg.Status != tocsin.BatchActive:
		return func(ctx context.Context) error {
			u.f.catalogue.miss(base, false)
			return m.RemoveBatch(ctx, base, b.Blob)
		}, nil
	case first:
		return func(ctx context.Context) error { return u.f.addBatch(ctx, b) }, nil
	}
	return nil, nil
}

// addBatch makes the rows of a batch findable. Rows that cannot be read stop nothing but screening, which would
// not be exact: orders go on, and a person restores the rows or withdraws the import.
func (f *Flow) addBatch(ctx context.Context, b *delivery) error {
	base := batchBase(b.ID)
	err := f.Matcher.AddBatch(ctx, base, b.Blob)
	if ctx.Err() != nil {
		return err
	}
	f.catalogue.miss(base, err != nil)
	if err != nil {
		f.Log.Error("rows of an import cannot be read: nothing is screened until they are restored or the import "+
			"is withdrawn", "batch", b.ID, "code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
	}
	return nil
}

func (u *unit) learnSignal(agg *tocsin.Signal, first bool) (lesson, error) {
	s := &card{Signal: *agg}
	if err := u.read(agg, &s.File); err != nil {
		return nil, err
	}
	u.f.learnRelease(s)
	u.f.catalogue.putSignal(s)
	m, id := u.f.Matcher, handID(agg.ID)
	switch {
	case s.File.Touched && !s.byHand(): // the matcher has it with its batch
	case agg.Retracted:
		return func(context.Context) error { return m.Remove(id, s.Type, s.File.Value) }, nil
	case first || s.File.Touched: // somebody may have vouched by hand just now
		return func(context.Context) error { return m.Add(id, s.Type, s.File.Value) }, nil
	}
	return nil, nil
}

// byHand reports whether somebody vouches for it beside all imports.
func (s *card) byHand() bool {
	return slices.ContainsFunc(s.Vouchers, func(v tocsin.Voucher) bool { return v.Batch == "" })
}
