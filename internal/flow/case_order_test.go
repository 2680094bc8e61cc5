// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"slices"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/testkit"
)

// TestOrderAndCaseOfOneItemAreShownTogether has the case first, then the order; either way the order keeps its own
// track, and opens no case by itself.
func TestOrderAndCaseOfOneItemAreShownTogether(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor},
			Configure: func(c *config.Config) { c.Matching.KeepHashesFor = 24 * time.Hour }})
		d := desk{bench: bench{w}}
		d.open("SHARED", nil)
		d.add("SHARED", known)
		d.upload("1", sameBytes, known)
		before := d.caseOf("1").Content
		_, first := w.Order(testkit.Draft("RO-1", testkit.Post(1)))
		_, second := w.Order(testkit.Draft("RO-2", testkit.Post(3)))
		if n := len(w.Records(w.Host, tocsin.KindCase)); n != 1 {
			t.Fatalf("%d cases: an order opened one", n)
		}
		d.upload("3", string(tocsin.DigestOf([]byte("another kettle"))), known)
		for item, order := range map[string]tocsin.RecordID{"1": first, "3": second} {
			c := d.caseOf(item)
			if !slices.Equal(c.Orders, []tocsin.RecordID{order}) || c.Status != tocsin.CaseOpen {
				t.Errorf("case of %s is %s, orders %v, want %s", item, c.Status, c.Orders, order)
			}
			w.MustStand(order, tocsin.ReceivedAuthenticated)
		}
		if after := d.caseOf("1").Content; after == before {
			t.Error("who looked before the order came would decide without having seen it")
		}
		w.MustBeIntact(w.Host)
	})
}
