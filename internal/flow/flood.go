// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"hash/maphash"
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

// hits counts the proposals of each signal by the hour. The past weighs half as much with each day. Every signal
// that hit within days has a place, so places are small: they stand under a hash of the signal, and of ten million
// signals two share one with a chance of one to 300,000.
type hits struct {
	sync.Mutex
	seed  maphash.Seed
	of    map[uint64]hourly
	swept uint32 // the hour in which those were forgotten that hit no more
}

type hourly struct {
	hour    uint32 // since 1970
	count   uint32
	average float32 // of the hours before
}

func hourOf(t time.Time) uint32 { return uint32(t.Unix() / 3600) }

const dailyDecay = 0.9715 // to the power of 24 it is one half

// hit counts one proposal and gives the count of this hour and the average of the hours before.
func (h *hits) hit(key signalKey, now time.Time) (count int64, average float64) {
	h.Lock()
	defer h.Unlock()
	if h.of == nil {
		h.seed, h.of = maphash.MakeSeed(), map[uint64]hourly{}
	}
	this := hourOf(now)
	place := maphash.Comparable(h.seed, key)
	own := h.of[place].rolled(this)
	own.count++
	h.of[place] = own
	if h.swept < this {
		h.sweep(this)
	}
	return int64(own.count), float64(own.average)
}

// negligible is an average that is as good as no history.
const negligible = 1e-3

// rolled makes hours that are over part of the average.
func (h hourly) rolled(this uint32) hourly {
	for h.hour < this {
		h.average = h.average*dailyDecay + float32(h.count)*(1-dailyDecay)
		h.count = 0
		h.hour++
		if h.average < negligible {
			h.hour = this
		}
	}
	return h
}

// sweep forgets what has not hit for so long that it has no history, lest memory grow with all that ever hit.
// The caller holds the lock.
func (h *hits) sweep(this uint32) {
	h.swept = this
	for place, own := range h.of {
		if own = own.rolled(this); own.count == 0 && own.average < negligible {
			delete(h.of, place)
			continue
		}
		h.of[place] = own
	}
}

// settle takes the hits of this hour for the usual ones: a person has looked at them.
func (h *hits) settle(key signalKey) {
	h.Lock()
	defer h.Unlock()
	if h.of == nil {
		return
	}
	place := maphash.Comparable(h.seed, key)
	if own, ok := h.of[place]; ok {
		own.average = max(own.average, float32(own.count))
		h.of[place] = own
	}
}

func (h *hits) forget(key signalKey) {
	h.Lock()
	defer h.Unlock()
	if h.of != nil {
		delete(h.of, maphash.Comparable(h.seed, key))
	}
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
