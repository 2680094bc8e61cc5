// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"tocsin"
)

// JobRelease gives back to the queue what somebody had who may not work on it any more.
const JobRelease JobKind = "release"

// queueTarget is the target of work done in this node's own queue.
const queueTarget = "queue"

// release looks through everything open, a page at a time, and gives back what belongs to the person of the event.
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
	for _, page := range []Page{
		{Kind: tocsin.KindCase, Statuses: []string{string(tocsin.CaseOpen), string(tocsin.CaseClaimed), string(tocsin.CaseOverdue)}},
		{Kind: tocsin.KindComplaint, Statuses: []string{string(tocsin.ComplaintAssigned)}},
	} {
		if err := f.releasePages(ctx, page, who, by); err != nil {
			return outcome{}, err
		}
	}
	err = f.update(ctx, func(u *unit) error { return u.finish(job) })
	return finished, ignoreLost(err)
}

func (f *Flow) releasePages(ctx context.Context, page Page, who tocsin.RecordID, by tocsin.ActorID) error {
	var theirs []tocsin.RecordID
	page.Limit = 200
	for {
		var next string
		err := f.Store.View(ctx, func(tx Tx) error {
			rows, after, err := tx.Records(page)
			next = after
			for _, row := range rows {
				if mine, err := belongs(row, tocsin.ActorID(who)); err != nil {
					return err
				} else if mine {
					theirs = append(theirs, row.ID)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		if page.After = next; next == "" {
			break
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

// belongs reports whether a row names a person as who has it.
func belongs(row Row, who tocsin.ActorID) (bool, error) {
	var held struct {
		Assigned tocsin.ActorID `json:"assigned"`
		Handler  tocsin.ActorID `json:"handler"`
		Claim    *tocsin.Claim  `json:"claim"`
	}
	if err := json.Unmarshal(row.Body, &held); err != nil {
		return false, fmt.Errorf("decode state of %s: %w", row.ID, err)
	}
	return held.Assigned == who || held.Handler == who || held.Claim != nil && held.Claim.Holder == who, nil
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
