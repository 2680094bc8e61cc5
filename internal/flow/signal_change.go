// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
)

// DisableSignal stops the matches of a signal until a time, or until somebody enables it again.
func (f *Flow) DisableSignal(ctx context.Context, actor Actor, ref SignalRef, until *time.Time, reasons string) error {
	return f.changeSignal(ctx, actor, ActionSignalChange, ref,
		func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) { return s.Disable(by, until, reasons) })
}

// EnableSignal lets a disabled signal match again.
func (f *Flow) EnableSignal(ctx context.Context, actor Actor, ref SignalRef) error {
	return f.changeSignal(ctx, actor, ActionSignalChange, ref,
		func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) { return s.Enable(by) })
}

// RetractSignal takes a signal back for good.
func (f *Flow) RetractSignal(ctx context.Context, actor Actor, ref SignalRef, reasons string) error {
	return f.changeSignal(ctx, actor, ActionSignalChange, ref,
		func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) { return s.Retract(by, reasons) })
}

// ReleaseSignal ends a quarantine.
func (f *Flow) ReleaseSignal(ctx context.Context, actor Actor, ref SignalRef, reasons string) error {
	return f.changeSignal(ctx, actor, ActionSignalRelease, ref,
		func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) { return s.Release(by, reasons) })
}

// Opine records what this node's party thinks of a signal.
func (f *Flow) Opine(ctx context.Context, actor Actor, ref SignalRef, view tocsin.View, reasons string) error {
	return f.changeSignal(ctx, actor, ActionSignalChange, ref,
		func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) {
			return s.Opine(by, f.Identity.Party, view, reasons)
		})
}

// RetractOpinion takes the opinion of this node's party back.
func (f *Flow) RetractOpinion(ctx context.Context, actor Actor, ref SignalRef) error {
	return f.changeSignal(ctx, actor, ActionSignalChange, ref,
		func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) {
			return s.RetractOpinion(by, f.Identity.Party)
		})
}

func (f *Flow) changeSignal(ctx context.Context, actor Actor, action Action, ref SignalRef,
	do func(tocsin.By, *tocsin.Signal) ([]tocsin.Event, error)) error {
	if err := f.named(&ref); err != nil {
		return err
	}
	return f.changeMatching(ctx, func(u *unit) error {
		s, err := u.signal(actor, action, ref)
		if err != nil {
			return err
		}
		events, err := do(u.by(actor.ID), s)
		return u.did(s, events, err)
	})
}

// named checks how a signal is named, before anything is looked for.
func (f *Flow) named(ref *SignalRef) error {
	if ref.ID == "" {
		return f.canonical(ref)
	}
	if f.Matcher == nil {
		return noMatcher()
	}
	return nil
}

// signal finds the signal of a reference, making its record when a batch brought it.
func (u *unit) signal(actor Actor, action Action, ref SignalRef) (*tocsin.Signal, error) {
	if ref.ID != "" {
		return authorised[*tocsin.Signal](u, actor, action, ref.ID)
	}
	bank, _, err := u.bankOf(actor, action, ref.Bank)
	if err != nil {
		return nil, err
	}
	s, _, err := u.findSignal(u.by(actor.ID), bank, ref.Type, ref.Value)
	if err == nil && s == nil {
		err = unknownRecord()
	}
	return s, err
}
