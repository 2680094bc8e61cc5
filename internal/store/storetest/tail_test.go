// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"slices"
	"testing"
)

// TestTailNoticesWhatAFollowerMisses guards the check itself against a sequence that publishes late, as an
// identity column does.
func TestTailNoticesWhatAFollowerMisses(t *testing.T) {
	t.Parallel()
	visible := [][]int64{{1, 3}, {1, 2, 3, 4}} // 2 was taken before 3 and committed after
	reads, writes := 0, 0
	source := Source{
		Write: func(context.Context, int, bool) error { writes++; return nil },
		Read: func(_ context.Context, after int64) ([]int64, error) {
			now := visible[min(reads, len(visible)-1)]
			reads++
			return slices.DeleteFunc(slices.Clone(now), func(n int64) bool { return n <= after }), nil
		},
	}
	got, err := Tail(t.Context(), source, 1, 2) // one and two elements, all but one of them visible at once
	if err != nil {
		t.Fatal(err)
	}
	if got.Gaps != 1 || got.Seen != 3 || writes != 2 {
		t.Errorf("got %+v after %d writes", got, writes)
	}
	if got.Complete() {
		t.Error("a follower that missed an element counts as complete")
	}
}
