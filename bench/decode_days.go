// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

// How long posts are screened before memory is watched, how long it is, and how long the node has nothing to do before it
// tells what it keeps: the Go runtime collects its garbage every two minutes then, and empties its pools by the second time.
const (
	daysAhead   = 3 * time.Minute
	daysWatched = 25 * time.Minute // what the runtime gives back now and then makes a slope of less
	daysRest    = 5 * time.Minute

	keptOfPost = "kept of a post"
)

// moreDays screens posts without a pause, those of one day after those of another, and watches the memory meanwhile, once the
// first days have filled the database's caches. Before and after it the node has nothing to do for a while, and tells what it
// keeps.
func (s *served) moreDays(ctx context.Context, p *matchPart, all []post) error {
	days := &endless{s: s, all: all}
	if err := days.during(ctx, wait(daysAhead)); err != nil {
		return err
	}
	before, err := s.kept(ctx)
	if err != nil {
		return err
	}
	first := days.count
	if err := days.during(ctx, wait(again(time.Now()))); err != nil {
		return err
	}
	unwatched := days.count
	var own series
	watch := func() error { return s.sample(ctx, daysWatched, map[string]*series{"RssAnon": &own}) }
	if err := days.during(ctx, watch); err != nil {
		return err
	}
	watched := days.count - unwatched
	after, err := s.kept(ctx)
	if err != nil {
		return err
	}
	spans, slope, margin := own.line(daysWatched, soakSpans)
	p.add(oursEngine, "days of posts screened before memory is watched", "", float64(unwatched))
	p.add(oursEngine, "days of posts screened meanwhile", "", float64(watched))
	p.add(oursEngine, "memory of its own, first tenth", "MB", spans[0])
	p.add(oursEngine, "memory of its own, last tenth", "MB", spans[len(spans)-1])
	p.add(oursEngine, ownSlope, "MB a minute", slope)
	p.add(oursEngine, ownSlope+marginOf, "MB a minute", margin)
	p.add(oursEngine, fmt.Sprintf("kept at rest after %d days of posts", first), "MB", before)
	p.add(oursEngine, fmt.Sprintf("kept at rest after %d days of posts", days.count), "MB", after)
	p.add(oursEngine, keptOfPost, "B", (after-before)*1e6/float64((days.count-first)*len(all)))
	return nil
}

// again is how long posts are screened after the rest, so that what was given back meanwhile is taken again. What a node does at
// the first full hour fills caches once more; it is done by then, or comes after the watch.
func again(now time.Time) time.Duration {
	fullHour := now.Truncate(time.Hour).Add(time.Hour).Sub(now)
	if fullHour > daysAhead+daysWatched {
		return daysAhead
	}
	return max(daysAhead, fullHour+afterFullHour)
}

// endless screens the same posts again and again, each day's under names of their own.
type endless struct {
	s     *served
	all   []post
	count int // days so far
}

// during screens whole days until what it waits for has ended.
func (e *endless) during(ctx context.Context, what func() error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	end := make(chan error, 1)
	go func() { end <- what() }()
	for {
		select {
		case err := <-end:
			return err
		default:
		}
		for n := range e.all {
			e.all[n].Item = fmt.Sprintf("post-%d-%d", e.count+2, n)
		}
		if _, err := e.s.replay(ctx, e.all); err != nil {
			return fmt.Errorf("day %d: %w", e.count+2, err)
		}
		e.count++
	}
}

func wait(d time.Duration) func() error {
	return func() error {
		time.Sleep(d)
		return nil
	}
}

// kept is what is left of the Go heap, in MB, after nothing was asked for a while: the runtime collects its garbage every two
// minutes then, and sets its next goal at twice what is left.
func (s *served) kept(ctx context.Context) (float64, error) {
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(daysRest):
	}
	goal, err := s.heap(ctx, "next_gc_bytes")
	return goal / 2, err
}
