// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"time"
)

// exports reads all cases as lines and as cells, and all decisions; then how much memory the node took at most.
func (o *office) exports(ctx context.Context, cases int) error {
	before, err := o.status("VmHWM")
	if err != nil {
		return err
	}
	what := "export of " + thousands(cases) + " cases, "
	for _, format := range []string{"jsonl", "csv"} {
		rows, first, took, err := o.drain(ctx, "/cases/export?format="+format)
		if err != nil {
			return err
		}
		if format == "csv" {
			rows-- // the heading
		}
		if rows != cases {
			return fmt.Errorf("%d rows of %d cases", rows, cases)
		}
		o.table.figure(what+format+", first byte", "ms", milliseconds(first))
		o.table.figure(what+format, "rows/s", float64(rows)/took.Seconds())
	}
	rows, _, took, err := o.drain(ctx, "/decisions")
	if err != nil {
		return err
	}
	if rows < cases/3 || rows > cases*2/3 {
		return fmt.Errorf("%d decisions on %d cases", rows, cases)
	}
	o.table.figure("export of "+thousands(rows)+" decisions, jsonl", "rows/s", float64(rows)/took.Seconds())
	after, err := o.status("VmHWM")
	o.table.figure(what+"peak memory before any", "MB", before)
	o.table.figure(what+"peak memory after all three", "MB", after)
	return err
}

// drain reads a list to its end.
func (o *office) drain(ctx context.Context, path string) (rows int, first, took time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.address+"/api/v1"+path, nil)
	if err != nil {
		return 0, 0, 0, err
	}
	r.Header.Set("Authorization", "Bearer "+o.token)
	began := time.Now()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, 0, 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, 0, 0, fmt.Errorf("%s: status %d", path, resp.StatusCode)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if rows++; rows == 1 {
			first = time.Since(began)
		}
	}
	return rows, first, time.Since(began), lines.Err()
}
