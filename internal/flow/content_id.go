// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"math"

	"tocsin"
	"tocsin/match/batch"
)

// The number of a content is the sequence number of the event that brought its signal, and the row of an
// import or 0 for a signal that was added by hand. It stands for the same value of the same bank for ever,
// and stays below 2^53, which JavaScript still counts exactly.
const mostEvents = 1 << (53 - rowBits)

func numbered(seq, row int64) int64 { return seq<<rowBits | row }

// Numbers gives the number of the content of each match.
func (c *Contents) Numbers(ctx context.Context, matches []Match) ([]int64, error) {
	numbers := make([]int64, len(matches))
	for i, m := range matches {
		var err error
		if numbers[i], err = c.number(ctx, signalKey{m.Bank.ID, m.Type, m.Value}); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// number is that of the content that a signal belongs to. It asks the database only for what was never asked
// for.
func (c *Contents) number(ctx context.Context, key signalKey) (int64, error) {
	c.catalogue.RLock()
	known := c.catalogue.signals[key]
	c.catalogue.RUnlock()
	if known == nil || known.File.Touched {
		number, err := c.numberOfRow(ctx, key)
		if known == nil || tocsin.CodeOf(err) != tocsin.CodeNotFound {
			return number, err
		}
	}
	head := known.ID
	if known.File.Content != "" {
		head = tocsin.RecordID(known.File.Content)
	}
	seq, err := c.firstOf(ctx, head)
	return numbered(seq, 0), err
}

// numberOfRow is that of the first import that brought the value into the bank and is active.
func (c *Contents) numberOfRow(ctx context.Context, key signalKey) (int64, error) {
	ids, err := c.Matcher.Find(ctx, key.typ, key.value)
	if err != nil {
		return 0, err
	}
	least := int64(math.MaxInt64)
	for _, id := range ids {
		base, row, hand := split(id)
		d, known := c.catalogue.batch(base)
		if hand || !known || d.Bank != key.bank {
			continue
		}
		seq, err := c.firstOf(ctx, d.ID)
		if err != nil {
			return 0, err
		}
		least = min(least, numbered(seq, row))
	}
	if least == math.MaxInt64 {
		return 0, unknownRecord()
	}
	return least, nil
}

// firstOf is the sequence number of a record's first event.
func (c *Contents) firstOf(ctx context.Context, id tocsin.RecordID) (int64, error) {
	c.mu.Lock()
	seq, known := c.first[id]
	c.mu.Unlock()
	if known {
		return seq, nil
	}
	err := c.view(ctx, func(u *unit) error {
		entries, err := u.tx.EntriesOf(id)
		if err != nil {
			return err
		}
		if len(entries) == 0 || entries[0].Seq >= mostEvents {
			return unknownRecord()
		}
		seq = entries[0].Seq
		return nil
	})
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	c.first[id] = seq
	c.mu.Unlock()
	return seq, nil
}

// place is where a number leads: to a signal with a record, or to a row of an import without one.
type place struct {
	bank tocsin.RecordID
	head *tocsin.Signal // nil for a row without a record
	typ  tocsin.SignalType
	row  batch.Row
}

func (c *Contents) locate(u *unit, number int64) (place, error) {
	seq, row := number>>rowBits, number&(1<<rowBits-1)
	if seq < 1 || seq >= mostEvents {
		return place{}, unknownRecord()
	}
	entries, err := u.tx.Entries(seq-1, 1)
	if err != nil {
		return place{}, err
	}
	if len(entries) != 1 || entries[0].Seq != seq {
		return place{}, unknownRecord()
	}
	switch h := entries[0].Header; {
	case (h.Kind == tocsin.EventSignalAdded || h.Kind == tocsin.EventSignalTouched) && row == 0:
		s, err := load[*tocsin.Signal](u, h.Record)
		if err != nil {
			return place{}, err
		}
		return place{bank: s.Bank, head: s, typ: s.Type}, nil
	case h.Kind == tocsin.EventBatchImported:
		return c.locateRow(u, h.Record, row)
	}
	return place{}, unknownRecord()
}

// locateRow finds a row of an import. One whose import ended is there as long as something else brought it
// too.
func (c *Contents) locateRow(u *unit, id tocsin.RecordID, row int64) (place, error) {
	b, err := load[*tocsin.Batch](u, id)
	if err != nil {
		return place{}, err
	}
	r, err := c.Matcher.Row(u.ctx, b.Blob, row)
	if err != nil {
		return place{}, err
	}
	at := place{bank: b.Bank, typ: tocsin.SignalType(r.Type), row: r}
	record, err := u.tx.Lookup(lookupSignal, u.signalKey(b.Bank, at.typ, r.Value))
	if err == nil {
		at.head, err = load[*tocsin.Signal](u, record)
		return at, err
	}
	if tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return at, err
	}
	if b.Status != tocsin.BatchActive {
		return at, c.elsewhere(u, signalKey{b.Bank, at.typ, r.Value})
	}
	return at, nil
}

// elsewhere makes sure that something else still brings a value.
func (c *Contents) elsewhere(u *unit, key signalKey) error {
	ids, err := c.Matcher.Find(u.ctx, key.typ, key.value)
	if err != nil {
		return err
	}
	for _, id := range ids {
		base, _, hand := split(id)
		if d, known := c.catalogue.batch(base); !hand && known && d.Bank == key.bank {
			return nil
		}
	}
	return unknownRecord()
}
