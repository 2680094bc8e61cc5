// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
)

const lease = time.Minute

func job(key string, runAt time.Time) flow.Job {
	return flow.Job{Kind: "callback", Key: key, Args: map[string]string{"event": key}, RunAt: runAt}
}

// claim takes leases at a moment.
func claim(t *testing.T, s flow.Store, now time.Time, limit int) []flow.ClaimedJob {
	t.Helper()
	var jobs []flow.ClaimedJob
	update(t, s, func(tx flow.Tx) (err error) {
		jobs, err = tx.ClaimJobs(now, lease, limit)
		return err
	})
	return jobs
}

// held runs one of the fenced methods and checks whether the lease was still held.
func held(t *testing.T, s flow.Store, want bool, fn func(flow.Tx) (bool, error)) {
	t.Helper()
	update(t, s, func(tx flow.Tx) error {
		ok, err := fn(tx)
		if ok != want {
			t.Errorf("lease held: %v, want %v", ok, want)
		}
		return err
	})
}

func jobs(t *testing.T, s flow.Store, unfinished bool) []flow.JobRow {
	t.Helper()
	var all []flow.JobRow
	view(t, s, func(tx flow.Tx) (err error) {
		all, err = tx.Jobs(unfinished, 100)
		return err
	})
	return all
}

func jobIsUnique(t *testing.T, s flow.Store) {
	first := job("a", start)
	update(t, s, func(tx flow.Tx) error {
		again := job("a", start.Add(time.Hour))
		other := job("a", start)
		other.Kind, other.Args = "document", nil
		return tx.Enqueue(first, again, other, job("b", start.Add(time.Second)))
	})
	update(t, s, func(tx flow.Tx) error { return tx.Enqueue(job("a", start.Add(time.Hour))) })
	update(t, s, func(tx flow.Tx) error { return tx.Enqueue() })
	got := claim(t, s, start.Add(time.Hour), 10)
	if len(got) != 3 {
		t.Fatalf("got %d jobs, want 3", len(got))
	}
	want := flow.ClaimedJob{Job: first, ID: got[0].ID, Attempt: 1, FirstRun: start.Add(time.Hour)}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("first job (-want +got):\n%s", diff)
	}
	if got[1].Kind != "document" || len(got[1].Args) != 0 || got[2].Key != "b" {
		t.Errorf("order of jobs: %v", got)
	}
}

func jobWaitsForItsTime(t *testing.T, s flow.Store) {
	update(t, s, func(tx flow.Tx) error {
		return tx.Enqueue(job("later", start.Add(time.Hour)), job("now", start))
	})
	if got := claim(t, s, start.Add(-1), 10); len(got) != 0 {
		t.Errorf("claimed before its time: %v", got)
	}
	got := claim(t, s, start, 10)
	if len(got) != 1 || got[0].Key != "now" {
		t.Fatalf("claimed %v", got)
	}
	if got := claim(t, s, start, 10); len(got) != 0 {
		t.Errorf("claimed under another's lease: %v", got)
	}
	again := start.Add(5 * time.Second)
	held(t, s, true, func(tx flow.Tx) (bool, error) { return tx.RetryJob(got[0].ID, 1, again, "timeout") })
	held(t, s, false, func(tx flow.Tx) (bool, error) { return tx.FinishJob(got[0].ID, 1, again) }) // given back
	if got := claim(t, s, again.Add(-1), 10); len(got) != 0 {
		t.Errorf("claimed before its retry: %v", got)
	}
	if rows := jobs(t, s, true); len(rows) != 2 || rows[0].LastError != "timeout" || rows[0].DoneAt != nil {
		t.Errorf("jobs: %+v", rows)
	}
	got = claim(t, s, again, 10)
	if len(got) != 1 || got[0].Attempt != 2 || !got[0].FirstRun.Equal(start) {
		t.Fatalf("second attempt: %+v", got)
	}
	held(t, s, true, func(tx flow.Tx) (bool, error) { return tx.FinishJob(got[0].ID, 2, again) })
	rows := jobs(t, s, false)
	if len(rows) != 2 || rows[0].Key != "now" || rows[0].DoneAt == nil || !rows[0].DoneAt.Equal(again) {
		t.Errorf("jobs: %+v", rows)
	}
	update(t, s, func(tx flow.Tx) error { // done: nothing is left to claim or to do again
		if err := tx.Enqueue(job("now", start)); err != nil {
			return err
		}
		n, err := tx.PruneJobs(again, 10)
		if n != 0 {
			t.Errorf("pruned %d jobs too early", n)
		}
		return err
	})
	if got := claim(t, s, again.Add(time.Minute), 10); len(got) != 0 {
		t.Errorf("claimed a finished job: %v", got)
	}
	update(t, s, func(tx flow.Tx) error {
		n, err := tx.PruneJobs(again.Add(1000), 10)
		if n != 1 {
			t.Errorf("pruned %d jobs, want 1", n)
		}
		return err
	})
}

func lostLeaseCannotFinish(t *testing.T, s flow.Store) {
	update(t, s, func(tx flow.Tx) error { return tx.Enqueue(job("a", start)) })
	first := claim(t, s, start, 1)[0]
	held(t, s, true, func(tx flow.Tx) (bool, error) {
		return tx.ExtendJob(first.ID, first.Attempt, start.Add(2*lease))
	})
	if got := claim(t, s, start.Add(lease+1), 1); len(got) != 0 {
		t.Fatalf("claimed under a lease that was extended: %v", got)
	}
	second := claim(t, s, start.Add(2*lease), 1)
	if len(second) != 1 || second[0].Attempt != 2 {
		t.Fatalf("the lease ran out and nobody else could claim: %v", second)
	}
	at := start.Add(3 * lease)
	for _, fenced := range []func(flow.Tx) (bool, error){
		func(tx flow.Tx) (bool, error) { return tx.ExtendJob(first.ID, first.Attempt, at) },
		func(tx flow.Tx) (bool, error) { return tx.FinishJob(first.ID, first.Attempt, at) },
		func(tx flow.Tx) (bool, error) { return tx.RetryJob(first.ID, first.Attempt, at, "timeout") },
		func(tx flow.Tx) (bool, error) { return tx.FailJob(first.ID, first.Attempt, at, "timeout") },
		func(tx flow.Tx) (bool, error) { return tx.FinishJob(first.ID+1000, 1, at) },
	} {
		held(t, s, false, fenced)
	}
	held(t, s, true, func(tx flow.Tx) (bool, error) { return tx.FinishJob(first.ID, 2, at) })
	held(t, s, false, func(tx flow.Tx) (bool, error) { return tx.FinishJob(first.ID, 2, at) }) // once
}

func failedJobStays(t *testing.T, s flow.Store) {
	update(t, s, func(tx flow.Tx) error { return tx.Enqueue(job("a", start), job("b", start.Add(time.Hour))) })
	failed := claim(t, s, start, 1)[0]
	held(t, s, true, func(tx flow.Tx) (bool, error) { return tx.FailJob(failed.ID, 1, start, "refused") })
	if got := claim(t, s, start.Add(time.Minute), 10); len(got) != 0 {
		t.Errorf("claimed a failed job: %v", got)
	}
	rows := jobs(t, s, true)
	if len(rows) != 2 || rows[0].FailedAt == nil || rows[0].DoneAt != nil || rows[0].LastError != "refused" {
		t.Errorf("jobs: %+v", rows)
	}
	update(t, s, func(tx flow.Tx) error {
		if n, err := tx.PruneJobs(start.Add(24*time.Hour), 10); n != 0 || err != nil {
			t.Errorf("pruned %d failed jobs, %v", n, err)
		}
		return tx.RerunJob(failed.ID, start.Add(2*time.Hour))
	})
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.RerunJob(failed.ID, start) })
	expect(t, err, tocsin.CodeConflict, tocsin.ReasonWrongState)
	again := start.Add(2 * time.Hour)
	got := claim(t, s, again, 10)
	if len(got) != 2 || got[1].ID != failed.ID || got[1].Attempt != 2 || !got[1].FirstRun.Equal(again) {
		t.Errorf("after the rerun: %+v", got)
	}
}
