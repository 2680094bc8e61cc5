// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// clarifyStep answers what a host asked (Art. 3(8)).
func (c *Console) clarifyStep() step {
	return step{
		name: "clarify", title: "console.clarify.title", confirm: "console.clarify.confirm",
		notice: "console.notice.clarified", action: flow.ActionOrderClarify, primary: true, text: "clarification", domain: "clarification",
		fits: issuedIn(tocsin.IssuedClarify),
		effects: func(ctx context.Context, c *Console, s subject) []string {
			return []string{
				page.T(ctx, "console.clarify.sent", "Host", c.partyName(s.issued.Host)),
				page.T(ctx, "console.clarify.hour"),
			}
		},
		do: c.Flow.ClarifyOrder,
	}
}
