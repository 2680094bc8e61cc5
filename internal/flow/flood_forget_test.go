// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"testing"
	"time"
)

// TestHitsOfThePastAreForgotten keeps the memory of a node from growing with all that ever matched.
func TestHitsOfThePastAreForgotten(t *testing.T) {
	t.Parallel()
	var h hits
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range 1000 {
		h.hit(uint64(i), now)
	}
	if h.hit(0, now.Add(time.Hour)); len(h.of) != 1000 {
		t.Errorf("after an hour %d of 1000 have a history", len(h.of))
	}
	if h.hit(0, now.Add(14*24*time.Hour)); len(h.of) != 1 {
		t.Errorf("two weeks later %d signals are remembered that hit no more", len(h.of)-1)
	}
}

func TestReleaseMakesTheHitsOfTheHourTheUsualOnes(t *testing.T) {
	t.Parallel()
	var h hits
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const key = 7
	for range 100 {
		h.hit(key, now)
	}
	h.settle(key)
	if count, average := h.hit(key, now); count != 101 || average != 100 {
		t.Errorf("got %d hits beside an average of %g", count, average)
	}
}
