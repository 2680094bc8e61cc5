// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// ratifyStep puts a person behind what was executed automatically.
func (c *Console) ratifyStep() step {
	return step{
		name: "ratify", title: "console.ratify.title", confirm: "console.ratify.confirm",
		notice: "console.notice.ratified", action: flow.ActionOrderAnswer, primary: true,
		fits: func(s subject) bool {
			return receivedIn(tocsin.ReceivedExecuting, tocsin.ReceivedConfirmed, tocsin.ReceivedImpeded)(s) &&
				s.received.Automatic &&
				s.received.RatifiedBy == ""
		},
		effects: func(ctx context.Context, _ *Console, _ subject) []string {
			return []string{page.T(ctx, "console.ratify.stands"), page.T(ctx, "console.ratify.name")}
		},
		do: func(ctx context.Context, who flow.Actor, id tocsin.RecordID, _ string) error {
			return c.Flow.RatifyOrder(ctx, who, id)
		},
	}
}
