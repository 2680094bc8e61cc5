// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/wire"
)

// TestHostTakesNoCopies: a copy belongs to whoever scrutinises orders (Art. 4(1)).
func TestHostTakesNoCopies(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	issued, _ := w.Order(testkit.Draft("C-1", testkit.Post(1)))
	w.Drain()
	w.MustRefuse(w.Host, testkit.Authority, copyFor(w, issued, testkit.Host), tocsin.RefusedWrongAddressee)
	if n := len(w.Records(w.Host, tocsin.KindOrderCopy)); n != 0 {
		t.Errorf("the host holds %d copies", n)
	}
}

func copyFor(w *testkit.World, issued tocsin.RecordID, to tocsin.PartyID) wire.Bundle {
	w.Helper()
	return w.Sign(testkit.Authority, to, &wire.Copy{Order: w.Issued(issued).File.Signed})
}

// TestSupervisorFindsTheCopiesAndNoOrder: whoever looks after the team at a supervisor finds what it works on.
func TestSupervisorFindsTheCopiesAndNoOrder(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	w.Order(testkit.Draft("C-1", testkit.Post(1)))
	w.Drain()
	lead := flow.Actor{ID: tocsin.ActorID(tocsin.NewRecordID(tocsin.KindPerson)), Duties: []tocsin.Duty{tocsin.DutySupervisor},
		Passkey: true}
	for _, at := range []struct {
		node *testkit.Node
		want tocsin.RecordKind
	}{{w.Supervisor, tocsin.KindOrderCopy}, {w.Authority, ""}} {
		found, err := at.node.Flow().Search(t.Context(), lead, "C-1", 10)
		if err != nil {
			t.Fatal(err)
		}
		if at.want == "" && found != nil || at.want != "" && (len(found) != 1 || found[0].Kind != at.want) {
			t.Errorf("found %v, want %q", found, at.want)
		}
	}
}
