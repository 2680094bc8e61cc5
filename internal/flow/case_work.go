// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"

	"tocsin"
)

// ClaimCase takes a case for the actor, or extends her claim. One that she is spared she does not get, unless its
// clock runs out and nobody else is left.
func (f *Flow) ClaimCase(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.update(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Case](u, actor, ActionCaseClaim, id)
		if err != nil {
			return err
		}
		if err := (&team{u: u}).keptFrom(c, actor.ID); err != nil {
			return err
		}
		events, err := c.Take(u.by(actor.ID))
		return u.did(c, events, err)
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
			if (&team{u: u}).keptFrom(c, tocsin.ActorID(to)) != nil {
				return tocsin.Invalid(ReasonUnavailable, "to", "This person takes no such case now. Choose somebody else.")
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

// offered is how many cases the queue looks through at first for one that a person may take; mostly the first will do.
// Each further look is at twice as many, up to mostOffered.
const offered, mostOffered = 8, 200

// NextCase claims for the actor the case that is due first: the overdue ones, then the others. Two people at
// once get two cases. Cases that she is spared are passed over, unless their clock runs out and nobody else is left;
// what is assigned to a colleague who is spared it is hers. CodeNotFound, queue_empty: nothing waits for her;
// views_reached, opted_out: what waits goes to others.
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
	q := queue{u: u, actor: actor, team: &team{u: u}}
	var err error
	if q.own, err = q.team.spares(actor.ID); err != nil {
		return "", err
	}
	for _, state := range []tocsin.CaseState{tocsin.CaseOverdue, tocsin.CaseOpen} {
		page := Page{Kind: tocsin.KindCase, Statuses: []string{string(state)}, ByDue: true, Limit: offered}
		for {
			rows, next, err := u.tx.Records(page)
			if err != nil {
				return "", err
			}
			if id, err := q.first(rows); id != "" || err != nil {
				return id, err
			}
			// Whoever has seen enough is given only what presses most, which stands on the first page.
			if page.After = next; next == "" || q.own.full {
				break
			}
			page.Limit = min(2*page.Limit, mostOffered)
		}
	}
	if q.spared != "" {
		e := spared(q.spared).(*tocsin.Error)
		e.Code = tocsin.CodeNotFound
		return "", e
	}
	return "", tocsin.Errorf(tocsin.CodeNotFound, ReasonQueueEmpty, "Nothing waits for you now.")
}

// queue is what waits, as one person is offered it.
type queue struct {
	u      *unit
	actor  Actor
	team   *team
	own    spares
	spared tocsin.Reason // something waits that she is spared
}

// first claims the first of some cases that she may have.
func (q *queue) first(rows []Row) (tocsin.RecordID, error) {
	for _, row := range rows {
		rec, err := q.u.adopt(row)
		if err != nil {
			return "", err
		}
		c := rec.agg.(*tocsin.Case)
		if ok, err := q.offers(c); !ok {
			if err != nil {
				return "", err
			}
			continue
		}
		if err := q.u.f.Policy.Decide(q.actor, ActionCaseClaim, c); err != nil {
			return "", err
		}
		if c.Assigned != "" && c.Assigned != q.actor.ID {
			events, err := c.Assign(q.u.clock(), "")
			if err := q.u.did(c, events, err); err != nil {
				return "", err
			}
		}
		events, err := c.Take(q.u.by(q.actor.ID))
		return c.ID, q.u.did(c, events, err)
	}
	return "", nil
}

// offers reports whether the queue gives her a case.
func (q *queue) offers(c *tocsin.Case) (bool, error) {
	free := *c
	free.Assigned = ""
	offered := free.OfferedTo(q.actor.ID, q.actor.Has(tocsin.DutySeniorModerator), q.u.now)
	if offered && c.Assigned != "" && c.Assigned != q.actor.ID {
		theirs, err := q.team.spares(c.Assigned)
		if err != nil {
			return false, err
		}
		offered = theirs.from(c) != ""
	}
	reason := q.own.from(c)
	if offered && reason == "" {
		return true, nil
	}
	last, err := q.team.lastResort(c, q.actor.ID)
	if offered && !last {
		q.spared = reason
	}
	return last, err
}
