// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Figures of a soak. One with marginOf behind its name is the uncertainty of the other.
const (
	ownSlope   = "growth of memory of its own"
	marginOf   = ", 95 % interval"
	lookupRate = "lookups a second"

	soakCallers   = 8
	soakAhead     = 11 * time.Minute
	afterFullHour = 2 * time.Minute
)

// warmUp is how long the node works before it is watched, for twice the callers: all that it does by the clock, from tidying
// every ten minutes to what it counts at each full hour, was done once by then, so that the caches of the database that this
// fills are full, and the Go runtime has set aside what it does for peaks. What grows afterwards, under less, is a leak.
func warmUp(now time.Time) time.Duration {
	fullHour := now.Truncate(time.Hour).Add(time.Hour)
	return max(soakAhead, fullHour.Add(afterFullHour).Sub(now))
}

// measureSoak watches the memory of a node that screens without a pause.
func (m *matching) measureSoak(ctx context.Context, count int) (p *matchPart, err error) {
	set, err := openSet(m.cache, "uniform", count, m.queriesFor(count))
	if err != nil {
		return nil, fmt.Errorf("make set: %w", err)
	}
	queries, err := set.many()
	if err != nil {
		return nil, fmt.Errorf("make queries: %w", err)
	}
	p = newPart(fmt.Sprintf("soak-%d", count))
	s, err := m.foundNode(ctx)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s.metrics = "127.0.0.1:" + strconv.Itoa(port)
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.importSet(ctx, set, newPart("")); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return p, s.soak(ctx, m, queries, p)
}

// soak lets the generator ask, and reads the memory meanwhile.
func (s *served) soak(ctx context.Context, m *matching, queries string, p *matchPart) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ahead := warmUp(time.Now())
	if m.soaks < time.Minute { // of a test
		ahead = m.soaks
	}
	if _, err := s.screen(ctx, m, queries, 0, 1, 2*soakCallers, ahead); err != nil {
		return fmt.Errorf("screen ahead: %w", err)
	}
	watched := make(chan error, 1)
	var own, all, heap series
	go func() {
		watched <- s.sample(ctx, m.soaks, map[string]*series{"RssAnon": &own, "VmRSS": &all, "": &heap})
	}()
	told, err := s.screen(ctx, m, queries, 0, 1, soakCallers, m.soaks+time.Second)
	if err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	if err := <-watched; err != nil {
		return fmt.Errorf("watch memory: %w", err)
	}
	p.add(oursEngine, "watched for", "minutes", m.soaks.Minutes())
	p.add(oursEngine, "lookups", "", float64(told.Lookups))
	p.add(oursEngine, lookupRate, "", float64(told.Lookups)/told.Seconds)
	p.add(oursEngine, "one lookup, p50", "ms", told.P50)
	p.add(oursEngine, "one lookup, p99", "ms", told.P99)
	p.add(oursEngine, "share of the generator", "% of a core", 100*told.CPU/told.Seconds)
	for _, f := range []struct {
		what, growth string
		read         series
	}{
		{"memory of its own", ownSlope, own},
		{"memory with mapped files", "growth of memory with mapped files", all},
		{"Go heap in use", "growth of the Go heap in use", heap},
	} {
		spans, slope, margin := f.read.line(m.soaks, soakSpans)
		p.add(oursEngine, f.what+", first tenth", "MB", spans[0])
		p.add(oursEngine, f.what+", last tenth", "MB", spans[len(spans)-1])
		p.add(oursEngine, f.growth, "MB a minute", slope)
		p.add(oursEngine, f.growth+marginOf, "MB a minute", margin)
	}
	return nil
}

// sample reads each second how large the node is, for a time. What has no name in its status is the heap of Go.
func (s *served) sample(ctx context.Context, lasts time.Duration, into map[string]*series) error {
	began := time.Now()
	tick := time.NewTicker(min(time.Second, max(lasts/600, 10*time.Millisecond)))
	defer tick.Stop()
	for {
		for name, to := range into {
			read := func() (float64, error) { return s.status(name) }
			if name == "" {
				read = func() (float64, error) { return s.heap(ctx, "heap_inuse_bytes") }
			}
			at := time.Since(began)
			if at >= lasts {
				return nil
			}
			mb, err := read()
			if err != nil {
				return err
			}
			*to = append(*to, reading{at, mb})
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// heap is one of the figures of the Go heap as the node tells them, in MB.
func (s *served) heap(ctx context.Context, figure string) (float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.metrics+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "go_memstats_"+figure+" "); ok {
			bytes, err := strconv.ParseFloat(value, 64)
			return bytes / 1e6, err
		}
	}
	return 0, errors.New("the node tells no heap")
}
