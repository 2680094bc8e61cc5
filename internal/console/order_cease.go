// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// ceaseStep tells the authority that force majeure is over (Art. 3(7)).
func (c *Console) ceaseStep() step {
	return step{
		name: "ceased", title: "console.cease.title", confirm: "console.cease.confirm",
		notice: "console.notice.ceased", action: flow.ActionOrderAnswer, primary: true,
		fits: func(s subject) bool {
			return receivedIn(tocsin.ReceivedImpeded)(s) && s.received.Ground == string(tocsin.GroundForceMajeure)
		},
		effects: func(ctx context.Context, c *Console, s subject) []string {
			return []string{
				page.T(ctx, "console.cease.sent", "Authority", c.partyName(s.received.Issuer)),
				page.T(ctx, "console.cease.hour"),
			}
		},
		do: func(ctx context.Context, who flow.Actor, id tocsin.RecordID, _ string) error {
			return c.Flow.GroundCeased(ctx, who, id)
		},
	}
}
