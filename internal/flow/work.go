// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"tocsin"
)

// JobKind is a kind of work outside.
type JobKind string

// The kinds of work. Each job is keyed by the event that caused it and its target.
const (
	JobDeliver JobKind = "deliver" // a signed document to a party
	JobLocate  JobKind = "locate"  // ask the platform what an order's addresses name
	JobApply   JobKind = "apply"   // tell the platform the state of an item
	// JobIdentify asks the platform what the item of a case is.
	JobIdentify JobKind = "identify"
	JobNotify   JobKind = "notify" // a message to a person about an alert
)

// platformTarget is the target of work done at the platform.
const platformTarget = "platform"

const (
	jobLease   = 15 * time.Second // then the job of a process that died is free for another one
	jobRenewal = 5 * time.Second  // while it is worked on
	jobTimeout = 50 * time.Second
	jobWorkers = 16
	pollEvery  = 250 * time.Millisecond
)

// outcome is what a handler reports; exactly one of done, retry and fail is set.
type outcome struct {
	done  bool
	retry string        // code of why it will be tried again
	fail  string        // code of why it never will; a person is told
	after time.Duration // at least, before it is tried again
}

var finished = outcome{done: true}

// Work runs jobs until the context ends: woken by commits, with a poll as safety net.
func (f *Flow) Work(ctx context.Context) error {
	wake := f.Store.Committed()
	slots := make(chan struct{}, jobWorkers)
	var running sync.WaitGroup
	defer running.Wait()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		for f.claim(ctx, slots, &running) {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-tick.C:
		}
	}
}

// claim takes as many due jobs as there are free workers; true when there may be more.
func (f *Flow) claim(ctx context.Context, slots chan struct{}, running *sync.WaitGroup) bool {
	free := cap(slots) - len(slots)
	if free == 0 || ctx.Err() != nil {
		return false
	}
	var jobs []ClaimedJob
	err := f.Store.Update(ctx, func(tx Tx) (err error) {
		jobs, err = tx.ClaimJobs(f.Clock.Now(), jobLease, free)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			f.Log.Error("jobs not claimed", "error", tocsin.CodeOf(err))
		}
		return false
	}
	for _, job := range jobs {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			f.run(context.WithoutCancel(ctx), job)
		})
	}
	return len(jobs) == free
}

// run does one job and records what came of it. The handler commits its own success together with the
// job's end; run only ends what a handler could not.
func (f *Flow) run(ctx context.Context, job ClaimedJob) {
	result, err := f.handleLeased(ctx, job)
	if err != nil {
		f.Log.Warn("job will be tried again", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt,
			"code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
		result = outcome{retry: errorCode(err)}
	}
	if result.done {
		return
	}
	err = f.update(ctx, func(u *unit) error {
		if result.fail != "" {
			return u.giveUp(job, result.fail)
		}
		again := u.now.Add(max(result.after, backoff(u.now.Sub(job.FirstRun))))
		_, err := u.tx.RetryJob(job.ID, job.Attempt, again, result.retry)
		return err
	})
	if err != nil {
		f.Log.Error("job outcome not recorded; its lease will run out", "job", job.ID, "code", tocsin.CodeOf(err))
	}
}

// handleLeased does a job within its time and keeps its lease meanwhile.
func (f *Flow) handleLeased(ctx context.Context, job ClaimedJob) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, jobTimeout)
	var renewing sync.WaitGroup
	defer renewing.Wait()
	defer cancel()
	renewing.Go(func() { f.renew(ctx, job) })
	return f.handle(ctx, job)
}

// renew extends the lease of a job until the work on it ends. A lease that is lost all the same does no harm:
// what is committed for the job is fenced by its attempt.
func (f *Flow) renew(ctx context.Context, job ClaimedJob) {
	tick := time.NewTicker(jobRenewal)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := f.Store.Update(ctx, func(tx Tx) error {
			_, err := tx.ExtendJob(job.ID, job.Attempt, f.Clock.Now().Add(jobLease))
			return err
		})
		if err != nil && ctx.Err() == nil {
			f.Log.Warn("lease not renewed", "job", job.ID, "code", tocsin.CodeOf(err))
		}
	}
}

func (f *Flow) handle(ctx context.Context, job ClaimedJob) (outcome, error) {
	switch JobKind(job.Kind) {
	case JobDeliver:
		return f.deliver(ctx, job)
	case JobLocate:
		return f.locate(ctx, job)
	case JobApply:
		return f.apply(ctx, job)
	case JobIdentify:
		return f.identify(ctx, job)
	case JobResolve:
		return f.resolve(ctx, job)
	case JobNotify:
		return f.notify(ctx, job)
	case JobRelease:
		return f.release(ctx, job)
	case JobMail:
		return f.mailNotifier(ctx, job)
	}
	return outcome{fail: "unknown_kind"}, nil
}

// backoff is half of the time for which a job has been tried, from a second to a minute, for as long as it
// takes: legal deadlines pass, the duty does not. It counts time and not attempts, because those that our own
// crash ended say nothing about the other side. The jitter keeps a thousand deliveries to a recovered peer
// from arriving at once.
func backoff(tried time.Duration) time.Duration {
	d := min(max(tried/2, time.Second), time.Minute)
	return d + rand.N(d/5)
}

// finish ends a job inside the transaction that records its effect; false means that the lease was lost
// and another worker has it, so nothing of this transaction may stand.
func (u *unit) finish(job ClaimedJob) error {
	held, err := u.tx.FinishJob(job.ID, job.Attempt, u.now)
	if err != nil {
		return err
	}
	if !held {
		return errLeaseLost
	}
	return nil
}

var errLeaseLost = tocsin.Errorf(tocsin.CodeConflict, "lease_lost", "Another worker took this job over.")

// errorCode is what a job row keeps of an error: a code, never text.
func errorCode(err error) string {
	if r := tocsin.ReasonOf(err); r != "" {
		return string(r)
	}
	return string(tocsin.CodeOf(err))
}

// Jobs lists work for people to see: what is pending or failed, or the latest finished.
func (f *Flow) Jobs(ctx context.Context, actor Actor, unfinished bool, limit int) ([]JobRow, error) {
	if err := f.Policy.Decide(actor, ActionJobRead, nil); err != nil {
		return nil, err
	}
	var rows []JobRow
	err := f.Store.View(ctx, func(tx Tx) (err error) {
		rows, err = tx.Jobs(unfinished, limit)
		return err
	})
	return rows, err
}

// RerunJob puts a failed job back to work.
func (f *Flow) RerunJob(ctx context.Context, actor Actor, id int64) error {
	if err := f.Policy.Decide(actor, ActionJobRerun, nil); err != nil {
		return err
	}
	return f.update(ctx, func(u *unit) error {
		if err := u.tx.RerunJob(id, u.now); err != nil {
			return err
		}
		return u.clearAbout(tocsin.TopicWork, jobValue(id))
	})
}
