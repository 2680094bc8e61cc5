// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// Bench measures commits of an event with its leaf and job: one at a time by one writer and by sixteen, and
// a hundred at a time.
func Bench(b *testing.B, open func(b *testing.B) flow.Store) {
	for _, shape := range []struct{ writers, batch int }{{1, 1}, {racers, 1}, {1, 100}} {
		b.Run(fmt.Sprintf("writers=%d/batch=%d", shape.writers, shape.batch), func(b *testing.B) {
			benchAppend(b, open(b), shape.writers, shape.batch)
		})
	}
	b.Run("claim", func(b *testing.B) { benchClaim(b, open(b)) })
}

func benchAppend(b *testing.B, s flow.Store, writers, batch int) {
	ctx := b.Context()
	var mu sync.Mutex
	var took []time.Duration
	var group sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		group.Go(func() {
			for i := w; i < b.N; i += writers {
				id := tocsin.NewRecordID(tocsin.KindItem)
				var entries []flow.Entry
				var jobs []flow.Job
				for v := range batch {
					e := entry(id, int64(v+1), true)
					entries, jobs = append(entries, e), append(jobs, job(string(e.Header.ID), start))
				}
				began := time.Now()
				err := s.Update(ctx, func(tx flow.Tx) error {
					if err := tx.Enqueue(jobs...); err != nil {
						return err
					}
					return tx.Append(entries)
				})
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "events/s")
	slices.Sort(took)
	if len(took) > 0 {
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
}

// benchClaim takes and finishes jobs, fifty at a time.
func benchClaim(b *testing.B, s flow.Store) {
	ctx := b.Context()
	var all []flow.Job
	for i := range b.N {
		all = append(all, job(fmt.Sprint(i), start))
	}
	for chunk := range slices.Chunk(all, 5000) {
		if err := s.Update(ctx, func(tx flow.Tx) error { return tx.Enqueue(chunk...) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for done := 0; done < b.N; {
		err := s.Update(ctx, func(tx flow.Tx) error {
			claimed, err := tx.ClaimJobs(start, lease, 50)
			done += len(claimed)
			for _, j := range claimed {
				if ok, err := tx.FinishJob(j.ID, j.Attempt, start); !ok || err != nil {
					return fmt.Errorf("finish: %v, %w", ok, err)
				}
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
}
