// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"tocsin/bench/prose"
)

// decoding measures the search for many literals beside its peers. Start reading at run.
type decoding struct {
	rounds int
	only   string // literals, reading or posts; none: write, measure nothing; empty: all

	dir        string // temporary
	text       []byte
	ours       string // programs
	program    string
	vectorscan string // "" where its library is not installed
	prosePath  string
}

const (
	proseBytes  = 16_800_000
	proseChunks = 12 // turns of a round
)

// searcher is an engine that takes its turns.
type searcher struct{ key, title string }

var searchers = []searcher{
	{oursEngine, "Tocsin"},
	{"coregx", "coregx/ahocorasick"},
	{"vectorscan", "Vectorscan, C with vector instructions"},
}

// literalKinds are the lists that are searched for.
var literalKinds = []struct {
	name string
	list func(int) []string
}{{"strangers", prose.Strangers}, {"kin", prose.Kin}}

var literalCounts = []int{1000, 10_000, 50_000}

func (d *decoding) say(format string, args ...any) { fmt.Fprintf(os.Stderr, format, args...) }

// run measures each list and writes it down as soon as it is over.
func (d *decoding) run(ctx context.Context, out string) error {
	if err := d.measure(ctx); err != nil {
		return err
	}
	parts, err := readParts(decodeFiguresFile)
	if err != nil {
		return err
	}
	return ofDecoding.write(out, decodingText(parts))
}

func (d *decoding) measure(ctx context.Context) (err error) {
	if d.only == "none" {
		return nil
	}
	if d.dir, err = os.MkdirTemp("", "tocsin-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(d.dir)
	if err := d.prepare(ctx); err != nil {
		return err
	}
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{{"literals", d.measureLists}, {"reading", d.measureReadings}, {"posts", d.measurePosts}} {
		if d.only == "" || d.only == part.name {
			if err := part.measure(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// measureLists searches for each list.
func (d *decoding) measureLists(ctx context.Context) error {
	for _, kind := range literalKinds {
		for _, count := range literalCounts {
			d.say("%d %s …", count, kind.name)
			part, err := d.measureLiterals(ctx, fmt.Sprintf("literals-%s-%d", kind.name, count), kind.list(count))
			if err != nil {
				return fmt.Errorf("%d %s: %w", count, kind.name, err)
			}
			part.finish()
			d.say(" %.0fs\n", part.Seconds)
			if err := part.keep(decodeFiguresFile); err != nil {
				return err
			}
		}
	}
	return nil
}

// measureReadings reads hostile texts.
func (d *decoding) measureReadings(ctx context.Context) error {
	d.say("hostile texts …")
	part, err := d.measureReading(ctx)
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	part.finish()
	d.say(" %.0fs\n", part.Seconds)
	return part.keep(decodeFiguresFile)
}

// measurePosts screens the posts of a day.
func (d *decoding) measurePosts(ctx context.Context) error {
	d.say("%d posts …", postCount)
	part, err := d.measureVolume(ctx)
	if err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	part.finish()
	d.say(" %.0fs\n", part.Seconds)
	return part.keep(decodeFiguresFile)
}

// prepare makes the text and builds the engines. A peer whose library is not there is left out, and that is said.
func (d *decoding) prepare(ctx context.Context) error {
	d.text, d.prosePath = prose.Text(proseBytes), filepath.Join(d.dir, "text")
	if err := os.WriteFile(d.prosePath, d.text, 0o600); err != nil {
		return err
	}
	d.ours = filepath.Join(d.dir, "engine")
	if err := build(ctx, "./bench/engine", d.ours); err != nil {
		return err
	}
	d.program = filepath.Join(d.dir, "program")
	if err := build(ctx, theProgram, d.program); err != nil {
		return err
	}
	flags, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", "libhs").Output()
	if err != nil {
		d.say("without Vectorscan: install libvectorscan-dev to measure beside it\n")
		return nil
	}
	path := filepath.Join(d.dir, "vectorscan")
	args := append([]string{"-O2", "-o", path, "bench/decode/vectorscan.c"}, strings.Fields(string(flags))...)
	if out, err := exec.CommandContext(ctx, "cc", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("build bench/decode/vectorscan.c: %w: %s", err, out)
	}
	d.vectorscan = path
	return nil
}

// measureLiterals lets all engines search the same text for the same list, chunk by chunk in turns.
func (d *decoding) measureLiterals(ctx context.Context, name string, list []string) (p *matchPart, err error) {
	listPath := filepath.Join(d.dir, "list")
	if err := os.WriteFile(listPath, []byte(strings.Join(list, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	p = newPart(name)
	all := map[string]*child{}
	defer func() {
		for _, c := range all {
			err = errors.Join(err, c.end())
		}
	}()
	for _, s := range searchers {
		argv := []string{d.ours, "literals", s.key, listPath, d.prosePath}
		if s.key == "vectorscan" {
			if argv = []string{d.vectorscan, listPath, d.prosePath}; d.vectorscan == "" {
				continue
			}
		}
		if all[s.key], err = startChild(ctx, s.title, argv...); err != nil {
			delete(all, s.key)
			return nil, err
		}
		built, err := all[s.key].ask("build", 0, 0)
		if err != nil {
			return nil, err
		}
		p.About[s.key] = built.About
		p.add(s.key, "build", "s", float64(built.NS[0])/1e9)
		p.add(s.key, "memory", "MB", built.Bytes/1e6)
		if built.Size > 0 {
			p.add(s.key, "own size", "MB", built.Size/1e6)
		}
	}
	for round := range d.rounds + 1 { // the first warms up and counts for nothing
		into := p
		if round == 0 {
			into = newPart("")
		}
		if err := d.searchInTurns(ctx, all, into); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// searchInTurns is one round. Engines that do not give the same hits end the run.
func (d *decoding) searchInTurns(ctx context.Context, all map[string]*child, p *matchPart) error {
	took, used, hits := map[string]int64{}, map[string]int64{}, 0
	from := 0
	for chunk := range proseChunks {
		to := len(d.text) * (chunk + 1) / proseChunks
		if space := bytes.IndexByte(d.text[to:], ' '); space >= 0 {
			to += space
		}
		var first turn
		for _, s := range searchers {
			c := all[s.key]
			if c == nil {
				continue
			}
			t, err := c.ask("scan", from, to)
			if err := errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if first.NS == nil {
				first = t
			}
			if t.Count[0] != first.Count[0] || t.Sum[0] != first.Sum[0] {
				return fmt.Errorf("%s finds %d literals in bytes %d to %d, sum %d; want %d, sum %d", s.title,
					t.Count[0], from, to, t.Sum[0], first.Count[0], first.Sum[0])
			}
			took[s.key], used[s.key] = took[s.key]+t.NS[0], used[s.key]+t.CPU
		}
		hits += first.Count[0]
		from = to
	}
	for key, ns := range took {
		p.add(key, "speed", "MB/s", float64(len(d.text))*1e3/float64(used[key]))
		p.add(key, "by the clock", "MB/s", float64(len(d.text))*1e3/float64(ns))
		p.add(key, "hits", "", float64(hits))
	}
	return nil
}
