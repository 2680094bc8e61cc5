// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

// Command load asks a node to screen hashes over HTTP, as fast as it answers, and says what it saw and how much
// of the processor it took itself. Queries lie in a file of package hashes: those of even number have one match,
// the others none, and an answer that says otherwise ends the run. It must never ask a query so often that the
// node takes it for a flood. It shares the processor with the node, so each caller writes to its connection and
// reads from it itself. Start reading at run, then caller.go.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const hashSize = 32

// load is one run.
type load struct {
	address, token string
	queries        []byte
	first          int // query to begin with
	each           int // queries of a call
	workers        int
	lasts          time.Duration
	next           atomic.Int64
}

// seen is what a run came to.
type seen struct {
	Lookups int64   `json:"lookups"`
	Calls   int     `json:"calls"`
	Seconds float64 `json:"seconds"`
	P50     float64 `json:"p50_ms"` // of a call
	P99     float64 `json:"p99_ms"`
	CPU     float64 `json:"cpu_s"` // of this process
}

func main() {
	var l load
	var tokenFile, queriesFile string
	flag.StringVar(&l.address, "address", "", "of the node")
	flag.StringVar(&tokenFile, "token", "", "file with the token of a service key")
	flag.StringVar(&queriesFile, "queries", "", "file of hashes, 32 bytes each")
	flag.IntVar(&l.first, "first", 0, "number of the query to begin with")
	flag.IntVar(&l.each, "each", 1, "queries of a call")
	flag.IntVar(&l.workers, "workers", 8, "calls at the same time")
	flag.DurationVar(&l.lasts, "lasts", 10*time.Second, "how long")
	flag.Parse()
	told, err := l.run(tokenFile, queriesFile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		os.Exit(1)
	}
}

func (l *load) run(tokenFile, queriesFile string) (seen, error) {
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return seen{}, err
	}
	l.token = strings.TrimSpace(string(token))
	if l.queries, err = os.ReadFile(queriesFile); err != nil {
		return seen{}, err
	}
	l.next.Store(int64(l.first))
	began, used := time.Now(), cpu()
	spans := make([][]time.Duration, l.workers)
	errs := make([]error, l.workers)
	var workers sync.WaitGroup
	for worker := range l.workers {
		workers.Go(func() {
			spans[worker], errs[worker] = l.ask(began.Add(l.lasts))
		})
	}
	workers.Wait()
	told := seen{Seconds: time.Since(began).Seconds(), CPU: (cpu() - used).Seconds()}
	all := slices.Sorted(slices.Values(slices.Concat(spans...)))
	told.Calls, told.Lookups = len(all), int64(len(all)*l.each)
	at := func(percent int) float64 { return all[max((len(all)*percent+99)/100, 1)-1].Seconds() * 1000 }
	told.P50, told.P99 = at(50), at(99)
	return told, errors.Join(errs...)
}

// cpu is the processor time of this process so far.
func cpu() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
