// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// orderFor loads an issued order for an action, as far as the actor may know of it.
func (f *Flow) orderFor(u *unit, actor Actor, action Action,
	id tocsin.RecordID) (*tocsin.IssuedOrder, error) {
	return authorised[*tocsin.IssuedOrder](u, actor, action, id)
}

// authorised loads a record and asks the policy about that very record. Who may not read it learns
// no more than that it is not there.
func authorised[A tocsin.Aggregate](u *unit, actor Actor, action Action, id tocsin.RecordID) (A, error) {
	agg, err := load[A](u, id)
	if err != nil {
		return agg, err
	}
	known, err := u.knows(actor, agg)
	if err == nil && !known || u.f.Policy.Decide(actor, readAction(agg), agg) != nil {
		err = unknownRecord()
	}
	if err != nil {
		var none A
		return none, err
	}
	return agg, u.f.Policy.Decide(actor, action, agg)
}

// permitted gives the records of a page that the actor may read.
func (u *unit) permitted(actor Actor, p Page) (recs []*record, next string, err error) {
	rows, next, err := u.tx.Records(p)
	if err != nil {
		return nil, "", err
	}
	for _, row := range rows {
		rec, err := u.adopt(row)
		if err != nil {
			return nil, "", err
		}
		if u.f.Policy.Decide(actor, readAction(rec.agg), rec.agg) == nil {
			recs = append(recs, rec)
		}
	}
	return recs, next, nil
}

// pageOf lists the records of a page that an actor may read, each as view shows it.
func pageOf[V any](ctx context.Context, f *Flow, actor Actor, action Action, p Page, view func(*unit, *record) (V, error)) (
	list []V, next string, err error) {
	if err := f.Policy.Decide(actor, action, nil); err != nil {
		return nil, "", err
	}
	if p.Limit < 1 || p.Limit > 200 {
		p.Limit = 50
	}
	err = f.view(ctx, func(u *unit) (err error) {
		list = nil
		var recs []*record
		if recs, next, err = u.permitted(actor, p); err != nil {
			return err
		}
		for _, rec := range recs {
			v, err := view(u, rec)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list, next, err
}

func readAction(agg tocsin.Aggregate) Action {
	switch agg.Kind() {
	case tocsin.KindItem:
		return ActionItemRead
	case tocsin.KindOrderCopy:
		return ActionCopyRead
	case tocsin.KindPerson:
		return ActionPersonRead
	case tocsin.KindCase:
		return ActionCaseRead
	case tocsin.KindDecision:
		return ActionDecisionRead
	case tocsin.KindNotice, tocsin.KindMisuse:
		return ActionNoticeRead
	case tocsin.KindComplaint:
		return ActionComplaintRead
	case tocsin.KindChallenge:
		return ActionChallengeRead
	case tocsin.KindEntry:
		return ActionLexiconRead
	case tocsin.KindReview:
		return ActionReviewFind
	case tocsin.KindAlert, tocsin.KindRota:
		return ActionAlertRead
	case tocsin.KindBank, tocsin.KindBatch, tocsin.KindSignal:
		return ActionBankRead
	case tocsin.KindDirectory, tocsin.KindContact, tocsin.KindLog:
		return ActionDirectoryRead
	}
	return ActionOrderRead
}

// allowed keeps the actions policy permits this actor; faces show these and no others.
func (f *Flow) allowed(actor Actor, agg tocsin.Aggregate, candidates []Action) []Action {
	var out []Action
	for _, a := range candidates {
		if f.Policy.Decide(actor, a, agg) == nil {
			out = append(out, a)
		}
	}
	return out
}

func issuedActions(o *tocsin.IssuedOrder) []Action {
	switch o.Status {
	case tocsin.IssuedDraft:
		return []Action{ActionOrderDraft, ActionOrderSubmit, ActionOrderWithdraw}
	case tocsin.IssuedSubmitted:
		return []Action{ActionOrderApprove, ActionOrderReturn, ActionOrderWithdraw}
	case tocsin.IssuedClarify:
		return []Action{ActionOrderClarify, ActionOrderWithdraw}
	case tocsin.IssuedRefused, tocsin.IssuedWithdrawn, tocsin.IssuedAbandoned:
		return nil
	}
	return []Action{ActionOrderWithdraw}
}

func receivedActions(o *tocsin.ReceivedOrder) []Action {
	switch o.Status {
	case tocsin.ReceivedAuthenticated, tocsin.ReceivedImpeded, tocsin.ReceivedReopened:
		return []Action{ActionOrderAnswer}
	case tocsin.ReceivedExecuting, tocsin.ReceivedConfirmed:
		if o.Automatic && o.RatifiedBy == "" {
			return []Action{ActionOrderAnswer}
		}
	}
	return nil
}
