// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import "testing"

// TestWhatAsksForAPersonIsNotHiddenByWhatDoesNot cuts an answer that is too long.
func TestWhatAsksForAPersonIsNotHiddenByWhatDoesNot(t *testing.T) {
	t.Parallel()
	matches := make([]Match, MostMatches+10)
	for i := range matches {
		matches[i] = Match{Distance: i, Proposal: ProposeDisabled}
	}
	matches[len(matches)-1].Proposal = ProposeReview
	got := shown(matches)
	if last := got[len(got)-1]; len(got) != MostMatches || last.Proposal != ProposeReview || got[0].Distance != 0 {
		t.Errorf("%d are shown, the first at %d, the last %s", len(got), got[0].Distance, last.Proposal)
	}
}
