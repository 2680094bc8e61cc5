// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"fmt"
	"time"

	"tocsin"
)

// What a node has to say of itself: work that it gave up, and a public log that does not move on.

// jobValue names a job where alerts are looked up.
func jobValue(id int64) string { return fmt.Sprintf("job %d", id) }

// giveUp fails a job for good and calls people about it, in one transaction.
func (u *unit) giveUp(job ClaimedJob, code string) error {
	held, err := u.tx.FailJob(job.ID, job.Attempt, u.now, code)
	if err != nil || !held {
		return err
	}
	entry, err := u.tx.EntryByID(tocsin.EventID(job.Args["event"]))
	if err != nil {
		return ignoreMissing(err)
	}
	if JobKind(job.Kind) == JobNotify {
		// A message that tells of a failure and fails is told of no more: else it would go on for ever.
		a, err := load[*tocsin.Alert](u, entry.Header.Record)
		if err != nil || a.Topic == tocsin.TopicWork || a.Topic == tocsin.TopicLog {
			return err
		}
	}
	open, err := u.openAlert(tocsin.TopicWork, jobValue(job.ID))
	if err != nil {
		return err
	}
	return u.raiseAs(ruleOf(tocsin.TopicWork), open, nil, entry.Header.Record, jobValue(job.ID), entry.Header.ID)
}

// clearAbout ends the alert about a thing, if there is one.
func (u *unit) clearAbout(topic tocsin.Topic, about string) error {
	open, err := u.openAlert(topic, about)
	if err != nil {
		return err
	}
	return u.clear(open, tocsin.ClearedHandled)
}

// logBehindFor is how long the public log may stand still before people are called.
const logBehindFor = time.Minute

// logWatch calls people when the published mark does not move on, and clears when it does.
type logWatch struct {
	failing time.Time // since
	known   bool      // what the database says of an alert about it is known
	called  bool
}

func (f *Flow) watchLog(ctx context.Context, w *logWatch, published error) {
	now := f.Clock.Now()
	switch {
	case published == nil:
		w.failing = time.Time{}
		if w.known && !w.called {
			return
		}
	case w.failing.IsZero():
		w.failing = now
		return
	case w.called || now.Sub(w.failing) < logBehindFor:
		return
	}
	err := f.update(ctx, func(u *unit) error {
		if published == nil {
			return u.clearAbout(tocsin.TopicLog, "log")
		}
		log, err := u.singleton(tocsin.KindLog, &tocsin.Log{})
		if err != nil {
			return err
		}
		open, err := u.openAlert(tocsin.TopicLog, "log")
		if err != nil || open != nil {
			return err
		}
		return u.raiseAs(ruleOf(tocsin.TopicLog), nil, log, log.Base().ID, "log", "")
	})
	if err != nil {
		if ctx.Err() == nil {
			f.Log.Error("people not called about the public log", "code", tocsin.CodeOf(err))
		}
		return
	}
	w.known, w.called = true, published != nil
}
