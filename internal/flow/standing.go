// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"tocsin"
	"tocsin/match"
)

// StandingDecisions is the host's switch for standing decisions, off by default (design, refusal 2).
type StandingDecisions struct {
	Enabled      bool
	MaxPerHour   int // restrictions that all of them together make on their own
	RatifyWithin time.Duration
}

const lookupStanding = "standing" // SHA-256 of every file of what a standing decision is about

// standingKey is the key of a content: all of its files, and no other.
func (f *Flow) standingKey(contents []string) []byte {
	return f.Sealer.LookupKey(lookupStanding, strings.Join(contents, "/"))
}

// Stand makes a decision a standing one until a date.
func (f *Flow) Stand(ctx context.Context, actor Actor, id tocsin.RecordID, until time.Time) error {
	return f.changeDecision(ctx, actor, ActionStandingChange, id, func(u *unit, d *tocsin.Decision) error {
		if !f.Settings.Standing.Enabled {
			return tocsin.Errorf(tocsin.CodeForbidden, "standing_off", "The operator has not allowed standing decisions here.")
		}
		var file DecisionFile
		if err := u.read(d, &file); err != nil {
			return err
		}
		if len(file.Contents) == 0 {
			return tocsin.Errorf(tocsin.CodeConflict, "no_content_hash",
				"No SHA-256 of this content is kept, so no copy of it could be told.")
		}
		events, err := d.Stand(u.by(actor.ID), until)
		if err := u.did(d, events, err); err != nil {
			return err
		}
		err = u.tx.Reserve(lookupStanding, f.standingKey(file.Contents), d.ID)
		if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
			return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonDuplicate,
				"Another standing decision is about the same content already.")
		}
		return err
	})
}

// EndStanding ends a standing decision before its date.
func (f *Flow) EndStanding(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.changeDecision(ctx, actor, ActionStandingChange, id, func(u *unit, d *tocsin.Decision) error {
		events, err := d.EndStanding(u.by(actor.ID), tocsin.EndEnded)
		if err := u.did(d, events, err); err != nil {
			return err
		}
		return u.unstand(d)
	})
}

// unstand forgets what a standing decision that ended was about.
func (u *unit) unstand(d *tocsin.Decision) error {
	if d.Standing == nil {
		return nil
	}
	var file DecisionFile
	err := u.read(d, &file)
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return nil
	}
	if err != nil {
		return err
	}
	key := u.f.standingKey(file.Contents)
	id, err := u.tx.Lookup(lookupStanding, key)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound || err == nil && id != d.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return u.tx.Release(lookupStanding, key)
}

// contestStanding ends a standing decision when somebody complains of it, or of a decision that was made by it.
func (u *unit) contestStanding(d *tocsin.Decision) error {
	if d.Follows == "" {
		return u.unstand(d)
	}
	standing, err := load[*tocsin.Decision](u, d.Follows)
	if err != nil || !standing.Standing.Active() {
		return err
	}
	events, err := standing.EndStanding(u.by(tocsin.ActorPublic), tocsin.EndContested)
	if err := u.did(standing, events, err); err != nil {
		return err
	}
	return u.unstand(standing)
}

// watchStanding opens a case for each screened item that is byte-identical to what a standing decision is about.
// The platform is asked what the item is, then the decision is followed or a person looks.
func (f *Flow) watchStanding(ctx context.Context, s Screening) error {
	if !f.Settings.Standing.Enabled || f.Platform == nil {
		return nil
	}
	for _, p := range s.Pieces {
		if p.Item == "" || !slices.ContainsFunc(p.Queries, func(q match.Query) bool { return q.Type == "sha256" }) {
			continue
		}
		if err := f.watchOne(ctx, p.Item); err != nil {
			return err
		}
	}
	return nil
}

func (f *Flow) watchOne(ctx context.Context, item string) error {
	var standing tocsin.RecordID
	err := f.view(ctx, func(u *unit) error {
		contents, err := u.contents(item)
		if err != nil || len(contents) == 0 {
			return err
		}
		standing, err = u.tx.Lookup(lookupStanding, f.standingKey(contents))
		return err
	})
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil
	}
	if err != nil || standing == "" {
		return err
	}
	return f.update(ctx, func(u *unit) error {
		c, file, opened, err := u.caseOf(item, standing, tocsin.PriorityMatch, nil)
		if err != nil || c.Status != tocsin.CaseOpen || !opened && c.Item == "" && file.Follow != "" {
			return err
		}
		file.Follow, file.Anew = standing, true
		if err := u.followed(c, &file); err != nil {
			return err
		}
		return u.writeCase(c, file)
	})
}

// stood makes the decision that a standing one makes of an identical item, within its limits. Beyond them the
// case waits for a person like any other.
func (u *unit) stood(c *tocsin.Case, standing *tocsin.Decision) error {
	limits, err := u.standingLimits()
	if err != nil || !standing.MayFollow(u.now, limits) {
		return err
	}
	var file DecisionFile
	if err := u.read(standing, &file); err != nil {
		return err
	}
	d, events, err := tocsin.FollowDecision(u.clock(), standing, limits, u.f.Settings.UndoWindow, file)
	if err := u.did(d, events, err); err != nil {
		return err
	}
	u.findable(d.ID, d.ID.Short())
	if err := u.write(d, file); err != nil {
		return err
	}
	decided, err := c.Follow(u.clock(), d)
	if err := u.did(c, decided, err); err != nil {
		return err
	}
	return u.cover(u.clock(), d, c)
}

// standingLimits counts what standing decisions did in the last hour.
func (u *unit) standingLimits() (tocsin.StandingLimits, error) {
	s := u.f.Settings.Standing
	l := tocsin.StandingLimits{Enabled: s.Enabled, MaxPerHour: s.MaxPerHour, RatifyWithin: s.RatifyWithin, LastHour: 1}
	page := Page{Kind: tocsin.KindDecision, Limit: 200}
	for {
		rows, next, err := u.tx.Records(page) // what changed last comes first
		if err != nil {
			return l, err
		}
		for _, row := range rows {
			if row.UpdatedAt.Before(u.now.Add(-time.Hour)) {
				return l, nil
			}
			rec, err := u.record(row.ID)
			if err != nil {
				return l, err
			}
			if d := rec.agg.(*tocsin.Decision); d.Automatic && d.DecidedAt.After(u.now.Add(-time.Hour)) {
				l.LastHour++
			}
		}
		if page.After = next; next == "" || l.LastHour > l.MaxPerHour {
			return l, nil
		}
	}
}

// unratified lifts what a standing decision restricted and nobody ratified in time, ends that decision, and puts
// the item before a person.
func (u *unit) unratified(d *tocsin.Decision) error {
	if err := u.takenBack(u.clock(), d, endedUnratified, tocsin.ReopenedUnratified); err != nil {
		return err
	}
	standing, err := load[*tocsin.Decision](u, d.Follows)
	if err != nil || !standing.Standing.Active() {
		return err
	}
	events, err := standing.EndStanding(u.clock(), tocsin.EndUnratified)
	if err := u.did(standing, events, err); err != nil {
		return err
	}
	return u.unstand(standing)
}

// unfollow takes back what a standing decision restricted and no person ratified, when it was wrong itself. What a
// person ratified is that person's finding.
func (u *unit) unfollow(by tocsin.By, standing *tocsin.Decision, why string) error {
	if standing.Standing == nil {
		return nil
	}
	page := Page{Kind: tocsin.KindDecision, Limit: 200}
	for {
		rows, next, err := u.tx.Records(page)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.UpdatedAt.Before(standing.Standing.From) {
				return nil
			}
			rec, err := u.record(row.ID)
			if err != nil {
				return err
			}
			d := rec.agg.(*tocsin.Decision)
			if d.Follows != standing.ID || d.Status != tocsin.DecisionEffective || d.RatifiedBy != "" {
				continue
			}
			events, err := d.TakeBack(by)
			if err := u.did(d, events, err); err != nil {
				return err
			}
			if err := u.takenBack(by, d, why, tocsin.ReopenedSecond); err != nil {
				return err
			}
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}
