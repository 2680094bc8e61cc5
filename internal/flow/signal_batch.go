// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// BatchFile is the readable document of a batch.
type BatchFile struct {
	Reference string           `json:",omitempty"` // what the source calls the list
	Note      string           `json:",omitempty"`
	Counts    map[string]int64 // signals of each type
	Rejected  int64            `json:",omitempty"` // lines that were no signals
	Fetched   bool             `json:",omitempty"` // from the source of its bank, see [Flow.Fetched]
}

// BatchView is a batch for someone who may read it.
type BatchView struct {
	tocsin.Batch
	File BatchFile
}

// WithdrawBatch undoes an import: none of its rows matches from now on, unless something else brought it too.
func (f *Flow) WithdrawBatch(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	if f.Matcher == nil {
		return noMatcher()
	}
	return f.changeMatching(ctx, func(u *unit) error {
		b, err := authorised[*tocsin.Batch](u, actor, ActionSignalAdd, id)
		if err != nil {
			return err
		}
		events, err := b.Withdraw(u.by(actor.ID), reasons)
		return u.did(b, events, err)
	})
}

// Batches lists imports, the latest first.
func (f *Flow) Batches(ctx context.Context, actor Actor, after string, limit int) (list []BatchView, next string,
	err error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	err = f.view(ctx, func(u *unit) error {
		var rows []Row
		rows, next, err = u.tx.Records(Page{Kind: tocsin.KindBatch, After: after, Limit: limit})
		if err != nil {
			return err
		}
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return err
			}
			known, err := u.knows(actor, rec.agg)
			if err != nil {
				return err
			}
			if !known || f.Policy.Decide(actor, ActionBankRead, rec.agg) != nil {
				continue
			}
			v := BatchView{Batch: *rec.agg.(*tocsin.Batch)}
			if rec.key != nil {
				if err := u.read(rec.agg, &v.File); err != nil {
					return err
				}
			}
			list = append(list, v)
		}
		return nil
	})
	return list, next, err
}
