// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/testkit"
)

// TestLimitsOfAutomaticExecutionOutliveTheProcess restarts the host at each step: what bounds automatic
// execution is counted in memory, but from the journal.
func TestLimitsOfAutomaticExecutionOutliveTheProcess(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		down := []tocsin.PartyID{testkit.Supervisor}
		w := testkit.New(t, testkit.Options{On: on, Down: down, Configure: func(c *config.Config) {
			a := &c.AutomaticExecution
			a.Enabled, a.TrustedFrom, a.MaxPerHourPerIssuer, a.RatifyWithin = true, 1, 2, 24*time.Hour
		}})
		next := func(reference string, post int, want bool) tocsin.RecordID {
			t.Helper()
			if err := w.Host.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			received, automatic := decided(w, testkit.Draft(reference, testkit.Post(post)))
			if automatic != want {
				t.Errorf("%s: automatic %t, want %t", reference, automatic, want)
			}
			return received
		}
		w.Execute(next("C-1", 1, false)) // nobody here has judged the issuer
		standing := next("C-2", 2, true)
		next("C-3", 3, false) // the third within the hour
		w.Pass(24 * time.Hour)
		next("C-4", 4, false) // the second was not ratified in its time
		if err := w.Host.Flow().RatifyOrder(t.Context(), w.Moderator.Actor, standing); err != nil {
			t.Fatal(err)
		}
		next("C-5", 5, true)
	})
}
