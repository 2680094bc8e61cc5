// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/internal/flow"
)

func hashesAreKeptUntilTheirEnd(t *testing.T, s flow.Store) {
	row := func(value, item string, d time.Duration) flow.KeptHash {
		return flow.KeptHash{Type: "pdq", Value: value, Item: item, Until: start.Add(d)}
	}
	update(t, s, func(tx flow.Tx) error { return tx.Keep() })
	update(t, s, func(tx flow.Tx) error {
		return tx.Keep(row("a", "1", time.Hour), row("a", "2", 2*time.Hour), row("b", "1", time.Minute))
	})
	update(t, s, func(tx flow.Tx) error { return tx.Keep(row("a", "1", 3*time.Hour)) }) // seen again
	expect := func(now time.Time, want ...flow.KeptHash) {
		t.Helper()
		view(t, s, func(tx flow.Tx) error {
			var got []flow.KeptHash
			for after := int64(0); ; after = got[len(got)-1].ID {
				page, err := tx.Kept(after, now, 1)
				if err != nil {
					return err
				}
				if got = append(got, page...); len(page) == 0 {
					break
				}
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(flow.KeptHash{}, "ID")); diff != "" {
				return fmt.Errorf("kept (-want +got):\n%s", diff)
			}
			return nil
		})
	}
	expect(start, row("a", "1", 3*time.Hour), row("a", "2", 2*time.Hour), row("b", "1", time.Minute))
	expect(start.Add(time.Minute), row("a", "1", 3*time.Hour), row("a", "2", 2*time.Hour))
	update(t, s, func(tx flow.Tx) error { return tx.PruneKept(start.Add(2 * time.Hour)) })
	expect(start, row("a", "1", 3*time.Hour))
}
