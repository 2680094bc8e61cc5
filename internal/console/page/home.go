// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strings"
	"time"

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

// AgeFigures makes a chart of how long cases wait, the oldest first. Each bar leads to the queue, where what is due first
// stands first.
func AgeFigures(ctx context.Context, ages []flow.AgeCount, queue string) Figures {
	f := Figures{ID: "figures-ages", Title: T(ctx, "home.ages"), Column: T(ctx, "home.age")}
	total, more := int64(0), false
	for _, a := range ages {
		total += a.Count
		more = more || a.Count == flow.MostTallied
		row := Figure{Label: ageWord(ctx, a), Count: int(a.Count), Tone: "run", Address: queue}
		switch {
		case a.Since >= 24*time.Hour:
			row.Tone = "over"
		case a.Since >= 4*time.Hour:
			row.Tone = "soon"
		}
		f.Rows = append(f.Rows, row)
	}
	f.Says = N(ctx, "home.sum", int(total), "Kind", f.Title)
	if more {
		f.Says += " " + T(ctx, "home.more", "Count", flow.MostTallied)
	}
	return f
}

func ageWord(ctx context.Context, a flow.AgeCount) string {
	span := func(d time.Duration) string {
		if d > 24*time.Hour {
			return N(ctx, "time.days", int(d/(24*time.Hour)))
		}
		return N(ctx, "time.hours", int(d/time.Hour))
	}
	switch {
	case a.Since == 0:
		return T(ctx, "home.age_under", "Until", span(a.Until))
	case a.Until == 0:
		return T(ctx, "home.age_over", "Since", span(a.Since))
	}
	return T(ctx, "home.age_between", "Since", span(a.Since), "Until", span(a.Until))
}

// PriorityFigures makes a chart of what waits by how urgent it is. Each bar leads to the queue of its own.
func PriorityFigures(ctx context.Context, facets []flow.FacetCount, address func(priority string) string) Figures {
	f := Figures{ID: "figures-priorities", Title: T(ctx, "home.priorities"), Column: T(ctx, "console.case.priority")}
	total, more := int64(0), false
	for _, c := range facets {
		p, ok := strings.CutPrefix(c.Facet, tocsin.FacetPriority)
		if !ok {
			continue
		}
		total += c.Count
		more = more || c.More
		f.Rows = append(f.Rows, Figure{Label: FacetWord(ctx, c.Facet), Count: int(c.Count), Tone: "run", Address: address(p)})
	}
	f.Says = N(ctx, "home.sum", int(total), "Kind", f.Title)
	if more {
		f.Says += " " + T(ctx, "home.more", "Count", flow.MostFaceted)
	}
	return f
}

// ClockFigures makes a chart of open orders of one kind by when they are due.
func ClockFigures(ctx context.Context, name, kind string, c flow.Clocks, address string) Figures {
	f := Figures{ID: "figures-clocks-" + name, Title: T(ctx, "home.clocks") + " · " + kind, Column: T(ctx, "console.orders.column.due")}
	total := int64(0)
	for _, row := range []struct {
		label, tone string
		count       int64
	}{{T(ctx, "home.clock.over"), "over", c.Over}, {T(ctx, "home.clock.soon"), "soon", c.Soon}, {T(ctx, "home.clock.hour"), "run", c.Hour},
		{T(ctx, "home.clock.later"), "wait", c.Later}, {T(ctx, "home.clock.none"), "quiet", c.None}} {
		total += row.count
		f.Rows = append(f.Rows, Figure{Label: row.label, Count: int(row.count), Tone: row.tone, Address: address})
	}
	f.Says = N(ctx, "home.sum", int(total), "Kind", f.Title)
	if c.More {
		f.Says += " " + T(ctx, "home.clock.least")
	}
	return f
}
