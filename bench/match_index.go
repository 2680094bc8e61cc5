// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"
)

const (
	perTurn  = 50  // single queries
	perBatch = 100 // queries of one call
	emptyAsk = 200 // queries to an empty index: what a call costs by itself

	settingQueries = 200 // that settings are compared by

	oursEngine = "ours"
)

// contestant is an index that takes its turns.
type contestant struct {
	key     string
	title   string // as the page writes it
	most    int    // hashes of the largest set it fits
	batches bool   // whether it takes many queries in one call
	learns  int    // signals it learns one by one; few where that takes long
	slow    int    // how long its build takes beside others
}

// contestants stand in the order of the page. Ours come first: ratios are to the first.
var contestants = []contestant{
	{oursEngine, "Tocsin", 1 << 30, true, learnCount, 2},
	{"ours-simd", "Tocsin, GOEXPERIMENT=simd", 1 << 30, true, learnCount, 2},
	{"faiss-16-16-1", "FAISS MultiHash(16,16) nflip 1, as HMA", 1 << 30, true, learnCount, 3},
	{"faiss-11-23-2", "FAISS MultiHash(11,23) nflip 2, exact too", 1 << 30, true, learnCount, 4},
	{"faiss-flat", "FAISS Flat", 1 << 30, true, learnCount, 0},
	{"pytx", "pytx PDQIndex", 1_000_000, false, 10, 1},
}

// running is a contestant with its process.
type running struct {
	contestant
	*child
	dir          string // its own
	empty, built turn
}

// measureIndex lets all indices answer the same queries in turns.
func (m *matching) measureIndex(ctx context.Context, kind string, count int) (p *matchPart, err error) {
	queries := m.queriesFor(count)
	set, err := openSet(m.cache, kind, count, queries)
	if err != nil {
		return nil, fmt.Errorf("make set: %w", err)
	}
	p = newPart(fmt.Sprintf("index-%s-%d", kind, count))
	var all []*running
	defer func() {
		for _, r := range all {
			err = errors.Join(err, r.end(), os.RemoveAll(r.dir))
		}
	}()
	for _, c := range contestants {
		if count > c.most || m.without[c.key] {
			continue
		}
		r, err := m.start(ctx, c, set)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	if err := buildTogether(all, p, set); err != nil {
		return nil, err
	}
	for round := range m.rounds + 1 { // the first warms up and counts for nothing
		into, some := p, queries
		if round == 0 {
			into, some = newPart(""), queries/5
		}
		if err := takeTurns(ctx, all, set, some, into); err != nil {
			return nil, err
		}
		m.say(" %d/%d", round, m.rounds)
	}
	return p, learnInTurns(all, p)
}

// exactSettings of FAISS: hash tables, bits of each, bits that are flipped when looking up. Whoever has
// tables · (flips + 1) > 31 misses nothing.
var exactSettings = []string{"faiss-16-16-1", "faiss-16-15-1", "faiss-11-20-2", "faiss-11-23-2",
	"faiss-12-21-2", "faiss-8-28-3"}

// measureSettings lets FAISS look for its own best setting.
func (m *matching) measureSettings(ctx context.Context, count int) (p *matchPart, err error) {
	set, err := openSet(m.cache, "uniform", count, m.queriesFor(count))
	if err != nil {
		return nil, fmt.Errorf("make set: %w", err)
	}
	p = newPart(fmt.Sprintf("settings-%d", count))
	var all []*running
	defer func() {
		for _, r := range all {
			err = errors.Join(err, r.end(), os.RemoveAll(r.dir))
		}
	}()
	for _, key := range exactSettings {
		r, err := m.start(ctx, contestant{key: key, title: key}, set)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	if err := buildTogether(all, p, set); err != nil {
		return nil, err
	}
	for round := range m.rounds + 1 {
		into := p
		if round == 0 {
			into = newPart("")
		}
		if err := takeTurns(ctx, all, set, min(settingQueries, len(set.truth)), into); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// queriesFor is how many queries of a set are asked and checked.
func (m *matching) queriesFor(count int) int {
	if count > 1_000_000 {
		return m.queries / 5
	}
	return m.queries
}

func (m *matching) start(ctx context.Context, c contestant, set *hashSet) (*running, error) {
	dir, err := os.MkdirTemp(m.dir, c.key+"-")
	if err != nil {
		return nil, err
	}
	argv := []string{m.python, "bench/match/engine.py", c.key, set.dir}
	switch c.key {
	case oursEngine:
		argv = []string{m.portable, "index", set.dir, filepath.Join(dir, "store")}
	case "ours-simd":
		argv = []string{m.simd, "index", set.dir, filepath.Join(dir, "store")}
	}
	process, err := startChild(ctx, c.title, argv...)
	return &running{contestant: c, child: process, dir: dir}, err
}

// buildTogether fills all indices, one on each core at a time; then all share the last core. What takes
// longest is begun first.
func buildTogether(all []*running, p *matchPart, set *hashSet) error {
	cores := make(chan int, runtime.NumCPU())
	for core := range cap(cores) {
		cores <- core
	}
	longest := slices.SortedStableFunc(slices.Values(all),
		func(a, b *running) int { return cmp.Compare(b.slow, a.slow) })
	errs := make([]error, len(longest))
	var builders sync.WaitGroup
	for i, r := range longest {
		core := <-cores
		builders.Go(func() {
			defer func() { cores <- core }()
			if errs[i] = r.pin(core); errs[i] == nil {
				errs[i] = errors.Join(r.build(set), r.pin(lastCore()))
			}
		})
	}
	builders.Wait()
	for _, r := range all {
		r.tellBuild(p, set)
	}
	return errors.Join(errs...)
}

// build fills an index, after asking it while it is empty.
func (r *running) build(set *hashSet) (err error) {
	if r.batches {
		if r.empty, err = r.ask("single", 0, min(emptyAsk, len(set.truth))); err != nil {
			return err
		}
	}
	r.built, err = r.ask("build", 0, set.count)
	return err
}

func (r *running) tellBuild(p *matchPart, set *hashSet) {
	if len(r.built.NS) == 0 {
		return // it failed
	}
	if r.batches {
		p.add(r.key, "empty p50", "ms", percentile(durations(r.empty.NS), 50))
	}
	p.About[r.key] = r.built.About
	p.add(r.key, "build", "s", float64(r.built.NS[0])/1e9)
	p.add(r.key, "build processor", "s", float64(r.built.CPU)/1e9)
	p.add(r.key, "memory", "B", r.built.Bytes/float64(set.count))
	if r.built.Size > 0 {
		p.add(r.key, "own size", "B", r.built.Size/float64(set.count))
	}
}

// takeTurns is one round: every index answers some queries, then the next index, until all queries are asked;
// then the same in batches. Each answer is checked.
func takeTurns(ctx context.Context, all []*running, set *hashSet, queries int, p *matchPart) error {
	spans := map[*running][]time.Duration{}
	used := map[*running]int64{}
	for from := 0; from < queries; from += perTurn {
		to := min(from+perTurn, queries)
		for _, r := range all {
			t, err := r.ask("single", from, to)
			if err := errors.Join(err, ctx.Err(), set.check(r.title, from, t)); err != nil {
				return err
			}
			spans[r], used[r] = append(spans[r], durations(t.NS)...), used[r]+t.CPU
		}
	}
	for _, r := range all {
		p.add(r.key, "single p50", "ms", percentile(spans[r], 50))
		p.add(r.key, "single p99", "ms", percentile(spans[r], 99))
		p.add(r.key, "single processor", "ms", float64(used[r])/1e6/float64(queries))
	}
	return takeBatches(ctx, all, set, queries, p)
}

func takeBatches(ctx context.Context, all []*running, set *hashSet, queries int, p *matchPart) error {
	took := map[*running]int64{}
	for from := 0; from < queries; from += perBatch {
		to := min(from+perBatch, queries)
		for _, r := range all {
			if !r.batches {
				continue
			}
			t, err := r.ask("batch", from, to)
			if err := errors.Join(err, ctx.Err(), set.check(r.title, from, t)); err != nil {
				return err
			}
			took[r] += t.NS[0]
		}
	}
	for _, r := range all {
		if r.batches {
			p.add(r.key, "batch", "ms", float64(took[r])/1e6/float64(queries))
		}
	}
	return nil
}

// learnInTurns adds signals one by one. It comes last, for the sets are others afterwards.
func learnInTurns(all []*running, p *matchPart) error {
	spans := map[*running][]time.Duration{}
	const some = 10
	for from := 0; from < learnCount; from += some {
		for _, r := range all {
			if from >= r.learns {
				continue
			}
			t, err := r.ask("learn", from, from+some)
			if err != nil {
				return err
			}
			spans[r] = append(spans[r], durations(t.NS)...)
		}
	}
	for _, r := range all {
		p.add(r.key, "learn p50", "ms", percentile(spans[r], 50))
		p.add(r.key, "learn p99", "ms", percentile(spans[r], 99))
	}
	return nil
}

func durations(ns []int64) []time.Duration {
	spans := make([]time.Duration, len(ns))
	for i, n := range ns {
		spans[i] = time.Duration(n)
	}
	return spans
}
