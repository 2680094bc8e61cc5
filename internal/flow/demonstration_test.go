// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/testkit"
)

// TestDemonstrationEndsWithItsSetting: what a demonstration left in a data folder is worth nothing to a node
// that is none.
func TestDemonstrationEndsWithItsSetting(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor}})
	w.Host.Config.Demonstration = false
	if err := w.Host.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := w.Host.Flow()
	if d := f.Directory(); d.Serial != 0 {
		t.Errorf("edition %d of the demonstration is in use", d.Serial)
	}
	_, err := f.ByID(t.Context(), tocsin.RecordID(w.Moderator.ID))
	if tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("somebody with a demonstration passkey keeps her session: %v", err)
	}
	a, err := w.Moderator.Assert([]byte("any"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.ByCredential(t.Context(), a.CredentialID)
	if tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("a demonstration passkey signs in: %v", err)
	}
}
