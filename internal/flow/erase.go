// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
	"tocsin/translog"
)

// EraseRecord destroys the key of a record and its readable rows. Headers, chain, leaves and folds stay
// and still prove what happened. A record that is still needed is not erased. When it returns nil the text
// is gone from the disk too, as far as the engine can see to it (docs/erasure.md); that rewrites the
// database and takes minutes on a large one.
func (f *Flow) EraseRecord(ctx context.Context, actor Actor, id tocsin.RecordID, reason tocsin.Reason) error {
	if err := f.erase(ctx, actor, id, reason); err != nil {
		return err
	}
	if err := f.catchUp(context.WithoutCancel(ctx)); err != nil { // matching forgets it too, and its rows
		return residue(err)
	}
	if f.Compact == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), compactLimit)
	defer cancel()
	if err := f.Compact(ctx); err != nil {
		return residue(err)
	}
	return nil
}

func residue(err error) error {
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: "residue_remains", Err: err,
		Public: "The record is erased, but its residue is still on the disk. Erase another record or run the procedure of docs/erasure.md."}
}

const compactLimit = 10 * time.Minute

func (f *Flow) erase(ctx context.Context, actor Actor, id tocsin.RecordID, reason tocsin.Reason) error {
	return f.update(ctx, func(u *unit) error {
		rec, err := u.record(id)
		if err != nil {
			return err
		}
		if err := f.Policy.Decide(actor, ActionRecordErase, rec.agg); err != nil {
			return err
		}
		if rec.key == nil {
			return erased()
		}
		if err := u.needed(rec); err != nil {
			return err
		}
		if err := u.forget(rec); err != nil {
			return err
		}
		if err := u.eraseLeaf(rec, actor, reason); err != nil {
			return err
		}
		rec.row.Key, rec.row.Document = nil, nil
		u.before = append(u.before, func() error { return u.tx.Erase(id) })
		return nil
	})
}

// eraseLeaf stages the event, and its leaf when the record has an accountable past.
func (u *unit) eraseLeaf(rec *record, actor Actor, reason tocsin.Reason) error {
	entries, err := u.tx.EntriesOf(rec.row.ID)
	if err != nil {
		return err
	}
	events, err := tocsin.Erase(u.by(actor.ID), rec.agg, reason)
	if err := u.did(rec.agg, events, err); err != nil {
		return err
	}
	for _, e := range entries {
		if e.LeafIndex < 0 {
			continue
		}
		leaf := translog.Leaf{Type: translog.TypeErasure, Issuer: string(u.f.Identity.Party), Code: string(reason)}
		if err := u.answers(&leaf, e.Header.ID); err != nil {
			return err
		}
		return u.account(tocsin.EventRecordErased, leaf, nil)
	}
	return nil
}
