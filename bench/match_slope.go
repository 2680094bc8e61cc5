// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"math"
	"time"
)

// series is what was read over time.
type series []reading

type reading struct {
	at    time.Duration
	value float64
}

const (
	soakSpans = 10
	// student is the two-sided 95 % quantile of Student's t with two degrees of freedom less than soakSpans.
	student = 2.306
)

// line gives the mean of each of some equal spans of a time, the slope a minute of the line through them, and
// the half of its 95 % interval.
func (s series) line(lasts time.Duration, spans int) (means []float64, slope, margin float64) {
	means, counts := make([]float64, spans), make([]float64, spans)
	for _, r := range s {
		i := min(int(int64(r.at)*int64(spans)/int64(lasts)), spans-1)
		counts[i]++
		means[i] += (r.value - means[i]) / counts[i]
	}
	n, mean := float64(spans), 0.0
	for _, v := range means {
		mean += v / n
	}
	var xx, xy, rest float64
	for i, v := range means {
		x := float64(i) - (n-1)/2
		xx, xy = xx+x*x, xy+x*(v-mean)
	}
	for i, v := range means {
		miss := v - mean - xy/xx*(float64(i)-(n-1)/2)
		rest += miss * miss
	}
	aMinute := n / lasts.Minutes()
	return means, xy / xx * aMinute, student * math.Sqrt(rest/(n-2)/xx) * aMinute
}
