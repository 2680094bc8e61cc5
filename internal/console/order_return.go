// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// returnStep sends a submitted draft back to whoever wrote it.
func (c *Console) returnStep() step {
	return step{
		name: "return", title: "console.return.title", confirm: "console.return.confirm",
		notice: "console.notice.returned", action: flow.ActionOrderReturn, text: "return.reasons", domain: "reasons",
		fits: issuedIn(tocsin.IssuedSubmitted),
		effects: func(ctx context.Context, _ *Console, _ subject) []string {
			return []string{page.T(ctx, "console.return.signature"), page.T(ctx, "console.return.draft")}
		},
		do: c.Flow.ReturnOrder,
	}
}
