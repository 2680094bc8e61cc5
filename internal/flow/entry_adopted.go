// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"fmt"

	"tocsin"
	"tocsin/decode/lexicon"
)

// AdoptedEntries is what the exchange says about reading: the entries that somebody here adopted, and who took an approval back,
// which counts for the lexicons of the settings, too. It never changes.
type AdoptedEntries struct {
	Entries []lexicon.Entry
	// retracted are the digests of what a party does not approve any more.
	retracted map[tocsin.PartyID]map[string]bool
}

// AdoptedEntries gives the newest state that this process read of it.
func (f *Flow) AdoptedEntries() *AdoptedEntries { return f.adopted.Load() }

// Holding leaves out the approvals of an entry that their parties took back since.
func (a *AdoptedEntries) Holding(e *lexicon.Entry, held []lexicon.Approval) (left []lexicon.Approval) {
	for _, one := range held {
		if back := a.retracted[tocsin.PartyID(one.Party)]; back != nil {
			if content, err := e.Content(); err != nil || back[content] {
				continue
			}
		}
		left = append(left, one)
	}
	return left
}

// adoptedChanges lets the texts that are screened after this use case was acknowledged be read by what it changes.
func (u *unit) adoptedChanges() {
	u.after = append(u.after, func() {
		if err := u.f.catchUp(context.WithoutCancel(u.ctx)); err != nil {
			u.f.Log.Error("what was adopted is not read anew yet", "code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
		}
	})
}

// loadAdopted reads it anew.
func (f *Flow) loadAdopted(ctx context.Context) error {
	var next *AdoptedEntries
	err := f.view(ctx, func(u *unit) error {
		next = &AdoptedEntries{retracted: map[tocsin.PartyID]map[string]bool{}}
		return u.eachEntry(nil, func(e *tocsin.SharedEntry) error {
			for _, a := range e.Approvals {
				if a.RetractedAt == nil || a.Holds() {
					continue
				}
				if next.retracted[a.Party] == nil {
					next.retracted[a.Party] = map[string]bool{}
				}
				next.retracted[a.Party][string(e.Content)] = true
			}
			if e.Status != tocsin.EntryInUse {
				return nil
			}
			var file EntryFile
			if err := u.read(e, &file); err != nil {
				return err
			}
			file.Entry.Status = lexicon.StatusPublished
			next.Entries = append(next.Entries, file.Entry)
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("load adopted entries: %w", err)
	}
	f.adopted.Store(next)
	return nil
}

// eachEntry goes through shared entries. One in use is never erased.
func (u *unit) eachEntry(states []string, do func(*tocsin.SharedEntry) error) error {
	page := Page{Kind: tocsin.KindEntry, Statuses: states, Limit: 200}
	for {
		rows, next, err := u.tx.Records(page)
		if err != nil {
			return err
		}
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return err
			}
			if err := do(rec.agg.(*tocsin.SharedEntry)); err != nil {
				return err
			}
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}
