// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// abandonStep ends an order that never left.
func (c *Console) abandonStep() step {
	return step{
		name: "abandon", title: "console.abandon.title", confirm: "console.abandon.confirm",
		notice: "console.notice.abandoned", action: flow.ActionOrderWithdraw, text: "abandon.reasons", domain: "reasons",
		fits: issuedIn(tocsin.IssuedDraft, tocsin.IssuedSubmitted, tocsin.IssuedApproved, tocsin.IssuedWaiting),
		effects: func(ctx context.Context, c *Console, s subject) []string {
			return []string{
				page.T(ctx, "console.abandon.never", "Host", c.partyName(s.issued.Host)),
				page.T(ctx, "console.abandon.kept"),
			}
		},
		do: c.Flow.AbandonOrder,
	}
}
