// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
)

// JobRelease gives back to the queue what somebody had who may not work on it any more.
const JobRelease JobKind = "release"

// queueTarget is the target of work done in this node's own queue.
const queueTarget = "queue"

// release gives back what the person of the event has.
func (f *Flow) release(ctx context.Context, job ClaimedJob) (outcome, error) {
	var who tocsin.RecordID
	var by tocsin.ActorID
	err := f.Store.View(ctx, func(tx Tx) error {
		entry, err := tx.EntryByID(tocsin.EventID(job.Args["event"]))
		who, by = entry.Header.Record, entry.Header.Actor
		return err
	})
	if err != nil {
		return outcome{}, err
	}
	for _, kind := range []tocsin.RecordKind{tocsin.KindCase, tocsin.KindComplaint} {
		if err := f.releaseAll(ctx, kind, who, by); err != nil {
			return outcome{}, err
		}
	}
	err = f.update(ctx, func(u *unit) error { return u.finish(job) })
	return finished, ignoreLost(err)
}

func (f *Flow) releaseAll(ctx context.Context, kind tocsin.RecordKind, who tocsin.RecordID, by tocsin.ActorID) error {
	var theirs []tocsin.RecordID
	page := Page{Kind: kind, Whose: tocsin.ActorID(who), Limit: 200}
	for more := true; more; more = page.After != "" {
		err := f.Store.View(ctx, func(tx Tx) error {
			rows, after, err := tx.Records(page)
			for _, row := range rows {
				theirs = append(theirs, row.ID)
			}
			page.After = after
			return err
		})
		if err != nil {
			return err
		}
	}
	for some := range slices.Chunk(theirs, 50) {
		err := f.update(ctx, func(u *unit) error { return u.leave(some, who, by) })
		if err != nil {
			return err
		}
	}
	return nil
}

// leave gives some records back, unless the person may work on them again meanwhile.
func (u *unit) leave(ids []tocsin.RecordID, who tocsin.RecordID, by tocsin.ActorID) error {
	p, err := load[*tocsin.Person](u, who)
	if err != nil {
		return err
	}
	for _, id := range ids {
		rec, err := u.record(id)
		if err != nil {
			return err
		}
		var events []tocsin.Event
		switch of := rec.agg.(type) {
		case *tocsin.Case:
			if !slices.ContainsFunc(answering, p.Has) {
				events, err = of.Leave(u.by(by), p.Actor())
			}
		case *tocsin.Complaint:
			if !p.Has(tocsin.DutyComplaintHandler) {
				events, err = of.Leave(u.by(by), p.Actor())
			}
		}
		if err := u.did(rec.agg, events, err); err != nil {
			return err
		}
	}
	return nil
}
