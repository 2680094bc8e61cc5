// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"tocsin"
)

// hits counts the proposals of each signal by the hour. The past weighs half as much with each day. Every
// signal that hit within days has a place, so places are small: they stand under the beginning of a keyed
// digest, and of ten million signals two share one with a chance of one to 300,000. What could matter to a flood
// is written to the database in the background, so that a restart takes neither the usual for a flood nor a
// flood for the usual.
type hits struct {
	sync.Mutex
	of      map[uint64]hourly
	changed []uint64 // places to be written, each once as long as it is there; one that is gone is dropped
	worth   float32  // hits in an hour, or on average, below which nothing is written
	swept   uint32   // the hour in which those were forgotten that hit no more
}

type hourly struct {
	hour    uint32 // since 1970
	count   uint32
	average float32 // of the hours before
	changed bool    // since it was last written
}

const (
	dailyDecay = 0.9715 // to the power of 24 it is one half
	// negligible is an average that is as good as no history.
	negligible = 1e-3

	hitsEvery  = time.Minute
	hitsKept   = 14 * 24 // hours; after that an average is 1/16,000 of what it was
	mostHits   = 100_000 // places that are kept
	hitsAtOnce = 1000
)

func hourOf(t time.Time) uint32 { return uint32(t.Unix() / 3600) }

// place is where the hits of a signal are counted.
func (f *Flow) place(key signalKey) uint64 {
	return binary.BigEndian.Uint64(f.Sealer.LookupKey("hits", signalValue(key.bank, key.typ, key.value)))
}

// hit counts one proposal and gives the count of this hour and the average of the hours before.
func (h *hits) hit(place uint64, now time.Time) (count int64, average float64) {
	h.Lock()
	defer h.Unlock()
	this := hourOf(now)
	own := h.of[place].rolled(this)
	own.count++
	h.put(place, own)
	if h.swept < this {
		h.sweep(this)
	}
	return int64(own.count), float64(own.average)
}

// put keeps a count. The caller holds the lock.
func (h *hits) put(place uint64, own hourly) {
	if h.of == nil {
		h.of = map[uint64]hourly{}
	}
	if !own.changed && (float32(own.count) >= h.worth || own.average >= h.worth) {
		own.changed, h.changed = true, append(h.changed, place)
	}
	h.of[place] = own
}

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
func (h *hits) settle(place uint64) {
	h.Lock()
	defer h.Unlock()
	if own, ok := h.of[place]; ok {
		own.average = max(own.average, float32(own.count))
		h.put(place, own)
	}
}

// forget drops what is known of a signal that was erased, here and where it is kept.
func (h *hits) forget(place uint64) {
	h.Lock()
	defer h.Unlock()
	delete(h.of, place)
	h.changed = append(h.changed, place)
}

// changes takes the places that are to be written: the greatest where there are too many.
func (h *hits) changes() []uint64 {
	h.Lock()
	defer h.Unlock()
	places := h.changed
	h.changed = nil
	if len(places) > mostHits {
		weight := func(place uint64) float32 {
			if own, ok := h.of[place]; ok {
				return max(float32(own.count), own.average)
			}
			return math.MaxFloat32 // gone, and must go from the database
		}
		slices.SortFunc(places, func(a, b uint64) int { return cmp.Compare(weight(b), weight(a)) })
	}
	h.taken(places)
	return places[:min(len(places), mostHits)]
}

// taken marks places as being written. The caller holds the lock.
func (h *hits) taken(places []uint64) {
	for _, place := range places {
		if own, ok := h.of[place]; ok {
			own.changed = false
			h.of[place] = own
		}
	}
}

// counts gives what is to be written of some places, and which are to be dropped.
func (h *hits) counts(places []uint64) (rows []HitCount, gone []int64) {
	h.Lock()
	defer h.Unlock()
	for _, place := range places {
		own, ok := h.of[place]
		if !ok {
			gone = append(gone, int64(place))
			continue
		}
		rows = append(rows, HitCount{int64(place), int64(own.hour), int64(own.count),
			int64(math.Round(float64(own.average) * 1000))})
	}
	return rows, gone
}

// again marks what could not be written.
func (h *hits) again(places []uint64) {
	h.Lock()
	defer h.Unlock()
	for _, place := range places {
		own, ok := h.of[place]
		if ok && own.changed {
			continue
		}
		if ok {
			own.changed = true
			h.of[place] = own
		}
		h.changed = append(h.changed, place)
	}
}

// loadHits takes up the history where another process, or an earlier run, wrote it.
func (f *Flow) loadHits(ctx context.Context) error {
	limit := f.Settings.Flood
	if f.Matcher == nil || limit.Floor == 0 {
		return nil
	}
	f.hits.Lock()
	defer f.hits.Unlock()
	// An average below this asks for no more hits than the floor does: what it was makes no difference.
	f.hits.worth = max(1, float32(limit.Floor)/float32(limit.Factor))
	var after *int64
	for {
		var rows []HitCount
		err := f.Store.View(ctx, func(tx Tx) (err error) {
			rows, err = tx.Hits(after, hitsAtOnce)
			return err
		})
		if err != nil {
			return fmt.Errorf("load counts of hits: %w", err)
		}
		for _, row := range rows {
			f.hits.put(uint64(row.Place), hourly{hour: uint32(row.Hour), count: uint32(row.Count), average: float32(row.Average) / 1000})
		}
		if len(rows) < hitsAtOnce {
			f.hits.taken(f.hits.changed)
			f.hits.changed = nil
			return nil
		}
		after = &rows[len(rows)-1].Place
	}
}

// KeepHits writes the counts of hits once a minute, and when the context ends.
func (f *Flow) KeepHits(ctx context.Context) error {
	if f.Matcher == nil || f.Settings.Flood.Floor == 0 {
		return nil
	}
	tick := time.NewTicker(hitsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			f.saveHits(last)
			return nil
		case <-tick.C:
			f.saveHits(ctx)
		}
	}
}

// saveHits writes a thousand places at a time: a hundred thousand in one transaction would keep everybody waiting, and
// take memory that nothing else needs.
func (f *Flow) saveHits(ctx context.Context) {
	left := f.hits.changes()
	if len(left) == 0 {
		return
	}
	oldest := int64(hourOf(f.Clock.Now())) - hitsKept
	for len(left) > 0 {
		some := left[:min(len(left), hitsAtOnce)]
		rows, gone := f.hits.counts(some)
		err := f.Store.Update(ctx, func(tx Tx) error {
			if err := tx.SaveHits(rows...); err != nil {
				return err
			}
			if err := tx.DropHits(gone...); err != nil || len(some) < len(left) {
				return err
			}
			return tx.PruneHits(oldest, mostHits)
		})
		if err != nil {
			f.hits.again(left)
			f.Log.Error("counts of hits not written", "code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
			return
		}
		left = left[len(some):]
	}
}
