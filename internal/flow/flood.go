// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// Flood says when a signal hits so much more often than it used to that a person looks at it before it
// proposes again. A signal that suddenly matches everywhere is more often a mistake than an attack.
type Flood struct {
	Floor  int64 // hits in an hour below which nothing is a flood; 0 switches quarantine off
	Factor int64 // times its own average hour of the past
}

// learnRelease notices that a person released a signal, before the catalogue learns it.
func (f *Flow) learnRelease(s *card) {
	key := signalKey{s.Bank, s.Type, s.File.Value}
	f.catalogue.RLock()
	before := f.catalogue.signals[key]
	f.catalogue.RUnlock()
	if before != nil && before.Quarantined && !s.Quarantined {
		f.hits.settle(f.place(key))
	}
}

// flooded counts a hit of a signal and quarantines it when its hits leap above their history.
func (f *Flow) flooded(ctx context.Context, key signalKey) bool {
	limit := f.Settings.Flood
	if limit.Floor == 0 {
		return false
	}
	count, average := f.hits.hit(f.place(key), f.Clock.Now())
	if count < limit.Floor || float64(count) < average*float64(limit.Factor) {
		return false
	}
	err := f.changeMatching(context.WithoutCancel(ctx), func(u *unit) error {
		bank, err := load[*tocsin.Bank](u, key.bank)
		if err != nil {
			return err
		}
		s, _, err := u.findSignal(u.clock(), bank, key.typ, key.value)
		if err != nil || s == nil || !s.Proposes() {
			return err // gone or stopped meanwhile
		}
		events, err := s.Quarantine(u.clock(), count)
		return u.did(s, events, err)
	})
	if err != nil {
		f.Log.Error("signal not quarantined", "bank", key.bank, "type", key.typ, "code", tocsin.CodeOf(err),
			"reason", tocsin.ReasonOf(err))
	}
	return true
}
