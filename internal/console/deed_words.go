// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin/internal/console/page"
)

// ofSignals is the kind of the deeds that have words of their own: a signal is released, say, in another sense than a case.
const ofSignals = "signals"

func (d deed) title(ctx context.Context) string {
	if d.kind == ofSignals {
		return page.T(ctx, "console.signal.do."+string(d.name))
	}
	return page.T(ctx, "console.choice."+string(d.name))
}

func (d deed) confirm(ctx context.Context) string {
	if d.kind == ofSignals {
		return page.T(ctx, "console.signal.confirm."+string(d.name))
	}
	return page.T(ctx, "console.choice_confirm."+string(d.name))
}

// noticeDone leaves word that it was done for the page that follows, and offers to take it back where that is possible.
func (c *Console) noticeDone(ctx context.Context, d deed, record string) {
	switch {
	case d.kind == ofSignals:
		c.notice(ctx, "console.notice.signal."+string(d.name))
	case d.undo != "":
		c.noticeUndo(ctx, "console.notice.deed."+string(d.name), record+"/"+string(d.undo),
			c.Clock.Now().Add(c.Flow.Settings.UndoWindow))
	default:
		c.notice(ctx, "console.notice.deed."+string(d.name))
	}
}
