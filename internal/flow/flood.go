// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"sync"
	"time"

	"tocsin"
)

// Flood says when a signal hits so much more often than it used to that a person looks at it before it
// proposes again. A signal that suddenly matches everywhere is more often a mistake than an attack.
type Flood struct {
	Floor  int64 // hits in an hour below which nothing is a flood; 0 switches quarantine off
	Factor int64 // times its own average hour of the past
}

// hits counts the proposals of each signal by the hour. The past weighs half as much with each day.
type hits struct {
	sync.Mutex
	of    map[signalKey]*hourly
	swept time.Time // the hour in which those were forgotten that hit no more
}

type hourly struct {
	hour    time.Time
	count   int64
	average float64 // of the hours before
}

const dailyDecay = 0.9715 // to the power of 24 it is one half

// hit counts one proposal and gives the count of this hour and the average of the hours before.
func (h *hits) hit(key signalKey, now time.Time) (count int64, average float64) {
	h.Lock()
	defer h.Unlock()
	if h.of == nil {
		h.of = map[signalKey]*hourly{}
	}
	own, ok := h.of[key]
	this := now.Truncate(time.Hour)
	if !ok {
		own = &hourly{hour: this}
		h.of[key] = own
	}
	own.roll(this)
	own.count++
	if h.swept.Before(this) {
		h.sweep(this)
	}
	return own.count, own.average
}

// negligible is an average that is as good as no history.
const negligible = 1e-3

// roll makes hours that are over part of the average.
func (h *hourly) roll(this time.Time) {
	for h.hour.Before(this) {
		h.average = h.average*dailyDecay + float64(h.count)*(1-dailyDecay)
		h.count = 0
		h.hour = h.hour.Add(time.Hour)
		if h.average < negligible {
			h.hour = this
		}
	}
}

// sweep forgets what has not hit for so long that it has no history, lest memory grow with all that ever hit.
// The caller holds the lock.
func (h *hits) sweep(this time.Time) {
	h.swept = this
	for key, own := range h.of {
		if own.roll(this); own.count == 0 && own.average < negligible {
			delete(h.of, key)
		}
	}
}

// settle takes the hits of this hour for the usual ones: a person has looked at them.
func (h *hits) settle(key signalKey) {
	h.Lock()
	defer h.Unlock()
	if own, ok := h.of[key]; ok {
		own.average = max(own.average, float64(own.count))
	}
}

func (h *hits) forget(key signalKey) {
	h.Lock()
	defer h.Unlock()
	delete(h.of, key)
}

// learnRelease notices that a person released a signal, before the catalogue learns it.
func (f *Flow) learnRelease(s *card) {
	key := signalKey{s.Bank, s.Type, s.File.Value}
	f.catalogue.RLock()
	before := f.catalogue.signals[key]
	f.catalogue.RUnlock()
	if before != nil && before.Quarantined && !s.Quarantined {
		f.hits.settle(key)
	}
}

// flooded counts a hit of a signal and quarantines it when its hits leap above their history.
func (f *Flow) flooded(ctx context.Context, key signalKey) bool {
	limit := f.Settings.Flood
	if limit.Floor == 0 {
		return false
	}
	count, average := f.hits.hit(key, f.Clock.Now())
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
