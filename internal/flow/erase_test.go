// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"net/http"
	"testing"

	"tocsin"
	"tocsin/internal/testkit"
)

func erase(n *testkit.Node, w *testkit.World, id tocsin.RecordID) tocsin.Reason {
	w.Helper()
	err := n.Flow().EraseRecord(w.Context(), testkit.Operator, id, "retention_ended")
	if err != nil && tocsin.CodeOf(err) != tocsin.CodeConflict {
		w.Fatal(err)
	}
	return tocsin.ReasonOf(err)
}

// TestNothingIsErasedThatLiftingNeeds erases at every point of an order's life; the restriction is lifted all
// the same, and the item can be ordered again.
func TestNothingIsErasedThatLiftingNeeds(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		refuse := func(when string, n *testkit.Node, ids ...tocsin.RecordID) {
			t.Helper()
			for _, id := range ids {
				if got := erase(n, w, id); got != tocsin.ReasonWrongState {
					t.Errorf("%s: %s of %s: %q, want it kept", when, id, n.ID, got)
				}
			}
		}
		issued, received := w.Order(testkit.Draft("E-1", testkit.Post(1)))
		item := w.Received(received).Items[0].Item
		refuse("unanswered", w.Host, received, item)
		refuse("unanswered", w.Authority, issued)
		w.Execute(received)
		w.MustReach(issued, tocsin.IssuedComplied)
		w.Drain()
		refuse("in force", w.Host, received, item)
		refuse("in force", w.Authority, issued)
		w.Withdraw(issued, received)
		w.Drain()
		mustShow(w, testkit.Post(1), http.StatusOK)
		refuse("lifted", w.Host, item)
		for id, n := range map[tocsin.RecordID]*testkit.Node{issued: w.Authority, received: w.Host} {
			if got := erase(n, w, id); got != "" {
				t.Errorf("%s is over and was not erased: %q", id, got)
			}
		}
		again, _ := w.Executed(testkit.Draft("E-2", testkit.Post(1)))
		w.MustReach(again, tocsin.IssuedComplied)
		mustShow(w, testkit.Post(1), http.StatusUnavailableForLegalReasons)
		w.Drain()
		w.MustVerify()
	})
}

// TestDirectoryIsNotErased: without its text a node could not start again.
func TestDirectoryIsNotErased(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	for _, kind := range []tocsin.RecordKind{tocsin.KindDirectory, tocsin.KindLog} {
		for _, row := range w.Records(w.Host, kind) {
			if got := erase(w.Host, w, row.ID); got != tocsin.ReasonWrongState {
				t.Errorf("%s: %q, want it kept", kind, got)
			}
		}
	}
	if err := w.Host.Restart(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestItemNeverOrderedIsErasedAndFoundAnew: the platform was told nothing of it, so nothing depends on it.
func TestItemNeverOrderedIsErasedAndFoundAnew(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	issued, received := w.Order(testkit.Draft("E-3", testkit.Post(2)))
	item := w.Received(received).Items[0].Item
	w.Withdraw(issued, received)
	w.Drain()
	if got := erase(w.Host, w, item); got != "" {
		t.Fatalf("not erased: %q", got)
	}
	_, later := w.Executed(testkit.Draft("E-4", testkit.Post(2)))
	if w.Received(later).Items[0].Item == item {
		t.Error("the erased item was found again")
	}
	mustShow(w, testkit.Post(2), http.StatusUnavailableForLegalReasons)
	w.Drain()
	w.MustVerify()
}
