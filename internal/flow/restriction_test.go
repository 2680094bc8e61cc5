// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"net/http"
	"testing"

	"tocsin"
	"tocsin/internal/testkit"
)

// orderWithCourt is an order that can be told from others on the page of what it restricts.
func orderWithCourt(reference, court string, addresses ...string) tocsin.Order {
	o := testkit.Draft(reference, addresses...)
	o.Annex.Redress.Body = court
	return o
}

// mustShow opens an address as the public does.
func mustShow(w *testkit.World, address string, status int, with ...string) []byte {
	w.Helper()
	got, page := w.Visit(address)
	if got != status {
		w.Errorf("%s answers %d, want %d", address, got, status)
	}
	for _, text := range with {
		if !bytes.Contains(page, []byte(text)) {
			w.Errorf("%s does not say %q", address, text)
		}
	}
	return page
}

func TestItemIsVisibleAgainOnlyWhenNoOrderRemains(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		picture := mustShow(w, testkit.BoardAddress+"/media/1.png", http.StatusOK)
		one, receivedOne := w.Executed(orderWithCourt("Z-1", "Court of the river", testkit.Post(1)))
		two, receivedTwo := w.Executed(orderWithCourt("Z-2", "Court of the hill", testkit.Post(1),
			testkit.BoardAddress+"/media/1.png"))
		if v := w.Received(receivedTwo); len(v.Items) != 1 ||
			v.Items[0].Item != w.Received(receivedOne).Items[0].Item {
			t.Errorf("two addresses of one item gave %v", v.Items)
		}
		mustShow(w, testkit.Post(1), http.StatusUnavailableForLegalReasons, "Court of the river",
			"Court of the hill")

		w.Withdraw(one, receivedOne)
		w.Drain()
		page := mustShow(w, testkit.Post(1), http.StatusUnavailableForLegalReasons, "Court of the hill")
		if bytes.Contains(page, []byte("Court of the river")) {
			t.Error("the page still gives the withdrawn order as a reason")
		}
		item := w.Item(receivedTwo, 0)
		active := item.Active(w.Clock.Now())
		if item.State() != "restricted" || len(active) != 1 || active[0].Order != receivedTwo {
			t.Errorf("item is %s for %v", item.State(), active)
		}
		if n := w.Count(w.Host, tocsin.EventReceivedReinstated); n != 0 {
			t.Error("accounted as reinstated while an order remains")
		}

		w.Withdraw(two, receivedTwo)
		w.Drain()
		if again := mustShow(w, testkit.BoardAddress+"/media/1.png", http.StatusOK); !bytes.Equal(picture, again) {
			t.Error("the picture is not the one that was restricted")
		}
		mustShow(w, testkit.Post(1), http.StatusOK)
		if n := w.Count(w.Host, tocsin.EventReceivedReinstated); n != 1 {
			t.Errorf("accounted as reinstated %d times", n)
		}
		w.MustVerify()
	})
}

func TestWithdrawalLeavesTheHostsOwnRemovalAlone(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor}})
	w.RemoveByTerms(2)
	status, own := w.Visit(testkit.Post(2))
	issued, received := w.Executed(testkit.Draft("Z-3", testkit.Post(2)))
	w.Withdraw(issued, received)
	w.Drain()
	if again, page := w.Visit(testkit.Post(2)); again != status || !bytes.Equal(page, own) {
		t.Errorf("after the withdrawal the page answers %d, before the order %d", again, status)
	}
	if measures, _ := w.Measures(); len(measures) != 2 || measures[1].Action != "reinstated" {
		t.Errorf("measures %+v", measures)
	}
}

// TestOrderOverSeveralItemsIsConfirmedByItsLast has the platform answer for one item and not for the other.
func TestOrderOverSeveralItemsIsConfirmedByItsLast(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor}})
		issued, received := w.Order(testkit.Draft("Y-1", testkit.Post(1), testkit.Post(2), testkit.Post(3)))
		w.Host.Faults.Next(testkit.WriteApply, testkit.Lost, 2) // the third of the callbacks
		w.Execute(received)
		w.Until("two items are confirmed", func() bool {
			n := 0
			for _, i := range w.Received(received).Items {
				if i.ConfirmedAt != nil {
					n++
				}
			}
			return n == 2
		})
		if v := w.Received(received); v.Status != tocsin.ReceivedExecuting || v.MeasureAt != nil {
			t.Errorf("with one item open the order is %s, measure %v", v.Status, v.MeasureAt)
		}
		w.PutOff(w.Host)
		last := w.Clock.Advance(tryAgain)
		w.Wake()
		w.MustReach(issued, tocsin.IssuedComplied)
		if v := w.Issued(issued); !v.MeasureAt.Equal(last) {
			t.Errorf("measure at %s, want that of the last item, %s", v.MeasureAt, last)
		}
		w.Drain()
		w.MustVerify()
	})
}
