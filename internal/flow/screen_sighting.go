// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tocsin"
	"tocsin/match"
)

// sightings makes of hits what a person can judge.
func (f *Flow) sightings(ctx context.Context, hits []match.Hit, banks map[tocsin.RecordID]*shelf,
	t match.Type) map[signalKey]*sighting {
	found := f.catalogue.resolve(hits, banks, t)
	for key, s := range found {
		if f.provenance(ctx, s); len(s.Provenance) == 0 { // whoever vouched for it does no more
			delete(found, key)
		}
	}
	return found
}

// sighting is a match in the making: one key with all the entries of the matcher behind it.
type sighting struct {
	Match
	card    *card
	batches []batchRow
	flooded bool // this very hit put it in quarantine
}

type batchRow struct {
	*delivery
	row int64
}

func (s *sighting) state() tocsin.SignalState {
	switch {
	case s.flooded:
		return tocsin.SignalQuarantined
	case s.card == nil:
		return tocsin.SignalActive
	}
	return s.card.vouched().Stands()
}

func (s *sighting) proposes() bool { return s.card == nil || s.card.vouched().Proposes() }

// vouched is the signal as it stands while somebody vouches for it: an import may that came after it expired, or
// after its record was made.
func (s *card) vouched() *tocsin.Signal {
	own := s.Signal
	own.Expired, own.Withdrawn = false, false
	return &own
}

// provenance gathers who vouches for a match: what its record says, and the batches that nobody touched.
func (f *Flow) provenance(ctx context.Context, s *sighting) {
	named := map[tocsin.PartyID]bool{}
	now := f.Clock.Now()
	if s.card != nil {
		s.Signal, s.Opinions, s.Labels = s.card.ID, s.card.Opinions, s.card.File.Labels
		for _, v := range f.catalogue.vouching(s.card, now) {
			named[v.Party] = true
			s.Provenance = append(s.Provenance, Provenance{v, s.card.File.References[v.Party]})
		}
	}
	for _, b := range s.batches {
		if named[b.Source] || ended(b.Until, now) || s.card != nil && s.card.WithdrawnIn(b.Source, b.ID) {
			continue
		}
		p := Provenance{Voucher: tocsin.Voucher{Party: b.Source, At: b.Vouched, Until: b.Until, Marking: b.Marking,
			Batch: b.ID}, Reference: b.File.Reference}
		row, err := f.Matcher.Row(ctx, b.Blob, b.row)
		if err != nil {
			f.Log.Error("row of a batch cannot be read", "batch", b.ID, "code", tocsin.CodeOf(err))
		}
		if row.Until != nil {
			p.Until = row.Until
			if ended(row.Until, now) {
				continue
			}
		}
		named[b.Source] = true
		p.Confidence, p.Reference = int64(row.Confidence), cmp.Or(row.Reference, p.Reference)
		s.Labels = union(s.Labels, row.Labels)
		s.Provenance = append(s.Provenance, p)
	}
	slices.SortFunc(s.Provenance, func(a, b Provenance) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Party, b.Party))
	})
}

// ended reports whether a time is over, as the clock says now and whether or not an event has said so yet.
func ended(until *time.Time, now time.Time) bool { return until != nil && !now.Before(*until) }

// vouching are the vouchers of a signal that hold: not over, and not of an import that was withdrawn.
func (c *catalogue) vouching(s *card, now time.Time) (hold []tocsin.Voucher) {
	c.RLock()
	defer c.RUnlock()
	for _, v := range s.Vouchers {
		if c.holds(v, now) {
			hold = append(hold, v)
		}
	}
	return hold
}

// holds reports whether a voucher holds. The caller holds the lock.
func (c *catalogue) holds(v tocsin.Voucher, now time.Time) bool {
	if ended(v.Until, now) {
		return false
	}
	d, known := c.batches[batchBase(v.Batch)]
	return v.Batch == "" || known && d.Status == tocsin.BatchActive
}

// resolve groups hits by bank and value and keeps those that count: known, in a bank that takes part, within
// its threshold, and not retracted.
func (c *catalogue) resolve(hits []match.Hit, banks map[tocsin.RecordID]*shelf, t match.Type) map[signalKey]*sighting {
	c.RLock()
	defer c.RUnlock()
	found := map[signalKey]*sighting{}
	for _, hit := range hits {
		key, from, ok := c.source(hit, tocsin.SignalType(t.Name))
		if !ok {
			continue
		}
		bank, takes := banks[key.bank]
		if !takes {
			continue
		}
		threshold := int(bank.Threshold(key.typ, int64(t.Default)))
		known := c.signals[key]
		if hit.Distance > threshold || known != nil && known.Retracted {
			continue
		}
		s, seen := found[key]
		if !seen {
			s = &sighting{card: known, Match: Match{Bank: BankView{bank.Bank, bank.File}, Type: key.typ,
				Value: key.value, Distance: hit.Distance, Threshold: threshold, Why: hit.Why}}
			found[key] = s
		}
		if hit.Distance < s.Distance {
			s.Distance, s.Why = hit.Distance, hit.Why
		}
		if from != nil {
			s.batches = append(s.batches, *from)
		}
	}
	return found
}

// source tells which signal of which bank a hit is; false when it is one no more.
func (c *catalogue) source(hit match.Hit, t tocsin.SignalType) (signalKey, *batchRow, bool) {
	base, row, hand := split(hit.ID)
	if hand {
		key, ok := c.hands[hit.ID]
		return key, nil, ok
	}
	d, ok := c.batches[base]
	if !ok || d.Status != tocsin.BatchActive {
		return signalKey{}, nil, false
	}
	return signalKey{d.Bank, t, hit.Value}, &batchRow{d, row}, true
}
