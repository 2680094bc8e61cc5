// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// workDue is the deadline the people on duty work to: the hour, or the ratification.
func (r Received) workDue() *time.Time {
	switch r.Status {
	case tocsin.ReceivedAuthenticated, tocsin.ReceivedExecuting:
		return r.Deadline
	}
	return r.RatifyBy
}

// otherRestrictions says how many reasons beside this order keep an item restricted.
func otherRestrictions(ctx context.Context, r Received, item flow.ItemView) string {
	others := 0
	for _, restriction := range item.Active(frame(ctx).Now) {
		if restriction.Order != r.Base().ID {
			others++
		}
	}
	if others == 0 {
		return ""
	}
	return N(ctx, "console.received.others", others)
}

// namedKind says what the platform answered when an address is no item.
func namedKind(ctx context.Context, kind string) string {
	return known(T(ctx, "console.named."+kind), T(ctx, "console.named.unknown"))
}
