// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// upholdStep keeps an order whose authenticity was in doubt.
func (c *Console) upholdStep() step {
	return step{
		name: "uphold", title: "console.uphold.title", confirm: "console.uphold.confirm",
		notice: "console.notice.upheld", action: flow.ActionOrderAnswer, text: "uphold.reasons", domain: "reasons",
		fits: receivedIn(tocsin.ReceivedReopened),
		effects: func(ctx context.Context, c *Console, s subject) []string {
			return []string{
				page.T(ctx, "console.uphold.stands"),
				page.T(ctx, "console.uphold.call", "Authority", c.partyName(s.received.Issuer)),
			}
		},
		do: c.Flow.UpholdOrder,
	}
}
