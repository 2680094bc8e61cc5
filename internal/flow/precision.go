// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"strconv"
	"sync"

	"tocsin"
	"tocsin/decode"
	tier "tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// MostCounted is where counts of decided cases stop: it means so many or more.
const MostCounted = 10_000

// precisions are the precisions of what was read lately, until somebody decides anything. They are counted by the facets
// of decisions, which follow from the journal.
type precisions struct {
	sync.Mutex
	of        map[precisionKey]decode.Precision
	forgotten int // how often, so that nothing is kept that was counted before the last time
}

// precisionKey is what is counted together: another version of an entry is another entry, and begins anew.
type precisionKey struct {
	entry   string
	version int
	tier    tier.Tier
}

func (f *Flow) precisionKey(e *lexicon.Entry, t tier.Tier) precisionKey {
	return precisionKey{f.entryMark(e.ID), e.Version, t}
}

func (k precisionKey) parts() []string {
	return []string{k.entry, strconv.Itoa(k.version), k.tier.String()}
}

// forget has everything counted anew.
func (p *precisions) forget() {
	p.Lock()
	defer p.Unlock()
	p.of = nil
	p.forgotten++
}

func (p *precisions) kept(k precisionKey) (found decode.Precision, ok bool, forgotten int) {
	p.Lock()
	defer p.Unlock()
	found, ok = p.of[k]
	return found, ok, p.forgotten
}

func (p *precisions) keep(k precisionKey, counted decode.Precision, forgotten int) {
	p.Lock()
	defer p.Unlock()
	if forgotten != p.forgotten {
		return
	}
	if p.of == nil {
		p.of = map[precisionKey]decode.Precision{}
	}
	p.of[k] = counted
}

// weigh adds to readings how often people agreed with those of the same entry in the same tier.
func (f *Flow) weigh(ctx context.Context, found []decode.Decode) error {
	for i := range found {
		k := f.precisionKey(&found[i].Entry, found[i].Tier)
		p, ok, forgotten := f.precisions.kept(k)
		if !ok {
			err := f.view(ctx, func(u *unit) (err error) {
				p, err = u.precision(k)
				return err
			})
			if err != nil {
				return err
			}
			f.precisions.keep(k, p, forgotten)
		}
		if p.Right+p.Wrong > 0 {
			found[i].Precision = &p
		}
	}
	return nil
}

func (u *unit) precision(k precisionKey) (decode.Precision, error) {
	return u.counted(k.tier, k.parts()...)
}

// precisionsOf are how often people agreed with such readings, up to now.
func (u *unit) precisionsOf(all []CaseReading) ([]decode.Precision, error) {
	list := make([]decode.Precision, len(all))
	for i := range all {
		var err error
		if list[i], err = u.precision(u.f.precisionKey(&all[i].Entry, all[i].Tier)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// counted counts decisions that stand, by what they say of some readings.
func (u *unit) counted(t tier.Tier, of ...string) (decode.Precision, error) {
	var n [2]int64
	for i, right := range []bool{true, false} {
		var err error
		n[i], err = u.tx.CountFacet(tocsin.ReadingFacet(right, of...), nil, nil, MostCounted, string(tocsin.DecisionEffective))
		if err != nil {
			return decode.Precision{}, err
		}
	}
	return decode.NewPrecision(t, int(n[0]), int(n[1]), u.now), nil
}
