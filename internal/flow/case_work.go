// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"

	"tocsin"
)

// ClaimCase takes a case for the actor, or extends her claim.
func (f *Flow) ClaimCase(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.workOn(ctx, actor, ActionCaseClaim, id, func(by tocsin.By, c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Take(by)
	})
}

// ReleaseCase gives a claimed case back to the queue.
func (f *Flow) ReleaseCase(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.workOn(ctx, actor, ActionCaseClaim, id, func(by tocsin.By, c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Release(by)
	})
}

// SkipCase gives a claimed case back and is not offered it again. Nobody counts who skipped what.
func (f *Flow) SkipCase(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.workOn(ctx, actor, ActionCaseClaim, id, func(by tocsin.By, c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Decline(by)
	})
}

// EscalateCase asks for somebody with more experience.
func (f *Flow) EscalateCase(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.workOn(ctx, actor, ActionCaseClaim, id, func(by tocsin.By, c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Escalate(by, reasons)
	})
}

// NoteCase adds an internal note.
func (f *Flow) NoteCase(ctx context.Context, actor Actor, id tocsin.RecordID, note string) error {
	return f.workOn(ctx, actor, ActionCaseClaim, id, func(by tocsin.By, c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Note(by, note)
	})
}

// AssignCase gives a case to a person, or with an empty id to whoever comes.
func (f *Flow) AssignCase(ctx context.Context, actor Actor, id, to tocsin.RecordID) error {
	return f.update(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Case](u, actor, ActionCaseAssign, id)
		if err != nil {
			return err
		}
		if to != "" {
			p, err := load[*tocsin.Person](u, to)
			if err != nil {
				return err
			}
			if !p.Has(tocsin.DutyModerator) && !p.Has(tocsin.DutySeniorModerator) {
				return tocsin.Invalid(tocsin.ReasonRole, "to", "This person does not decide cases.")
			}
		}
		events, err := c.Assign(u.by(actor.ID), to)
		return u.did(c, events, err)
	})
}

func (f *Flow) workOn(ctx context.Context, actor Actor, action Action, id tocsin.RecordID,
	do func(tocsin.By, *tocsin.Case) ([]tocsin.Event, error)) error {
	return f.update(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Case](u, actor, action, id)
		if err != nil {
			return err
		}
		events, err := do(u.by(actor.ID), c)
		return u.did(c, events, err)
	})
}

// ReasonQueueEmpty says that nothing waits for the actor.
const ReasonQueueEmpty tocsin.Reason = "queue_empty"

// offered is how many cases the queue looks through for one that a person may take, at once.
const offered = 50

// NextCase claims for the actor the case that is due first: the overdue ones, then the others. Two people at
// once get two cases. CodeNotFound, queue_empty: nothing waits for her.
func (f *Flow) NextCase(ctx context.Context, actor Actor) (tocsin.RecordID, error) {
	for {
		var id tocsin.RecordID
		err := f.update(ctx, func(u *unit) (err error) {
			id, err = u.nextCase(actor)
			return err
		})
		if !errors.Is(err, errConcurrent) || ctx.Err() != nil {
			return id, err
		}
	}
}

func (u *unit) nextCase(actor Actor) (tocsin.RecordID, error) {
	if err := u.f.Policy.Decide(actor, ActionCaseClaim, nil); err != nil {
		return "", err // before the queue tells whether anything waits
	}
	senior := actor.Has(tocsin.DutySeniorModerator)
	for _, state := range []tocsin.CaseState{tocsin.CaseOverdue, tocsin.CaseOpen} {
		page := Page{Kind: tocsin.KindCase, Statuses: []string{string(state)}, ByDue: true, Limit: offered}
		for {
			rows, next, err := u.tx.Records(page)
			if err != nil {
				return "", err
			}
			for _, row := range rows {
				rec, err := u.adopt(row)
				if err != nil {
					return "", err
				}
				c := rec.agg.(*tocsin.Case)
				if !c.OfferedTo(actor.ID, senior, u.now) {
					continue
				}
				if err := u.f.Policy.Decide(actor, ActionCaseClaim, c); err != nil {
					return "", err
				}
				events, err := c.Take(u.by(actor.ID))
				return c.ID, u.did(c, events, err)
			}
			if page.After = next; next == "" {
				break
			}
		}
	}
	return "", tocsin.Errorf(tocsin.CodeNotFound, ReasonQueueEmpty, "Nothing waits for you now.")
}
