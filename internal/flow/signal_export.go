// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

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
	if !ok || f.Policy.Decide(actor, ActionBankRead, &b.Bank) != nil {
		return 0, unknownRecord()
	}
	writer, err := list.NewWriter(to, string(format), "")
	if err != nil {
		return 0, tocsin.Invalid(tocsin.ReasonUnknownValue, "format", "A list is local_file, tat, csv or jsonl.")
	}
	hands, batches := f.catalogue.shelved(b.ID)
	for _, s := range hands {
		if err := write(writer, s.row()); err != nil {
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
func (c *catalogue) shelved(bank tocsin.RecordID) (hands []*card, batches []*delivery) {
	c.RLock()
	defer c.RUnlock()
	for key, s := range c.signals {
		if key.bank == bank && s.Proposes() && s.passable() {
			hands = append(hands, s)
		}
	}
	for _, d := range c.batches {
		if d.Bank == bank && d.Status == tocsin.BatchActive && d.Marking != tocsin.MarkingRed {
			batches = append(batches, d)
		}
	}
	slices.SortFunc(hands, func(a, b *card) int { return strings.Compare(a.File.Value, b.File.Value) })
	slices.SortFunc(batches, func(a, b *delivery) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return hands, batches
}

// passable reports whether somebody who vouches lets it be passed on.
func (s *card) passable() bool {
	return slices.ContainsFunc(s.Vouchers, func(v tocsin.Voucher) bool { return v.Marking != tocsin.MarkingRed })
}

func (s *card) row() batch.Row {
	v := s.Vouchers[0]
	return batch.Row{Type: string(s.Type), Value: s.File.Value, Reference: s.File.References[v.Party],
		Labels: s.File.Labels, Confidence: int(v.Confidence), Until: v.Until}
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
		if row.Until != nil && !now.Before(*row.Until) {
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

// firstOf reports whether a row is the first of its bank to bring its value, and has no record of its own.
func (f *Flow) firstOf(ctx context.Context, d *delivery, number int64, row batch.Row) (bool, error) {
	t := tocsin.SignalType(row.Type)
	own := batchBase(d.ID) + match.ID(number)
	ids, err := f.Matcher.Find(ctx, t, row.Value)
	if err != nil {
		return false, err
	}
	f.catalogue.RLock()
	defer f.catalogue.RUnlock()
	if f.catalogue.signals[signalKey{d.Bank, t, row.Value}] != nil {
		return false, nil
	}
	for _, id := range ids {
		base, _, hand := split(id)
		other, known := f.catalogue.batches[base]
		if !hand && known && other.Bank == d.Bank && other.Status == tocsin.BatchActive &&
			other.Marking != tocsin.MarkingRed && id < own {
			return false, nil
		}
	}
	return true, nil
}
