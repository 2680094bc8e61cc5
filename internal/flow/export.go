// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// CaseRow is a case as an export gives it.
type CaseRow struct {
	CaseLine
	File   CaseFile
	Erased bool
}

// EachCase gives every case that the actor may read to a function, by id; after is the id to go on from, empty for the
// first. Cases are read a page at a time, each page in a transaction of its own: any number takes the same memory, and
// a slow reader holds up nobody. One that changes meanwhile is neither left out nor given twice.
func (f *Flow) EachCase(ctx context.Context, actor Actor, after tocsin.RecordID, give func(CaseRow) error) error {
	return each(f, ctx, tocsin.KindCase, after, func(u *unit, row Row) (v CaseRow, may bool, err error) {
		if v.CaseLine, err = u.caseLine(row); err != nil || f.Policy.Decide(actor, ActionCaseRead, v.Case) != nil {
			return v, false, err
		}
		v.Erased, err = u.readUnlessErased(v.Case, &v.File)
		return v, true, err
	}, give)
}

// EachDecision gives every decision that the actor may read to a function, as [Flow.EachCase] does.
func (f *Flow) EachDecision(ctx context.Context, actor Actor, after tocsin.RecordID,
	give func(DecisionView) error) error {
	return each(f, ctx, tocsin.KindDecision, after, func(u *unit, row Row) (v DecisionView, may bool, err error) {
		rec, err := u.adopt(row)
		if err != nil {
			return v, false, err
		}
		v.Decision = rec.agg.(*tocsin.Decision)
		if f.Policy.Decide(actor, ActionDecisionRead, v.Decision) != nil {
			return v, false, nil
		}
		v.Erased, err = u.readUnlessErased(v.Decision, &v.File)
		return v, true, err
	}, give)
}

// exportPage is how many rows an export holds at once.
const exportPage = 200

func each[V any](f *Flow, ctx context.Context, kind tocsin.RecordKind, after tocsin.RecordID,
	view func(*unit, Row) (V, bool, error), give func(V) error) error {
	page := Page{Kind: kind, ByID: true, After: string(after), Limit: exportPage}
	for {
		var views []V
		err := f.view(ctx, func(u *unit) error {
			views = nil
			rows, next, err := u.tx.Records(page)
			if err != nil {
				return err
			}
			page.After = next
			for _, row := range rows {
				v, may, err := view(u, row)
				if err != nil {
					return err
				}
				if may {
					views = append(views, v)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range views {
			if err := give(v); err != nil {
				return err
			}
		}
		if page.After == "" {
			return ctx.Err()
		}
	}
}

// readUnlessErased opens a readable document, or reports that it is gone.
func (u *unit) readUnlessErased(agg tocsin.Aggregate, out any) (gone bool, err error) {
	if u.records[agg.Base().ID].key == nil {
		return true, nil
	}
	return false, u.read(agg, out)
}
