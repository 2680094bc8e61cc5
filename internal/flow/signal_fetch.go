// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
)

// TakeLease takes or prolongs a lease of some work that one process of a node does at a time; false while another
// holder has it. A holder that was killed has it until its end.
func (f *Flow) TakeLease(ctx context.Context, name, holder string, length time.Duration) (taken bool, err error) {
	now := f.Clock.Now()
	err = f.Store.Update(ctx, func(tx Tx) error {
		taken, err = tx.TakeLease(name, holder, now, now.Add(length))
		return err
	})
	return taken, err
}

// FreeLease gives a lease back.
func (f *Flow) FreeLease(ctx context.Context, name, holder string) error {
	return f.Store.Update(ctx, func(tx Tx) error { return tx.FreeLease(name, holder) })
}

// Fetched puts what was fetched for a bank in the place of what was fetched before, in one transaction: its rows
// match, and those of every other fetch end, also of one whose process was killed before it came here. Where
// another process has come first, its own stays.
func (f *Flow) Fetched(ctx context.Context, actor Actor, id tocsin.RecordID, before, now Source) error {
	stale := f.catalogue.fetchedInto(id)
	changed := now.Batch != before.Batch || now.Digest != before.Digest
	if !changed && !slices.ContainsFunc(stale, func(b tocsin.RecordID) bool { return b != now.Batch }) {
		return nil
	}
	return f.changeMatching(ctx, func(u *unit) error {
		bank, file, err := u.bank(actor, ActionBankChange, id)
		if err != nil {
			return err
		}
		if file.Source == nil {
			return unknownRecord()
		}
		if first := file.Source.Batch == before.Batch && file.Source.Digest == before.Digest; first && changed {
			file.Source.Batch, file.Source.Digest = now.Batch, now.Digest
			events, err := bank.Change(u.by(actor.ID), bank.BankTerms, file.told())
			if err := u.did(bank, events, err); err != nil {
				return err
			}
			if err := u.write(bank, file); err != nil {
				return err
			}
		}
		return u.endFetches(actor, file.Source.Batch, append(stale, before.Batch, now.Batch))
	})
}

// endFetches withdraws imports but the one that is kept, which must match.
func (u *unit) endFetches(actor Actor, kept tocsin.RecordID, all []tocsin.RecordID) error {
	slices.Sort(all)
	for _, id := range slices.Compact(all) {
		if id == "" {
			continue
		}
		b, err := authorised[*tocsin.Batch](u, actor, ActionSignalAdd, id)
		switch {
		case err != nil:
			return err
		case id != kept && b.Status == tocsin.BatchActive:
			events, err := b.Withdraw(u.by(actor.ID), "The source has a newer list.")
			if err := u.did(b, events, err); err != nil {
				return err
			}
		case id == kept && b.Status == tocsin.BatchWithdrawn: // somebody was faster; the next fetch sees to it
			return tocsin.Errorf(tocsin.CodeBusy, tocsin.ReasonWrongState, "This import was withdrawn meanwhile.")
		}
	}
	return nil
}

// fetchedInto gives the active imports that were fetched for a bank.
func (c *catalogue) fetchedInto(bank tocsin.RecordID) (ids []tocsin.RecordID) {
	c.RLock()
	defer c.RUnlock()
	for _, d := range c.batches {
		if d.Bank == bank && d.Status == tocsin.BatchActive && d.File.Fetched {
			ids = append(ids, d.ID)
		}
	}
	return ids
}
