// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

const racers = 16

// race starts all racers at once and counts those who won. The others must have lost to a conflict of the
// given cause.
func race(t *testing.T, lost tocsin.Reason, run func(racer int) error) int {
	t.Helper()
	var won atomic.Int64
	var ready, done sync.WaitGroup
	ready.Add(racers)
	for i := range racers {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			switch err := run(i); {
			case err == nil:
				won.Add(1)
			case tocsin.CodeOf(err) != tocsin.CodeConflict || tocsin.ReasonOf(err) != lost:
				t.Errorf("racer %d: %v", i, err)
			}
		})
	}
	done.Wait()
	return int(won.Load())
}

func racersOnOneVersion(t *testing.T, s flow.Store) {
	ctx, rounds := whole(t), int64(50)
	r, _ := addRecord(t, s)
	for version := int64(1); version <= rounds; version++ {
		won := race(t, tocsin.ReasonStale, func(int) error {
			return s.Update(ctx, func(tx flow.Tx) error {
				next := r
				next.Version = version + 1
				if err := tx.Save(next, version); err != nil {
					return err
				}
				return tx.Append([]flow.Entry{entry(r.ID, version+1, true)})
			})
		})
		if won != 1 {
			t.Fatalf("%d racers wrote version %d", won, version+1)
		}
	}
	if got := Verify(t, s); len(got) != int(rounds)+1 {
		t.Errorf("the journal has %d events", len(got))
	}
	// Also when nobody saves the record first.
	won := race(t, tocsin.ReasonStale, func(int) error {
		return s.Update(ctx, func(tx flow.Tx) error {
			return tx.Append([]flow.Entry{entry(r.ID, rounds+2, true)})
		})
	})
	if won != 1 {
		t.Errorf("%d racers appended one version", won)
	}
}

func racersForOneLookup(t *testing.T, s flow.Store) {
	ctx := whole(t)
	for round := range 20 {
		key := []byte{byte(round)}
		won := race(t, tocsin.ReasonDuplicate, func(int) error {
			r := newRow()
			return s.Update(ctx, func(tx flow.Tx) error {
				if err := tx.Create(r); err != nil {
					return err
				}
				return tx.Reserve("address", key, r.ID)
			})
		})
		if won != 1 {
			t.Fatalf("%d racers reserved one key", won)
		}
	}
	view(t, s, func(tx flow.Tx) error {
		n, err := tx.Count(tocsin.KindItem, every)
		if n != 20 {
			t.Errorf("%d records remain, want 20", n)
		}
		return err
	})
}

func racersWithOneCommand(t *testing.T, s flow.Store) {
	ctx, rounds := whole(t), 20
	for round := range rounds {
		key := fmt.Sprint("command ", round)
		won := race(t, "", func(int) error {
			id := tocsin.NewRecordID(tocsin.KindItem)
			do := func(tx flow.Tx) error {
				if _, done, err := tx.Command(key); done || err != nil {
					return err
				}
				if err := tx.SaveCommand(key, []byte(id), start); err != nil {
					return err
				}
				return tx.Append([]flow.Entry{entry(id, 1, true)})
			}
			err := s.Update(ctx, do)
			if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate { // lost the race: the answer is there now
				err = s.Update(ctx, do)
			}
			return err
		})
		if won != racers {
			t.Errorf("%d of %d got an answer", won, racers)
		}
	}
	if got := Verify(t, s); len(got) != rounds {
		t.Errorf("%d commands were done %d times", rounds, len(got))
	}
}

func racersWithOneNonce(t *testing.T, s flow.Store) {
	ctx := whole(t)
	for round := range 20 {
		var fresh atomic.Int64
		race(t, "", func(int) error {
			return s.Update(ctx, func(tx flow.Tx) error {
				ok, err := tx.UseNonce("key", fmt.Sprint(round), start)
				if ok {
					fresh.Add(1)
				}
				return err
			})
		})
		if fresh.Load() != 1 {
			t.Fatalf("one nonce was fresh %d times", fresh.Load())
		}
	}
}

func claimersNeverShare(t *testing.T, s flow.Store) {
	ctx, total := whole(t), 600
	update(t, s, func(tx flow.Tx) error {
		var all []flow.Job
		for i := range total {
			all = append(all, job(fmt.Sprint(i), start))
		}
		return tx.Enqueue(all...)
	})
	var mu sync.Mutex
	runs := map[int64]int{}
	race(t, "", func(int) error {
		for {
			var claimed []flow.ClaimedJob
			err := s.Update(ctx, func(tx flow.Tx) (err error) {
				claimed, err = tx.ClaimJobs(start, lease, 7)
				return err
			})
			if err != nil || len(claimed) == 0 {
				return err
			}
			err = s.Update(ctx, func(tx flow.Tx) error {
				for _, j := range claimed {
					ok, err := tx.FinishJob(j.ID, j.Attempt, start)
					if !ok || err != nil {
						return fmt.Errorf("finish job %d: %v, %w", j.ID, ok, err)
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			mu.Lock()
			for _, j := range claimed {
				runs[j.ID]++
			}
			mu.Unlock()
		}
	})
	if len(runs) != total || len(jobs(t, s, true)) != 0 {
		t.Errorf("%d of %d jobs ran", len(runs), total)
	}
	for id, n := range runs {
		if n != 1 {
			t.Errorf("job %d ran %d times", id, n)
		}
	}
}
