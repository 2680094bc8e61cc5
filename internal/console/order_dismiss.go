// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// dismissStep finds that an order was not authentic after all.
func (c *Console) dismissStep() step {
	return step{
		name: "dismiss", title: "console.dismiss.title", confirm: "console.dismiss.confirm",
		notice: "console.notice.dismissed", action: flow.ActionOrderAnswer, text: "dismiss.reasons", domain: "reasons",
		fits: receivedIn(tocsin.ReceivedReopened),
		effects: func(ctx context.Context, _ *Console, s subject) []string {
			return []string{
				page.N(ctx, "console.dismiss.lifted", len(s.received.Items)),
				page.T(ctx, "console.dismiss.others"),
			}
		},
		do: c.Flow.DismissOrder,
	}
}
