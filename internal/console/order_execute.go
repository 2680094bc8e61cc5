// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"slices"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// receivedIn reports whether a received order stands in one of some states.
func receivedIn(states ...tocsin.ReceivedState) func(subject) bool {
	return func(s subject) bool { return s.received != nil && slices.Contains(states, s.received.Status) }
}

// executeStep is the decision of the person on duty: restrict what the order names.
func (c *Console) executeStep() step {
	return step{
		name: "execute", title: "console.execute.title", confirm: "console.execute.confirm",
		notice: "console.notice.executed", action: flow.ActionOrderAnswer, primary: true, text: "note", optional: true,
		fits: receivedIn(tocsin.ReceivedAuthenticated),
		bars: func(ctx context.Context, s subject) string {
			o := s.received.ReceivedOrder
			switch {
			case !o.Located:
				return page.T(ctx, "console.execute.locating")
			case slices.Contains(o.Findings, tocsin.FindingCollection),
				slices.Contains(o.Findings, tocsin.FindingRootDomain):
				return page.T(ctx, "console.execute.collection")
			case len(o.Items) == 0:
				return page.T(ctx, "console.execute.no_item")
			}
			return ""
		},
		effects: func(ctx context.Context, c *Console, s subject) []string {
			effects := []string{page.N(ctx, "console.execute.items", len(s.received.Items))}
			if s.received.GagUntil != nil {
				effects = append(effects, page.T(ctx, "console.execute.silent"))
			} else {
				effects = append(effects, page.T(ctx, "console.execute.told"))
			}
			return append(
				effects,
				page.T(ctx, "console.execute.feedback", "Authority", c.partyName(s.received.Issuer)),
				page.T(ctx, "console.execute.kept"),
			)
		},
		do: c.Flow.ExecuteOrder,
	}
}
