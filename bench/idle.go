// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

const (
	idleNodes = 100
	idleRuns  = 3
)

// measureIdle runs many nodes that have nothing to do.
func measureIdle(ctx context.Context, b *bench) (err error) {
	t := b.report.table("Idle nodes", fmt.Sprintf("%d nodes with an empty SQLite database each, in one "+
		"process: legal clocks are scanned, jobs are looked for, nothing is found. The share is of one core.",
		idleNodes))
	x, err := open(ctx, b.dir, layout{authorities: idleNodes - 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	time.Sleep(2 * time.Second)
	var shares []float64
	for range idleRuns {
		before, began := processorTime(), time.Now()
		time.Sleep(5 * time.Second)
		shares = append(shares, 100*(processorTime()-before).Seconds()/time.Since(began).Seconds())
	}
	t.atMost(fmt.Sprintf("processor share of %d idle nodes", idleNodes), 10, "%", shares...)
	return nil
}

// processorTime is what this process used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
