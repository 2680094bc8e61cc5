// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"

	"tocsin"
	"tocsin/internal/flow"
)

// Start is the first page after signing in.
type Start struct {
	Urgent  []flow.Listed
	Figures []Figures
	New     string // address of the form for a new order, where the person may draft
}

// StateFigures makes a chart of how many records of a kind are in each state.
func StateFigures(ctx context.Context, id string, kind tocsin.RecordKind, title string, states []string,
	counts map[string]int64) Figures {
	total, more := int64(0), false
	f := Figures{ID: "figures-" + id, Title: title, Column: T(ctx, "console.orders.column.state")}
	for _, state := range states {
		total += counts[state]
		more = more || counts[state] == flow.MostTallied
		f.Rows = append(f.Rows, Figure{Label: stateWord(ctx, kind, state), Count: int(counts[state]),
			Tone: signOf(kind, state).tone})
	}
	f.Says = N(ctx, "console.home.figures", int(total), "Kind", title)
	if more {
		f.Says += " " + T(ctx, "console.home.counted_more", "Count", flow.MostTallied)
	}
	return f
}
