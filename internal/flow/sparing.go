// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
)

// Why a case is kept from a person: for her own sake, and never at the cost of a clock.
const (
	ReasonViewsReached tocsin.Reason = "views_reached" // she was shown as many media as a day may hold
	ReasonOptedOut     tocsin.Reason = "opted_out"     // she asked for no cases of that kind
	// ReasonUnavailable is what others are told: which of the two it is is nobody else's matter.
	ReasonUnavailable tocsin.Reason = "unavailable"
)

// pressingWithin is how near a clock must be for a case to go to somebody whatever anybody asked for.
const pressingWithin = time.Hour

// spares is what a person is spared now.
type spares struct {
	full    bool
	without []tocsin.Category
}

// from says why a case is kept from her; empty when it is not.
func (s spares) from(c *tocsin.Case) tocsin.Reason {
	if s.full {
		return ReasonViewsReached
	}
	if slices.ContainsFunc(c.Categories, func(k tocsin.Category) bool { return slices.Contains(s.without, k) }) {
		return ReasonOptedOut
	}
	return ""
}

func (f *Flow) sparesOf(p Individual) spares {
	return spares{f.SeenBy(p).Full != nil, f.WellnessOf(p).Without}
}

// member is somebody who decides cases, and what she is spared.
type member struct {
	Actor
	spares
}

// team is everybody who decides cases here, read when it matters: rarely all of them.
type team struct {
	u       *unit
	members []member
	read    bool
	known   map[tocsin.ActorID]spares
}

func (t *team) load() error {
	if t.read {
		return nil
	}
	t.read = true
	people, err := t.u.everybody()
	for _, p := range people {
		actor := p.Actor()
		if t.u.f.admits(p) && t.u.f.Policy.Decide(actor, ActionCaseClaim, nil) == nil {
			t.members = append(t.members, member{actor, t.u.f.sparesOf(p)})
		}
	}
	return err
}

// spares gives what somebody is spared; nothing where she is nobody here.
func (t *team) spares(who tocsin.ActorID) (spares, error) {
	if s, ok := t.known[who]; ok {
		return s, nil
	}
	var s spares
	p, err := t.u.individual(tocsin.RecordID(who))
	if err == nil {
		s = t.u.f.sparesOf(p)
	}
	if t.known == nil {
		t.known = map[tocsin.ActorID]spares{}
	}
	t.known[who] = s
	return s, ignoreMissing(err)
}

// left are those to whom a case can still go, whoever it is assigned to now.
func (t *team) left(c *tocsin.Case) ([]member, error) {
	if err := t.load(); err != nil {
		return nil, err
	}
	free := *c
	free.Assigned = ""
	var left []member
	for _, m := range t.members {
		if m.from(c) == "" && free.OfferedTo(m.ID, m.Has(tocsin.DutySeniorModerator), t.u.now) {
			left = append(left, m)
		}
	}
	return left, nil
}

// pressing reports whether the time in which somebody should look is nearly over, or over.
func pressing(c *tocsin.Case, now time.Time) bool {
	return c.Answer != nil && (c.Late || c.Answer.Sub(now) < pressingWithin)
}

// lastResort reports whether a person may have a case that is kept from her: its clock runs out, and nobody is left.
func (t *team) lastResort(c *tocsin.Case, who tocsin.ActorID) (bool, error) {
	if !pressing(c, t.u.now) || c.Status != tocsin.CaseOpen || c.Held(t.u.now) || slices.Contains(c.Excluded, who) {
		return false, nil
	}
	left, err := t.left(c)
	return len(left) == 0, err
}

// keptFrom says why a case is kept from a person; nil when it is not.
func (t *team) keptFrom(c *tocsin.Case, who tocsin.ActorID) error {
	s, err := t.spares(who)
	if err != nil {
		return err
	}
	reason := s.from(c)
	if reason == "" || c.HeldBy(who, t.u.now) {
		return nil
	}
	last, err := t.lastResort(c, who)
	if err != nil || last {
		return err
	}
	return spared(reason)
}

func spared(reason tocsin.Reason) error {
	if reason == ReasonOptedOut {
		return tocsin.Errorf(tocsin.CodeConflict, reason, "You asked for no cases of this kind. It goes to others.")
	}
	return tocsin.Errorf(tocsin.CodeConflict, reason,
		"You have seen as much today as you set yourself. It goes to others.")
}

// HandOn gives cases whose clock runs out within the hour to somebody who is there for them: one assigned to a person
// who is spared it goes to a colleague, on call first; one that nobody is left for goes to the seniors.
func (f *Flow) HandOn(ctx context.Context) error {
	if f.Platform == nil {
		return nil
	}
	soon := f.Clock.Now().Add(pressingWithin)
	page := Page{Kind: tocsin.KindCase, Statuses: []string{string(tocsin.CaseOpen), string(tocsin.CaseOverdue)},
		DueBy: &soon, ByDue: true, Limit: 200}
	for {
		var rows []Row
		err := f.Store.View(ctx, func(tx Tx) (err error) {
			rows, page.After, err = tx.Records(page)
			return err
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			err := f.update(ctx, func(u *unit) error {
				c, err := load[*tocsin.Case](u, row.ID)
				if err != nil {
					return err
				}
				return u.handOn(c)
			})
			if err != nil {
				f.Log.Error("case not handed on", "record", row.ID, "code", tocsin.CodeOf(err))
			}
		}
		if page.After == "" {
			return nil
		}
	}
}

// handOn does so with one case.
func (u *unit) handOn(c *tocsin.Case) error {
	if c.Status != tocsin.CaseOpen || c.Held(u.now) || !pressing(c, u.now) {
		return nil
	}
	t := &team{u: u}
	left, err := t.left(c)
	if err != nil || len(t.members) == 0 {
		return err
	}
	stays := c.Assigned == "" || slices.ContainsFunc(left, func(m member) bool { return m.ID == c.Assigned })
	switch {
	case len(left) == 0 && !c.Escalated:
		events, err := c.LeaveToSeniors(u.clock())
		for _, e := range events {
			u.alarm(c, e)
		}
		return u.did(c, events, err)
	case len(left) > 0 && !stays:
		next, err := u.onCallFirst(left)
		if err != nil {
			return err
		}
		events, err := c.Assign(u.clock(), next)
		return u.did(c, events, err)
	}
	return nil
}

// onCallFirst picks whom a case is given to.
func (u *unit) onCallFirst(of []member) (tocsin.RecordID, error) {
	plan, err := u.rotaPlan()
	if err != nil {
		return "", err
	}
	for _, id := range plan.ladder(u.now) {
		if slices.ContainsFunc(of, func(m member) bool { return m.ID == tocsin.ActorID(id) }) {
			return id, nil
		}
	}
	return tocsin.RecordID(of[0].ID), nil
}
