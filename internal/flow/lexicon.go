// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"strings"

	"tocsin/decode"
	tier "tocsin/decode/fold"
	"tocsin/decode/language"
	"tocsin/decode/lexicon"
)

// EntryView is an entry that this node reads for, or would, with what people decided about its readings.
type EntryView struct {
	lexicon.Entry
	State lexicon.Status // expired where its time is over, suspended where a challenge was upheld
	Tiers []TierView     // those it may be read in
}

// TierView is how an entry does in one tier.
type TierView struct {
	decode.Precision
	State lexicon.Status // of the entry in this tier
}

// entriesAtOnce is how many entries a page has.
const entriesAtOnce = 25

// LexiconEntries gives a page of the entries of this node's lexicons, by id, from after one on. reads is false where the node has
// no lexicon.
func (f *Flow) LexiconEntries(ctx context.Context, actor Actor, after string) (list []EntryView, next string, reads bool, err error) {
	if err := f.Policy.Decide(actor, ActionLexiconRead, nil); err != nil || f.Reader == nil {
		return nil, "", false, err
	}
	all := f.Reader.Lexicon().Entries
	from, found := slices.BinarySearchFunc(all, after, func(e lexicon.Entry, id string) int { return strings.Compare(e.ID, id) })
	if found {
		from++
	}
	page := all[from:min(len(all), from+entriesAtOnce)]
	if from+len(page) < len(all) {
		next = page[len(page)-1].ID
	}
	err = f.view(ctx, func(u *unit) error {
		list = nil
		for i := range page {
			v, err := u.entry(&page[i])
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list, next, true, err
}

func (u *unit) entry(e *lexicon.Entry) (EntryView, error) {
	v := EntryView{Entry: *e, State: e.Status}
	if e.Status.Read() && !e.Current(u.now.UTC()) {
		v.State = lexicon.StatusExpired
	}
	contested, err := u.heldAgainst(e)
	if err != nil {
		return v, err
	}
	if contested {
		v.State = lexicon.StatusSuspended
	}
	for _, t := range e.Tiers {
		p, err := u.precision(u.f.precisionKey(e, t))
		if err != nil {
			return v, err
		}
		v.Tiers = append(v.Tiers, TierView{p, p.State(v.State)})
	}
	return v, nil
}

// TierFigure is what people decided of all readings in a tier, in texts of one language. It names no entry.
type TierFigure struct {
	decode.Precision
	Language string // "und" where nobody could tell
}

// TierFigures are what a report can publish of how readings do: without entries, words or persons. What was never decided
// is left out.
func (f *Flow) TierFigures(ctx context.Context, actor Actor) (all []TierFigure, err error) {
	if err := f.Policy.Decide(actor, ActionLexiconRead, nil); err != nil {
		return nil, err
	}
	err = f.view(ctx, func(u *unit) error {
		all = nil
		for t := range tier.Tier(tier.Tiers) {
			for _, tongue := range append(language.Languages(), languageUnknown) {
				p, err := u.counted(t, t.String(), tongue)
				if err != nil {
					return err
				}
				if p.Right+p.Wrong > 0 {
					all = append(all, TierFigure{p, tongue})
				}
			}
		}
		return nil
	})
	return all, err
}
