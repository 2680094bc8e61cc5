// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

// Command bench measures what the design promises in numbers, and writes docs/performance.md.
//
// Whatever it times it also checks: an order counts once the board shows its item as restricted, a commit
// once it can be read again, an answer of an index once brute force agrees. It must never write a figure that
// was not measured. Start reading at run; each section is a file, matching beside its peers begins in match.go
// and decoding in decode.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	out := flag.String("o", "", "`file` to write; empty: print")
	only := flag.String("only", "", "names of `sections`, separated by commas; empty: all")
	beside := flag.Bool("match", false, "measure matching beside its peers instead; write that section alone")
	decode := flag.Bool("decode", false, "measure the decoder beside its peers instead; write that section alone")
	flag.IntVar(&deskCases, "cases", deskCases, "how many `cases` the desk is measured with")
	flag.StringVar(&deskKept, "desk", "", "`folder` in which the desk is kept; filled there once, and measured as it is from then on")
	m := newMatching()
	m.flags()
	flag.Parse()
	signal.Ignore(syscall.SIGPIPE) // a reader that left must not keep us from cleaning up
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	switch {
	case *beside:
		err = m.run(ctx, *out)
	case *decode:
		err = (&decoding{rounds: m.rounds, only: *only}).run(ctx, *out)
	default:
		err = run(ctx, *out, *only)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// section measures one thing and gives its part of the page.
type section struct {
	name    string
	measure func(context.Context, *bench) error
}

var sections = []section{
	{"program", measureProgram},
	{"journal", measureJournal},
	{"pair", measurePair},
	{"many", measureMany},
	{"idle", measureIdle},
	{"desk", measureDesk},
}

// bench is what sections share.
type bench struct {
	dir      string // temporary
	postgres string // address of a server whose user may create databases; "" without one
	report   report
}

func run(ctx context.Context, out, only string) (err error) {
	b := &bench{}
	if b.dir, err = os.MkdirTemp("", "tocsin-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	stop, err := b.findPostgres(ctx)
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	defer stop()
	for _, s := range sections {
		if only != "" && !strings.Contains(","+only+",", ","+s.name+",") {
			continue
		}
		began := time.Now()
		fmt.Fprintf(os.Stderr, "%s …", s.name)
		if err := s.measure(ctx, b); err != nil {
			fmt.Fprintln(os.Stderr, b.report.into("")) // what was measured before it went wrong
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(os.Stderr, " %s\n", time.Since(began).Round(time.Second))
	}
	page, err := b.report.page(b.dir)
	if err != nil || out == "" {
		fmt.Print(page)
		return err
	}
	if old, err := os.ReadFile(out); err == nil && only != "" { // the others stay as they were measured
		return os.WriteFile(out, []byte(b.report.into(string(old))), 0o644)
	}
	if old, err := os.ReadFile(out); err == nil {
		for _, s := range []pageSection{ofMatching, ofDecoding} {
			if section := s.in(string(old)); section != "" {
				page = s.put(page, section)
			}
		}
	}
	return os.WriteFile(out, []byte(page), 0o644)
}
