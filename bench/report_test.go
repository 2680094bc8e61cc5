// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"strings"
	"testing"
	"time"
)

func TestMedianIsTheMiddleOfTheRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		runs []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.runs); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.runs, got, c.want)
		}
	}
}

func TestPercentileIsAMeasuredValue(t *testing.T) {
	t.Parallel()
	var values []time.Duration
	for i := range 200 {
		values = append(values, time.Duration(200-i)*time.Millisecond)
	}
	for p, want := range map[int]float64{50: 100, 99: 198, 100: 200} {
		if got := percentile(values, p); got != want {
			t.Errorf("p%d is %v ms, want %v", p, got, want)
		}
	}
	if got := percentile(values[:1], 99); got != 200 {
		t.Errorf("p99 of one value is %v ms, want it", got)
	}
}

func TestMissedGoalIsSaid(t *testing.T) {
	t.Parallel()
	var r report
	met := r.table("Kettles", "How fast they boil.")
	met.atMost("boiling", 500, "ms", 400, 499, 900)
	met.atMost("boiling late", 500, "ms", 501)
	met.atLeast("boiled", 10, "kettles/s", 9.5)
	met.figure("whistles", "", 1000.4)
	for i, want := range []string{"| boiling | ≤ 500 ms | 499 ms | 3: 400 to 900 |", "| 501 ms **missed** | 1 |",
		"| ≥ 10 kettles/s | 9.50 kettles/s **missed** | 1 |", "| whistles | – | 1000  | 1 |"} {
		if got := met.rows[i].line(); !strings.Contains(got, want) {
			t.Errorf("the line is %q, want %q in it", got, want)
		}
	}
}
