// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// matching measures hashing and matching beside their peers. Start reading at run; each part has a file.
type matching struct {
	sizes   []int
	kinds   []string
	parts   string
	rounds  int
	queries int
	lasts   time.Duration
	soaks   time.Duration
	without map[string]bool
	only    bool // prepare, measure nothing

	cache                  string // sets of hashes and the peers, used again by the next run
	dir                    string // temporary
	python, portable, simd string
	load, program          string
}

func (m *matching) flags() {
	flag.Func("sizes", "numbers of hashes, with commas (default 1000000,10000000)", func(text string) error {
		m.sizes = nil
		for size := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(size)
			if err != nil || n < perBatch {
				return errors.New("not a number of hashes")
			}
			m.sizes = append(m.sizes, n)
		}
		return nil
	})
	flag.Func("kinds", "distributions, with commas (default uniform,clustered)", func(text string) error {
		m.kinds = strings.Split(text, ",")
		return nil
	})
	flag.Func("without", "engines to leave out, separated by commas", func(text string) error {
		for key := range strings.SplitSeq(text, ",") {
			m.without[key] = true
		}
		return nil
	})
	flag.BoolVar(&m.only, "prepare", false, "only install the peers and make the hashes and their answers")
	flag.StringVar(&m.parts, "parts", "settings,index,pictures,node,soak",
		"parts to measure, separated by commas; none: only write")
	flag.DurationVar(&m.lasts, "lasts", 8*time.Second, "how long each load on a node lasts")
	flag.DurationVar(&m.soaks, "soak", 10*time.Minute, "how long a node is watched under load")
	flag.IntVar(&m.rounds, "rounds", 5, "rounds of an index")
	flag.IntVar(&m.queries, "queries", 1000, "queries of an index, a fifth above a million hashes")
}

func newMatching() *matching {
	return &matching{sizes: []int{1_000_000, 10_000_000}, kinds: []string{"uniform", "clustered"},
		without: map[string]bool{}}
}

func (m *matching) say(format string, args ...any) { fmt.Fprintf(os.Stderr, format, args...) }

// run measures the parts and writes each down as soon as it is over: what was measured is not lost with what
// comes after it.
func (m *matching) run(ctx context.Context, out string) (err error) {
	if m.dir, err = os.MkdirTemp("", "tocsin-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(m.dir)
	wanted, err := m.plan(ctx)
	if err != nil || m.only {
		return err
	}
	for _, w := range wanted {
		m.say("%s …", w.name)
		part, err := w.measure(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		part.finish()
		m.say(" %.0fs\n", part.Seconds)
		if err := part.keep(figuresFile); err != nil {
			return err
		}
	}
	return writeMatching(out)
}

// task is a part to be measured.
type task struct {
	name    string
	measure func(context.Context) (*matchPart, error)
}

// plan prepares what the wanted parts need.
func (m *matching) plan(ctx context.Context) (tasks []task, err error) {
	if m.wants("index") {
		for _, size := range m.sizes {
			for _, kind := range m.kinds {
				tasks = append(tasks, task{fmt.Sprintf("%d hashes, %s", size, kind),
					func(ctx context.Context) (*matchPart, error) { return m.measureIndex(ctx, kind, size) }})
			}
		}
	}
	if m.wants("settings") {
		tasks = append(tasks, task{"settings of FAISS",
			func(ctx context.Context) (*matchPart, error) { return m.measureSettings(ctx, m.sizes[0]) }})
	}
	if m.wants("pictures") {
		tasks = append(tasks, task{"pictures", m.measurePictures})
	}
	if m.wants("node") {
		size := m.sizes[len(m.sizes)-1]
		tasks = append(tasks, task{fmt.Sprintf("a node with %d hashes", size),
			func(ctx context.Context) (*matchPart, error) { return m.measureNode(ctx, size) }})
	}
	if m.wants("soak") {
		tasks = append(tasks, task{fmt.Sprintf("a soak with %d hashes", m.sizes[0]),
			func(ctx context.Context) (*matchPart, error) { return m.measureSoak(ctx, m.sizes[0]) }})
	}
	if len(tasks) == 0 {
		return nil, nil
	}
	if err := m.prepare(ctx); err != nil {
		return nil, err
	}
	if m.only {
		return nil, m.sets()
	}
	return tasks, m.buildAll(ctx)
}

// sets makes all hashes and their answers, which later runs use again.
func (m *matching) sets() error {
	for _, size := range m.sizes {
		for _, kind := range m.kinds {
			if _, err := openSet(m.cache, kind, size, m.queriesFor(size)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *matching) prepare(ctx context.Context) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	m.cache = filepath.Join(cache, "tocsin", "bench")
	if err := os.MkdirAll(m.cache, 0o700); err != nil {
		return err
	}
	m.python, err = peers(ctx, m.cache)
	return err
}

// buildAll builds what the wanted parts run: portable as it ships, and once with vector instructions. What is
// up to date already is not linked again.
func (m *matching) buildAll(ctx context.Context) error {
	folder := filepath.Join(m.cache, "bin")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, b := range []struct {
		to                      *string
		name, where, experiment string
		parts                   []string
	}{
		{&m.portable, "engine", "./bench/engine", "", []string{"index", "pictures"}},
		{&m.simd, "engine-simd", "./bench/engine", "simd", []string{"index"}},
		{&m.load, "load", "./bench/load", "", []string{"node", "soak"}},
		{&m.program, "tocsin", "./cmd/tocsin", "", []string{"node", "soak"}},
	} {
		if !slices.ContainsFunc(b.parts, m.wants) {
			continue
		}
		*b.to = filepath.Join(folder, b.name)
		if err := build(ctx, b.where, *b.to, "GOEXPERIMENT="+b.experiment); err != nil {
			return err
		}
	}
	return nil
}

func (m *matching) wants(part string) bool { return strings.Contains(","+m.parts+",", ","+part+",") }
