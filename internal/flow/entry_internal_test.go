// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"testing"

	"tocsin"
	"tocsin/wire"
)

// TestRetractionsOfAnEntryFitALetter keeps the last of each party, and no more than a letter holds.
func TestRetractionsOfAnEntryFitALetter(t *testing.T) {
	t.Parallel()
	file := &EntryFile{}
	for n := range wire.MaxRetractions + 1 {
		for _, text := range []string{"first", "last"} {
			file.retract(&wire.Document{Issuer: tocsin.PartyID(fmt.Sprintf("party-%d", n)), Signed: []byte(text)})
		}
	}
	if len(file.Retractions) != wire.MaxRetractions || file.Retractions[0] != (Retracted{"party-1", "last"}) {
		t.Errorf("%d are kept: %v", len(file.Retractions), file.Retractions)
	}
}
