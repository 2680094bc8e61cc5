// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"time"

	"tocsin"
)

// MisuseStep is what a person does about the sender of notices.
type MisuseStep string

// The steps; each is a choice of the same name.
const (
	MisuseWarn    MisuseStep = "warn"
	MisuseSuspend MisuseStep = "suspend"
	MisuseLift    MisuseStep = "lift"
	MisuseConfirm MisuseStep = "confirm" // answer an objection: the suspension stands
)

// MisuseView is the conduct of a sender for somebody who may read it.
type MisuseView struct {
	tocsin.Misuse
	File      MisuseFile
	Objection string // what the sender wrote
	History   []Past
	Erased    bool
	Choices   []Choice // of a single one
}

// MisuseFilter chooses senders.
type MisuseFilter struct {
	States []string
	After  string
	Limit  int
}

// Misuses lists senders of which something is counted, whose counts or suspension end first standing first.
func (f *Flow) Misuses(ctx context.Context, actor Actor, filter MisuseFilter) (list []MisuseView, next string,
	err error) {
	return pageOf(ctx, f, actor, ActionNoticeRead, Page{Kind: tocsin.KindMisuse, Statuses: filter.States, ByDue: true,
		After: filter.After, Limit: filter.Limit},
		func(u *unit, rec *record) (v MisuseView, err error) {
			v.Misuse = *rec.agg.(*tocsin.Misuse)
			v.Erased, err = u.readUnlessErased(rec.agg, &v.File)
			return v, err
		})
}

// MisuseOf opens the conduct of a sender.
func (f *Flow) MisuseOf(ctx context.Context, actor Actor, id tocsin.RecordID) (MisuseView, error) {
	var v MisuseView
	err := f.view(ctx, func(u *unit) error {
		m, err := authorised[*tocsin.Misuse](u, actor, ActionNoticeRead, id)
		if err != nil {
			return err
		}
		v.Misuse = *m
		if v.Erased, v.History, _, err = u.about(m, &v.File); err != nil {
			return err
		}
		for _, past := range v.History {
			if past.Kind == tocsin.EventMisuseContested {
				v.Objection = past.Text
			}
		}
		v.Choices = f.misuseChoices(actor, m, u.by(actor.ID))
		return nil
	})
	return v, err
}

// misuseChoices are the steps that the state of a sender's conduct has, each with the reason why it is none yet.
func (f *Flow) misuseChoices(actor Actor, m *tocsin.Misuse, by tocsin.By) (list []Choice) {
	var steps []MisuseStep
	switch m.Status {
	case tocsin.MisuseNone:
		steps = []MisuseStep{MisuseWarn}
	case tocsin.MisuseWarned:
		steps = []MisuseStep{MisuseSuspend, MisuseLift}
	case tocsin.MisuseSuspended:
		steps = []MisuseStep{MisuseLift}
		if m.ContestedAt != nil && m.ConfirmedAt == nil {
			steps = []MisuseStep{MisuseLift, MisuseConfirm}
		}
	}
	for _, step := range steps {
		// the domain says why not, on a copy that nothing is kept of
		tried := *m
		_, why := stepOf(&tried, step, by, by.At.Add(time.Hour), "?")
		list = append(list, Choice{ChoiceName(step), cmp.Or(f.Policy.Decide(actor, ActionNoticeJudge, m), why)})
	}
	return list
}

func stepOf(m *tocsin.Misuse, step MisuseStep, by tocsin.By, until time.Time, reasons string) ([]tocsin.Event, error) {
	switch step {
	case MisuseWarn:
		return m.Warn(by, reasons)
	case MisuseSuspend:
		return m.Suspend(by, until, reasons)
	case MisuseLift:
		return m.Lift(by, reasons)
	case MisuseConfirm:
		return m.Confirm(by, reasons)
	}
	return nil, tocsin.Invalid(tocsin.ReasonUnknownValue, "step", "There is no such step.")
}

// TreatSender warns or suspends a sender of notices, takes that back, or answers its objection. until is the end of a
// suspension. The reasons are told to the sender.
func (f *Flow) TreatSender(ctx context.Context, actor Actor, id tocsin.RecordID, step MisuseStep, until time.Time,
	reasons string) error {
	return f.update(ctx, func(u *unit) error {
		m, err := authorised[*tocsin.Misuse](u, actor, ActionNoticeJudge, id)
		if err != nil {
			return err
		}
		return u.treat(actor, m, step, until, reasons)
	})
}

func (u *unit) treat(actor Actor, m *tocsin.Misuse, step MisuseStep, until time.Time, reasons string) error {
	var file MisuseFile
	if err := u.read(m, &file); err != nil {
		return err
	}
	events, err := stepOf(m, step, u.by(actor.ID), until, reasons)
	if err := u.did(m, events, err); err != nil {
		return err
	}
	if file.Reasons = reasons; step == MisuseLift {
		file.Reasons = ""
	}
	return u.write(m, file)
}

// ChangeMisuse is [Flow.TreatSender] for the sender of a notice.
func (f *Flow) ChangeMisuse(ctx context.Context, actor Actor, notice tocsin.RecordID, step MisuseStep,
	until time.Time, reasons string) error {
	return f.update(ctx, func(u *unit) error {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeJudge, notice)
		if err != nil {
			return err
		}
		var file NoticeFile
		if err := u.read(n, &file); err != nil {
			return err
		}
		m, err := u.conductOf(file.Sender)
		if err != nil {
			return err
		}
		if m == nil {
			return unknownRecord()
		}
		return u.treat(actor, m, step, until, reasons)
	})
}
