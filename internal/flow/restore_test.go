// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"tocsin/internal/node"
	"tocsin/internal/testkit"
)

// TestRestoredNodeIsNotIgnoredByItsPlatform: the platform was told more of an item than the restored
// database knows. It must not take the next order for something older, or the host would report a removal
// that never was.
func TestRestoredNodeIsNotIgnoredByItsPlatform(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	database := node.DatabasePath(w.Host.Config)
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	must("stop", w.Host.Stop())
	backup, err := os.ReadFile(database)
	must("back up", err)
	must("start", w.Host.Start(t.Context()))
	for _, reference := range []string{"V-1", "V-2"} {
		issued, received := w.Executed(testkit.Draft(reference, testkit.Post(1)))
		w.Withdraw(issued, received)
		w.Drain()
	}

	must("stop", w.Host.Stop())
	must("restore", os.WriteFile(database, backup, 0o600))
	opened, err := w.Host.Open(t.Context())
	must("open", err)
	_, err = opened.Flow.OpenShard(t.Context(), testkit.Operator)
	must("open shard", err)
	must("close", opened.Close())
	must("start", w.Host.Start(t.Context()))
	w.Clock.Advance(time.Minute)
	w.Executed(testkit.Draft("V-3", testkit.Post(1)))
	mustShow(w, testkit.Post(1), http.StatusUnavailableForLegalReasons)
}
