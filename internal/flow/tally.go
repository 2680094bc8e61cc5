// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// MostTallied is where [Flow.Tally] stops counting a state: it means so many or more. To count a million would take
// longer than the page that shows it.
const MostTallied = 10_000

// Tally counts the records of a kind in each of some states, for whoever may read that kind: nothing else of
// them is told.
func (f *Flow) Tally(ctx context.Context, actor Actor, kind tocsin.RecordKind, states []string) (map[string]int64, error) {
	agg, err := tocsin.NewAggregate(kind)
	if err != nil {
		return nil, err
	}
	if err := f.Policy.Decide(actor, readAction(agg), nil); err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	err = f.view(ctx, func(u *unit) error {
		for _, state := range states {
			n, err := u.tx.Count(kind, MostTallied, state)
			if err != nil {
				return err
			}
			counts[state] = n
		}
		return nil
	})
	return counts, err
}
