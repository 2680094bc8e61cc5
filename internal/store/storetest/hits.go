// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/flow"
)

func count(place, hour, number, average int64) flow.HitCount {
	return flow.HitCount{Place: place, Hour: hour, Count: number, Average: average}
}

func hitsAreReplacedAndPruned(t *testing.T, s flow.Store) {
	expectHits := func(want ...flow.HitCount) {
		t.Helper()
		view(t, s, func(tx flow.Tx) error {
			var got []flow.HitCount
			for after := (*int64)(nil); ; after = &got[len(got)-1].Place {
				page, err := tx.Hits(after, 2)
				if err != nil {
					return err
				}
				if got = append(got, page...); len(page) == 0 {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				return fmt.Errorf("hits (-want +got):\n%s", diff)
			}
			return nil
		})
	}
	expectHits()
	low, middle, high := int64(math.MinInt64), int64(0), int64(math.MaxInt64)
	update(t, s, func(tx flow.Tx) error {
		return tx.SaveHits(count(high, 5, 50, 500), count(low, 5, 1, 2),
			count(middle, 4, 9, 9))
	})
	update(t, s, func(tx flow.Tx) error {
		return tx.SaveHits(count(high, 5, 60, 500), count(low, 4, 99, 99)) // the latter came late
	})
	expectHits(count(low, 5, 1, 2), count(middle, 4, 9, 9), count(high, 5, 60, 500))
	update(t, s, func(tx flow.Tx) error { return tx.PruneHits(5, 2) })
	expectHits(count(low, 5, 1, 2), count(high, 5, 60, 500))
	update(t, s, func(tx flow.Tx) error { return tx.PruneHits(0, 1) })
	expectHits(count(high, 5, 60, 500))
	update(t, s, func(tx flow.Tx) error { return tx.DropHits(high, middle) })
	update(t, s, func(tx flow.Tx) error { return tx.DropHits() })
	expectHits()
}

func leaseHasOneHolder(t *testing.T, s flow.Store) {
	take := func(holder string, now, until time.Duration) (taken bool) {
		t.Helper()
		update(t, s, func(tx flow.Tx) (err error) {
			taken, err = tx.TakeLease("fetch/a", holder, start.Add(now), start.Add(until))
			return err
		})
		return taken
	}
	if !take("one", 0, time.Minute) || take("two", time.Second, time.Minute) {
		t.Error("two hold one lease")
	}
	if !take("one", time.Second, 2*time.Minute) || take("two", time.Minute, 3*time.Minute) {
		t.Error("a lease cannot be prolonged")
	}
	if !take("two", 2*time.Minute, 3*time.Minute) || take("one", 2*time.Minute, 3*time.Minute) {
		t.Error("a lease outlives its end")
	}
	update(t, s, func(tx flow.Tx) error { return tx.FreeLease("fetch/a", "one") })
	if take("one", 2*time.Minute, 3*time.Minute) {
		t.Error("another holder freed a lease")
	}
	update(t, s, func(tx flow.Tx) error { return tx.FreeLease("fetch/a", "two") })
	if !take("one", 2*time.Minute, 3*time.Minute) {
		t.Error("a lease that was freed is held")
	}
}

func racersForOneLease(t *testing.T, s flow.Store) {
	var group sync.WaitGroup
	var winners atomic.Int64
	for i := range racers {
		group.Go(func() {
			won := false
			err := s.Update(t.Context(), func(tx flow.Tx) (err error) {
				won, err = tx.TakeLease("fetch/b", fmt.Sprint(i), start, start.Add(time.Minute))
				return err
			})
			if err != nil {
				t.Error(err)
			}
			if won {
				winners.Add(1)
			}
		})
	}
	group.Wait()
	if winners.Load() != 1 {
		t.Errorf("%d hold one lease", winners.Load())
	}
}
