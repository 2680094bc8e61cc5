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

// issuedIn reports whether an issued order stands in one of some states.
func issuedIn(states ...tocsin.IssuedState) func(subject) bool {
	return func(s subject) bool { return s.issued != nil && slices.Contains(states, s.issued.Status) }
}

// withdrawStep ends the effects of an order that left.
func (c *Console) withdrawStep() step {
	return step{
		name: "withdraw", title: "console.withdraw.title", confirm: "console.withdraw.confirm",
		notice: "console.notice.withdrawn", action: flow.ActionOrderWithdraw, text: "withdraw.reasons", domain: "reasons",
		fits: issuedIn(
			tocsin.IssuedSent,
			tocsin.IssuedRunning,
			tocsin.IssuedOverdue,
			tocsin.IssuedImpeded,
			tocsin.IssuedClarify,
			tocsin.IssuedComplied,
			tocsin.IssuedCompliedLate,
		),
		effects: func(ctx context.Context, c *Console, s subject) []string {
			effects := []string{
				page.T(ctx, "console.withdraw.host", "Host", c.partyName(s.issued.Host)),
				page.T(ctx, "console.withdraw.reinstate"),
			}
			if s.issued.CopyTo != "" {
				effects = append(effects, page.T(ctx, "console.withdraw.copy", "Party", c.partyName(s.issued.CopyTo)))
			}
			return append(effects, page.T(ctx, "console.withdraw.log"), page.T(ctx, "console.withdraw.final"))
		},
		do: c.Flow.WithdrawOrder,
	}
}

// partyName names a party as the directory does.
func (c *Console) partyName(id tocsin.PartyID) string {
	if p, err := c.Flow.Directory().Party(id); err == nil {
		return p.Name
	}
	return string(id)
}
