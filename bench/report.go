// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// report collects rows by table, in the order they come.
type report struct {
	tables []table
}

type table struct {
	title, about string
	rows         []row
}

// row is one figure: its value in each run.
type row struct {
	what  string
	goal  string // "" where none is set
	runs  []float64
	unit  string
	meets func(median float64) bool // nil without a goal
}

func (r *report) table(title, about string) *table {
	r.tables = append(r.tables, table{title: title, about: about})
	return &r.tables[len(r.tables)-1]
}

// atMost adds a figure whose median must not be larger than a goal.
func (t *table) atMost(what string, goal float64, unit string, runs ...float64) {
	t.rows = append(t.rows, row{what, "≤ " + number(goal) + " " + unit, runs, unit,
		func(m float64) bool { return m <= goal }})
}

// atLeast adds a figure whose median must not be smaller than a goal.
func (t *table) atLeast(what string, goal float64, unit string, runs ...float64) {
	t.rows = append(t.rows, row{what, "≥ " + number(goal) + " " + unit, runs, unit,
		func(m float64) bool { return m >= goal }})
}

// figure adds one without a goal.
func (t *table) figure(what, unit string, runs ...float64) {
	t.rows = append(t.rows, row{what: what, runs: runs, unit: unit})
}

func (r *report) page(dir string) (string, error) {
	about, err := machine(dir)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Performance\n\nThis page is written by `make bench`: medians over the runs, and the range " +
		"of the runs beside them.\nWhatever was timed was also checked.\n\n")
	b.WriteString(about)
	for _, t := range r.tables {
		b.WriteString(t.text())
	}
	return b.String(), nil
}

func (t table) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| What | Goal | Median | Runs |\n|---|---|---|---|\n", t.title, t.about)
	for _, row := range t.rows {
		b.WriteString(row.line())
	}
	return b.String()
}

// into puts the tables into a page in place of those of the same titles; new ones come before the section of matching.
func (r *report) into(page string) string {
	for _, t := range r.tables {
		before, rest, found := strings.Cut(page, "\n## "+t.title+"\n")
		if !found {
			before, rest, found = strings.Cut(page, "\n"+ofMatching.begins)
			if found {
				rest = "\n" + ofMatching.begins + rest
			}
			page = before + t.text() + rest
			continue
		}
		after := ""
		for _, next := range []string{"\n## ", "\n" + ofMatching.begins} {
			if at := strings.Index(rest, next); at >= 0 && (after == "" || len(rest)-at > len(after)) {
				after = rest[at:]
			}
		}
		page = before + t.text() + after
	}
	return page
}

func (r row) line() string {
	m := median(r.runs)
	verdict := ""
	if r.meets != nil && !r.meets(m) {
		verdict = " **missed**"
	}
	spread := "1"
	if len(r.runs) > 1 {
		spread = fmt.Sprintf("%d: %s to %s", len(r.runs), number(slices.Min(r.runs)), number(slices.Max(r.runs)))
	}
	goal := cmp.Or(r.goal, "–")
	return fmt.Sprintf("| %s | %s | %s %s%s | %s |\n", r.what, goal, number(m), r.unit, verdict, spread)
}

// number keeps three digits that mean something.
func number(v float64) string {
	switch {
	case v >= 100 || v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case math.Abs(v) < 0.1:
		return fmt.Sprintf("%.2g", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}

// percentile is the smallest value that p percent of all do not exceed.
func percentile(values []time.Duration, p int) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := (len(sorted)*p + 99) / 100
	return milliseconds(sorted[max(at, 1)-1])
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }
