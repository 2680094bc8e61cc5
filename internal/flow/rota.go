// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
)

// RotaFile is the readable document of the rota.
type RotaFile struct {
	Plan RotaPlan
}

// RotaView is the rota as people see it.
type RotaView struct {
	Plan      RotaPlan
	Version   int64 // 0 before there was one
	ChangedAt *time.Time
	ChangedBy tocsin.ActorID
	OnCall    []tocsin.RecordID // now
	// Gap is when nobody will be on call within the next week, nil when somebody always is.
	Gap    *time.Time
	Change bool // may this actor
}

// rota loads the one rota; a fresh one without a version before there is any.
func (u *unit) rota() (*tocsin.Rota, RotaFile, error) {
	agg, err := u.singleton(tocsin.KindRota, &tocsin.Rota{})
	if err != nil {
		return nil, RotaFile{}, err
	}
	r := agg.(*tocsin.Rota)
	var file RotaFile
	if r.Version > 0 {
		err = u.read(r, &file)
	}
	return r, file, err
}

func (u *unit) rotaPlan() (RotaPlan, error) {
	_, file, err := u.rota()
	return file.Plan, ignoreMissing(err)
}

// Rota shows who is on call when.
func (f *Flow) Rota(ctx context.Context, actor Actor) (v RotaView, err error) {
	if err := f.Policy.Decide(actor, ActionAlertRead, nil); err != nil {
		return v, err
	}
	err = f.view(ctx, func(u *unit) error {
		r, file, err := u.rota()
		if err != nil {
			return err
		}
		v = RotaView{Plan: file.Plan, Version: r.Version, ChangedBy: r.ChangedBy, OnCall: file.Plan.OnCall(u.now),
			Gap: file.Plan.gap(u.now), Change: f.Policy.Decide(actor, ActionRotaChange, nil) == nil}
		if r.Version > 0 {
			v.ChangedAt = &r.ChangedAt
		}
		return nil
	})
	return v, err
}

// ChangeRota lays down who is on call. version is the one that was read: a rota that somebody else changed
// meanwhile is not overwritten.
func (f *Flow) ChangeRota(ctx context.Context, actor Actor, version int64, plan RotaPlan) error {
	return f.update(ctx, func(u *unit) error {
		if err := f.Policy.Decide(actor, ActionRotaChange, nil); err != nil {
			return err
		}
		if err := plan.Validate(); err != nil {
			return err
		}
		for _, id := range plan.people() {
			p, err := load[*tocsin.Person](u, id)
			if err != nil || p.Status != tocsin.PersonEnrolled {
				return tocsin.Invalid(tocsin.ReasonUnknownRecord, "person", "Only people enrolled here can be on call.")
			}
		}
		r, _, err := u.rota()
		if err != nil {
			return err
		}
		if r.Version != version {
			return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonStale,
				"Somebody else changed the rota meanwhile. Look at it again.")
		}
		events, err := r.Change(u.by(actor.ID), plan.people(), plan)
		if err := u.did(r, events, err); err != nil {
			return err
		}
		return u.write(r, RotaFile{Plan: plan})
	})
}

// gapWithin is how far ahead a rota is looked over, and gapStep how closely.
const (
	gapWithin = 7 * 24 * time.Hour
	gapStep   = 15 * time.Minute
)

// gap finds the first time at which nobody is on call; nil where there is none, or no rota at all.
func (p RotaPlan) gap(now time.Time) *time.Time {
	if len(p.Slots) == 0 && len(p.Overrides) == 0 {
		return nil
	}
	for t := now; t.Sub(now) <= gapWithin; t = t.Truncate(gapStep).Add(gapStep) {
		if len(p.OnCall(t)) == 0 {
			return &t
		}
	}
	return nil
}
