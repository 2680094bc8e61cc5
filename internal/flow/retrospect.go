// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"time"

	"tocsin"
	"tocsin/match"
)

// Retroactive matching: a host may keep hashes, and nothing else, of what it screened, for a stated time. A new
// signal is matched against them, and what it finds is proposed as a case.

const (
	retrospector = "retrospect" // the follower's name
	keptAtOnce   = 500
)

// keepable are the types of which a hash tells nothing of the content it was made of.
var keepable = map[string]bool{"pdq": true, "md5": true, "video_md5": true, "sha1": true, "sha256": true}

var itemForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$`)

// keep remembers the hashes of items that are screened. It comes before the search: then either the search
// finds a new signal, or the signal finds the hash.
func (f *Flow) keep(ctx context.Context, s Screening) error {
	var rows []KeptHash
	until := f.Clock.Now().Add(f.Settings.KeepHashesFor)
	for _, p := range s.Pieces {
		if p.Item == "" {
			continue
		}
		if !itemForm.MatchString(p.Item) {
			return tocsin.Invalid(tocsin.ReasonFormat, "item",
				"Name an item by your own opaque reference: letters, digits and . _ : - only, at most 80.")
		}
		for _, q := range p.Queries {
			if f.Settings.KeepHashesFor == 0 || !keepable[q.Type] {
				continue
			}
			t, _ := f.Matcher.Type(q.Type)
			if value, err := t.Parse(q.Value); err == nil { // a bad value is told in the answer
				rows = append(rows, KeptHash{Type: q.Type, Value: value, Item: p.Item, Until: until})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return f.Store.Update(ctx, func(tx Tx) error { return tx.Keep(rows...) })
}

// Retrospect matches every new signal against what was kept, until the context ends. It goes on where it was
// when the node stopped.
func (f *Flow) Retrospect(ctx context.Context) error {
	if f.Matcher == nil || f.Settings.KeepHashesFor == 0 {
		return nil
	}
	wake := f.Store.Committed()
	for {
		err := f.retrospect(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.Error("new signals not matched against what was kept", "code", tocsin.CodeOf(err),
				"reason", tocsin.ReasonOf(err))
		}
		var again <-chan time.Time
		if err != nil {
			again = time.After(followAgain)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-again:
		}
	}
}

// retrospect looks at each event since the last one looked at.
func (f *Flow) retrospect(ctx context.Context) error {
	for {
		var entries []StoredEntry
		err := f.Store.View(ctx, func(tx Tx) error {
			at, err := tx.Position(retrospector)
			if err == nil {
				entries, err = tx.Entries(at, 200)
			}
			return err
		})
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			switch e.Header.Kind {
			case tocsin.EventSignalAdded, tocsin.EventBatchImported:
				if err := f.catchUp(ctx); err != nil {
					return err
				}
				if err := f.lookBack(ctx, e.Header); err != nil {
					return fmt.Errorf("look back for %s: %w", e.Header.ID, err)
				}
			}
		}
		last := entries[len(entries)-1].Seq
		if err := f.Store.Update(ctx, func(tx Tx) error { return tx.SetPosition(retrospector, last) }); err != nil {
			return err
		}
	}
}

// lookBack matches everything kept against what one event brought.
func (f *Flow) lookBack(ctx context.Context, h tocsin.Header) error {
	bank, ok := f.catalogue.bank(string(h.Facts.Record))
	if !ok || bank.Status != tocsin.BankOpen || bank.Polarity != tocsin.PolarityPositive {
		return nil
	}
	if err := f.catalogue.whole(); err != nil {
		return err // else what rows that are missing would find, nobody would ever look for again
	}
	brought := func(id match.ID) bool {
		base, _, hand := split(id)
		return hand && id == handID(h.Record) || !hand && base == batchBase(h.Record)
	}
	for after := int64(0); ; {
		var kept []KeptHash
		err := f.Store.View(ctx, func(tx Tx) (err error) {
			kept, err = tx.Kept(after, f.Clock.Now(), keptAtOnce)
			return err
		})
		if err != nil || len(kept) == 0 {
			return err
		}
		after = kept[len(kept)-1].ID
		for _, k := range kept {
			if err := f.reconsider(ctx, k, brought); err != nil {
				return err
			}
		}
	}
}

// reconsider screens one kept hash again and proposes what the new entries find.
func (f *Flow) reconsider(ctx context.Context, k KeptHash, brought func(match.ID) bool) error {
	t, ok := f.Matcher.Type(k.Type)
	if !ok {
		return nil
	}
	banks := f.catalogue.open()
	answer, err := f.Matcher.Search(ctx, match.Query{Type: k.Type, Value: k.Value, Radius: radius(banks, t),
		Limit: math.MaxInt})
	if err != nil {
		return err
	}
	fresh := false
	for _, hit := range answer.Hits {
		fresh = fresh || brought(hit.ID)
	}
	if !fresh && !answer.More {
		return nil
	}
	var found []error
	for _, m := range judged(f.sightings(ctx, answer.Hits, banks, t)) {
		if m.Proposal != ProposeReview {
			continue
		}
		found = append(found, f.update(ctx, func(u *unit) error {
			return u.propose(k.Item, CaseMatch{Bank: m.Bank.ID, Type: m.Type, Value: m.Value, Hash: k.Value,
				Distance: m.Distance, At: u.now})
		}))
	}
	return errors.Join(found...)
}
