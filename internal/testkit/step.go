// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

const (
	// patience is how long something may take that must happen; it measures nothing.
	patience = 90 * time.Second
	pause    = 2 * time.Millisecond
	stuck    = 1500 * time.Millisecond // a job that is due and does not move has lost its worker
	maxPause = 32 * time.Millisecond   // asking costs the time that what is waited for needs
)

// Until waits for something that must happen.
func (w *World) Until(what string, done func() bool) {
	w.Helper()
	end := time.Now().Add(patience)
	for wait := pause; !done(); wait = min(2*wait, maxPause) {
		time.Sleep(wait)
		if time.Now().After(end) {
			w.Fatalf("waited too long until %s", what)
		}
		if err := w.Context().Err(); err != nil {
			w.Fatalf("the test ended before %s", what)
		}
	}
}

// Scan fires what is due at every node.
func (w *World) Scan() {
	w.Helper()
	for _, n := range w.nodes() {
		if !n.Running() {
			continue
		}
		if err := n.Flow().Scan(w.Context()); err != nil {
			w.Fatalf("scan clocks of %s: %v", n.ID, err)
		}
	}
}

// Pass moves the clock forward and fires what that made due.
func (w *World) Pass(d time.Duration) {
	w.Helper()
	w.Clock.Advance(d)
	w.Scan()
	w.Wake()
}

// Wake makes every node look for work now.
func (w *World) Wake() {
	for _, n := range w.nodes() {
		n.wake()
	}
}

// Drain lets the nodes work until no job is left but for nodes that are down.
func (w *World) Drain() {
	w.Helper()
	w.Through("every job is done", func() bool { return w.state().jobs == 0 })
}

// Through waits for something that must happen, moving the clock when nothing else moves: to where the next
// job is due, or where a lease that nobody holds runs out.
func (w *World) Through(what string, done func() bool) {
	w.Helper()
	var last state
	var since time.Time
	patient := stuck
	w.Until(what, func() bool {
		now := w.state()
		if done() {
			return true
		}
		if now != last {
			last, since = now, time.Now()
			return false
		}
		lost := time.Since(since) > patient
		if lost {
			patient *= 2 // on a busy machine it may still be at work, and must come to its end
		}
		if !now.due || lost {
			w.Clock.Advance(61 * time.Second)
			w.Wake()
			since = time.Now()
		}
		return false
	})
}

// state is what the nodes have done and still have to do.
type state struct {
	events, attempts int64
	jobs             int
	due              bool
}

func (w *World) state() (s state) {
	w.Helper()
	for _, n := range w.nodes() {
		if !n.Running() {
			continue
		}
		err := n.Flow().Store.View(w.Context(), func(tx flow.Tx) error {
			head, err := tx.Head()
			if err != nil {
				return err
			}
			s.events += head.Seq
			rows, err := tx.Jobs(true, 200)
			for _, r := range rows {
				if to := w.at(tocsin.PartyID(r.Args["target"])); r.FailedAt != nil || to != nil && !to.Running() {
					continue // given up, or for a node that is not there
				}
				s.jobs++
				s.attempts += r.Attempt
				s.due = s.due || !r.RunAt.After(w.Clock.Now())
			}
			return err
		})
		if err != nil {
			w.Fatalf("look at the jobs of %s: %v", n.ID, err)
		}
	}
	return s
}

// Tried counts how often the unfinished jobs of a node were taken up.
func (w *World) Tried(n *Node) (attempts int64) {
	w.Helper()
	rows, err := n.Flow().Jobs(w.Context(), Operator, true, 200)
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range rows {
		attempts += r.Attempt
	}
	return attempts
}

// Failed lists the codes of the jobs a node gave up.
func (w *World) Failed(n *Node) (codes []string) {
	w.Helper()
	rows, err := n.Flow().Jobs(w.Context(), Operator, true, 200)
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range rows {
		if r.FailedAt != nil {
			codes = append(codes, r.Kind+": "+r.LastError)
		}
	}
	return codes
}

// PutOff waits until a node has noted of each job that is left why it failed and when it is tried again. Moving the
// clock before that would put the next attempt behind the time it was moved to.
func (w *World) PutOff(n *Node) {
	w.Helper()
	w.Until("every job that is left waits for its next attempt", func() bool {
		rows, err := n.Flow().Jobs(w.Context(), Operator, true, 200)
		if err != nil {
			w.Fatal(err)
		}
		return !slices.ContainsFunc(rows, func(r flow.JobRow) bool {
			return r.FailedAt == nil && (r.LastError == "" || !r.RunAt.After(w.Clock.Now()))
		})
	})
}
