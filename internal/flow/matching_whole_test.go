// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"os"
	"path/filepath"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/match"
)

// TestNothingIsScreenedWhileRowsAreMissing takes the rows of an import away behind the back of a stopped node: it
// starts, since orders must go on, and refuses to screen rather than answer without them.
func TestNothingIsScreenedWhileRowsAreMissing(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})
	b := bench{w}
	b.open("LISTED", nil)
	r := b.load("LISTED", "pdq "+known, "pdq "+far)
	b.proposes(known, "LISTED", flow.ProposeReview)
	b.must(b.Host.Stop())
	for _, derivedOrNot := range []string{"blobs", "index"} {
		b.must(os.RemoveAll(filepath.Join(b.Host.Config.DataDir, derivedOrNot)))
	}
	b.must(b.Host.Start(b.Context()))
	ask := func() error {
		_, err := b.Host.Flow().Screen(b.Context(), b.Moderator.Actor, flow.Screening{Assertion: flow.AssertedPublic,
			Pieces: pieces(match.Query{Type: "pdq", Value: known})})
		return err
	}
	if err := ask(); tocsin.CodeOf(err) != tocsin.CodeBusy || tocsin.ReasonOf(err) != "matching_incomplete" {
		t.Fatalf("screened without the rows of an import: %v", err)
	}
	examined, err := b.Host.Flow().Fsck(b.Context(), nil)
	if err != nil || len(examined.Differences) != 1 || examined.Differences[0].Kind != "blob" {
		t.Errorf("the examination says %+v, %v", examined.Differences, err)
	}
	b.must(b.Host.Flow().WithdrawBatch(b.Context(), b.Moderator.Actor, r.Batch, "The rows are lost."))
	if err := ask(); err != nil {
		t.Errorf("after the import was withdrawn: %v", err)
	}
}
