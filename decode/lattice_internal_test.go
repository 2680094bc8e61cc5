// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"testing"

	"tocsin/decode/fold"
)

// TestStateAndLinkAreTakenWhole names every field by its place, so that one more does not compile before it is taken.
func TestStateAndLinkAreTakenWhole(t *testing.T) {
	t.Parallel()
	from, to := state{1, 2, 3, '4', 5, 6, 7, 8, 9, fold.T1, true}, state{}
	if to.take(&from); to != from {
		t.Errorf("%+v is taken as %+v", from, to)
	}
	var l lattice
	by := link{1, 2, 3, new(fold.Edge), fold.OpLeet, "a"}
	if n := l.linked(&by); n != 0 || len(l.links) != 1 || l.links[0] != by {
		t.Errorf("%+v is kept as %+v", by, l.links)
	}
}
