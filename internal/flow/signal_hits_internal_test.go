// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"
	"testing"
	"time"
)

// TestHitsAreWrittenOnceUntilTheyChangeAgain takes what is to be written as the background does.
func TestHitsAreWrittenOnceUntilTheyChangeAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	h := hits{worth: 2}
	for place := range uint64(3) {
		for range place + 1 { // the first does not hit often enough to be written
			h.hit(place, now)
		}
	}
	taken := h.changes()
	if slices.Sort(taken); !slices.Equal(taken, []uint64{1, 2}) {
		t.Fatalf("to be written: %v", taken)
	}
	if again := h.changes(); len(again) != 0 {
		t.Errorf("written already, and again: %v", again)
	}
	h.hit(2, now) // while the others are being written
	h.again(taken)
	taken = h.changes()
	if slices.Sort(taken); !slices.Equal(taken, []uint64{1, 2}) {
		t.Errorf("what could not be written, each once: %v", taken)
	}
	h.forget(1)
	rows, gone := h.counts(h.changes())
	if len(rows) != 0 || !slices.Equal(gone, []int64{1}) {
		t.Errorf("forgotten: %v kept, %v dropped", rows, gone)
	}
	rows, _ = h.counts([]uint64{2})
	if len(rows) != 1 || rows[0].Place != 2 || rows[0].Count != 4 || rows[0].Hour != int64(hourOf(now)) {
		t.Errorf("counted %+v", rows)
	}
}

func TestMostHitsAreWrittenWhereThereAreTooMany(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	h := hits{worth: 1}
	for place := range uint64(mostHits + 2) {
		h.hit(place, now)
	}
	h.hit(mostHits+1, now)
	h.forget(mostHits)
	taken := h.changes()
	if len(taken) != mostHits || !slices.Contains(taken, mostHits+1) || !slices.Contains(taken, mostHits) {
		t.Errorf("%d places, of the greatest %t, of the forgotten %t", len(taken), slices.Contains(taken, mostHits+1),
			slices.Contains(taken, mostHits))
	}
	if left := h.changes(); len(left) != 0 {
		t.Errorf("%d small ones are left for ever", len(left))
	}
}
