// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tocsin"
	"tocsin/match"
	"tocsin/match/batch"
	"tocsin/match/list"
)

// Export writes the signals of a bank that match now, each once: those added by hand, then the imports. What a
// format has no place for is left out. Signals marked red stay here.
func (f *Flow) Export(ctx context.Context, actor Actor, bank string, format tocsin.ListFormat,
	to io.Writer) (rows int64, err error) {
	if f.Matcher == nil || f.Blobs == nil {
		return 0, noMatcher()
	}
	b, ok := f.catalogue.bank(bank)
	if !ok || !f.mayRead(actor, b) {
		return 0, unknownRecord()
	}
	writer, err := list.NewWriter(to, string(format), "")
	if err != nil {
		return 0, tocsin.Invalid(tocsin.ReasonUnknownValue, "format", "A list is local_file, tat, csv or jsonl.")
	}
	hands, batches := f.catalogue.shelved(b.ID, f.Clock.Now())
	for _, row := range hands {
		if err := write(writer, row); err != nil {
			return writer.Count(), err
		}
	}
	for _, d := range batches {
		if err := f.exportBatch(ctx, d, writer); err != nil {
			return writer.Count(), err
		}
	}
	return writer.Count(), writer.Close()
}

// shelved gives what is in a bank and may leave this node: signals with a record that match, and batches.
func (c *catalogue) shelved(bank tocsin.RecordID, now time.Time) (hands []batch.Row, batches []*delivery) {
	c.RLock()
	defer c.RUnlock()
	if b := c.banks[bank]; b == nil || b.Status != tocsin.BankOpen {
		return nil, nil // nothing in a closed bank matches
	}
	for key, s := range c.signals {
		if key.bank != bank || !s.vouched().Proposes() {
			continue
		}
		if v, passable := c.passable(s, now); passable {
			hands = append(hands, s.row(v))
		}
	}
	for _, d := range c.batches {
		if d.Bank == bank && c.exports(d, now) {
			batches = append(batches, d)
		}
	}
	slices.SortFunc(hands, func(a, b batch.Row) int {
		return cmp.Or(strings.Compare(a.Value, b.Value), strings.Compare(a.Type, b.Type))
	})
	slices.SortFunc(batches, func(a, b *delivery) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return hands, batches
}

// exports reports whether the rows of a batch match and may leave this node. The caller holds the lock.
func (c *catalogue) exports(d *delivery, now time.Time) bool {
	return d.Status == tocsin.BatchActive && d.Marking != tocsin.MarkingRed && !ended(d.Until, now)
}

// passable gives the first who vouches and lets it be passed on. The caller holds the lock.
func (c *catalogue) passable(s *card, now time.Time) (tocsin.Voucher, bool) {
	for _, v := range s.Vouchers {
		if c.holds(v, now) && v.Marking != tocsin.MarkingRed {
			return v, true
		}
	}
	return tocsin.Voucher{}, false
}

// row is the signal as one party vouches for it. Whose the labels are nobody knows any more, so that they stay
// when one of them is marked red.
func (s *card) row(v tocsin.Voucher) batch.Row {
	row := batch.Row{Type: string(s.Type), Value: s.File.Value, Reference: s.File.References[v.Party],
		Labels: s.File.Labels, Confidence: int(v.Confidence), Until: v.Until}
	if slices.ContainsFunc(s.Vouchers, func(v tocsin.Voucher) bool { return v.Marking == tocsin.MarkingRed }) {
		row.Labels = nil
	}
	return row
}

func write(to *list.Writer, row batch.Row) error {
	err := to.Write(list.Row{Row: row})
	if _, lacks := errors.AsType[*list.Bad](err); lacks {
		return nil // the format cannot hold this type
	}
	return err
}

func (f *Flow) exportBatch(ctx context.Context, d *delivery, to *list.Writer) error {
	blob, err := f.Blobs.Open(ctx, d.Blob)
	if err != nil {
		return err
	}
	defer blob.Close()
	reader, err := batch.NewReader(blob)
	if err != nil {
		return fmt.Errorf("read rows of %s: %w", d.ID, err)
	}
	now := f.Clock.Now()
	for number, row := range reader.All() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if ended(row.Until, now) {
			continue
		}
		first, err := f.firstOf(ctx, d, number, row)
		if err != nil {
			return err
		}
		if !first {
			continue
		}
		if err := write(to, row); err != nil {
			return err
		}
	}
	return reader.Err()
}

// firstOf reports whether a row is the first of its bank to bring its value, and not told of by a record.
func (f *Flow) firstOf(ctx context.Context, d *delivery, number int64, row batch.Row) (bool, error) {
	key := signalKey{d.Bank, tocsin.SignalType(row.Type), row.Value}
	ids, err := f.Matcher.Find(ctx, key.typ, key.value)
	if err != nil {
		return false, err
	}
	now := f.Clock.Now()
	earlier, told := f.catalogue.earlier(key, ids, d, number, now)
	for _, e := range earlier {
		row, err := f.Matcher.Row(ctx, e.Blob, e.row)
		if err != nil || !ended(row.Until, now) {
			return false, err
		}
	}
	return !told, nil
}

// earlier gives the rows of a bank that bring a value before a row of the import own; told is set when the
// record of the value tells of it, or keeps that row from matching.
func (c *catalogue) earlier(key signalKey, ids []match.ID, own *delivery, number int64,
	now time.Time) (rows []batchRow, told bool) {
	c.RLock()
	defer c.RUnlock()
	s := c.signals[key]
	withdrawn := func(d *delivery) bool { return s != nil && s.WithdrawnIn(d.Source, d.ID) }
	if s != nil {
		_, told = c.passable(s, now)
		told = told || !s.vouched().Proposes() || withdrawn(own)
	}
	for _, id := range ids {
		base, row, hand := split(id)
		d, known := c.batches[base]
		if !hand && known && d.Bank == key.bank && c.exports(d, now) && !withdrawn(d) &&
			id < batchBase(own.ID)+match.ID(number) {
			rows = append(rows, batchRow{d, row})
		}
	}
	return rows, told
}
