// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
	"tocsin/match"
)

// SignalView is a signal that has a record, for someone who may read it.
type SignalView struct {
	tocsin.Signal
	File    SignalFile
	Bank    BankView
	History []Past
	Erased  bool
	Hits    int64   // proposals in this hour
	Usual   float64 // proposals in an hour, on average
}

// Signal opens a signal by its record.
func (f *Flow) Signal(ctx context.Context, actor Actor, id tocsin.RecordID) (SignalView, error) {
	var v SignalView
	err := f.view(ctx, func(u *unit) error {
		s, err := authorised[*tocsin.Signal](u, actor, ActionBankRead, id)
		if err != nil {
			return err
		}
		v.Signal = *s
		if v.Erased, v.History, _, err = u.about(s, &v.File); err != nil {
			return err
		}
		bank, err := load[*tocsin.Bank](u, s.Bank)
		if err != nil {
			return err
		}
		v.Bank.Bank = *bank
		if !v.Erased {
			v.Hits, v.Usual = f.hits.now(f.place(signalKey{s.Bank, s.Type, v.File.Value}), f.Clock.Now())
		}
		return u.read(bank, &v.Bank.File)
	})
	return v, err
}

// Known says in which banks exactly this value is, whatever its state. It screens nothing: whoever asks knows
// the value already.
func (f *Flow) Known(ctx context.Context, actor Actor, ref SignalRef) ([]Match, error) {
	if err := f.canonical(&ref); err != nil {
		return nil, err
	}
	if err := f.catalogue.whole(); err != nil {
		return nil, err
	}
	banks := f.taking(actor, Screening{Every: true, Banks: bankNames(ref.Bank)})
	ids, err := f.Matcher.Find(ctx, ref.Type, ref.Value)
	if err != nil {
		return nil, err
	}
	hits := make([]match.Hit, len(ids))
	for i, id := range ids {
		hits[i] = match.Hit{ID: id, Type: string(ref.Type), Value: ref.Value}
	}
	t, _ := f.Matcher.Type(string(ref.Type))
	found := f.sightings(ctx, hits, banks, t)
	matches := make([]Match, 0, len(found))
	for _, s := range found {
		s.Match.State = s.state()
		matches = append(matches, s.Match)
	}
	return matches, nil
}

func bankNames(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
