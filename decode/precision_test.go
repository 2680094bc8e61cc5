// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"testing"
	"time"

	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// TestWilsonIntervalIsThePublishedOne compares with intervals computed by R's prop.test without correction, to
// thousandths.
func TestWilsonIntervalIsThePublishedOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		right, wrong int
		low, high    float64
	}{
		{0, 0, 0, 1}, {0, 1, 0, 0.793}, {1, 0, 0.207, 1}, {0, 20, 0, 0.161}, {20, 0, 0.839, 1}, {41, 6, 0.748, 0.940},
		{10, 10, 0.299, 0.701}, {15, 5, 0.531, 0.888}, {14, 6, 0.481, 0.855}, {8, 12, 0.219, 0.613}, {7, 13, 0.181, 0.567},
		{5000, 5000, 0.490, 0.510},
	} {
		if low, high := decode.Wilson(c.right, c.wrong); low != c.low || high != c.high {
			t.Errorf("%d of %d: %.3f to %.3f, want %.3f to %.3f", c.right, c.right+c.wrong, low, high, c.low, c.high)
		}
	}
}

// TestEntryFallsWithWhatPeopleFound holds the bounds, on both sides of each.
func TestEntryFallsWithWhatPeopleFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		right, wrong int
		said, want   lexicon.Status
	}{
		{0, decode.LeastDecided - 1, lexicon.StatusPublished, lexicon.StatusPublished}, // too few to tell
		{15, 5, lexicon.StatusPublished, lexicon.StatusPublished},
		{14, 6, lexicon.StatusPublished, lexicon.StatusDemoted},
		{8, 12, lexicon.StatusPublished, lexicon.StatusDemoted},
		{7, 13, lexicon.StatusPublished, lexicon.StatusSuspended},
		{15, 5, lexicon.StatusDemoted, lexicon.StatusDemoted}, // nothing rises by itself above what the lexicon says
		{14, 6, lexicon.StatusExpired, lexicon.StatusExpired},
		{7, 13, lexicon.StatusDemoted, lexicon.StatusSuspended},
	} {
		p := decode.NewPrecision(fold.T2, c.right, c.wrong, time.Time{})
		if got := p.State(c.said); got != c.want {
			t.Errorf("%d of %d, %s: %s, want %s", c.right, c.right+c.wrong, c.said, got, c.want)
		}
	}
	var none *decode.Precision
	if got := none.State(lexicon.StatusPublished); got != lexicon.StatusPublished {
		t.Errorf("nothing counted: %s", got)
	}
}
