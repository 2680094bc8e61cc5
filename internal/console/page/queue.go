// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Narrowing is by what the queue is narrowed, and could be.
type Narrowing struct {
	Fields []Narrow
	Show   string // the part of the queue that it stays in
	Mine   bool
	Whole  string // address of the queue without any of it; empty where it is whole
}

// Narrow is one field of it. The first choice narrows nothing.
type Narrow struct {
	Name, Label string
	Choices     []CountedChoice
}

// CountedChoice is a choice with how many cases of everybody have it; -1 says that nobody counted.
type CountedChoice struct {
	Choice
	Count int64
}

// FacetWord says what a queue is narrowed by; a bank has a name of its own.
func FacetWord(ctx context.Context, facet string) string {
	if p, ok := strings.CutPrefix(facet, tocsin.FacetPriority); ok {
		return T(ctx, "console.priority."+p)
	}
	if c, ok := strings.CutPrefix(facet, tocsin.FacetCategory); ok {
		return category(ctx, tocsin.Category(c))
	}
	return facet
}

func countedChoice(ctx context.Context, c CountedChoice) string {
	switch {
	case c.Count < 0:
		return c.Label
	case c.Count >= flow.MostFaceted:
		return T(ctx, "console.queue.counted_more", "Name", c.Label, "Count", locale.From(ctx).Number(flow.MostFaceted))
	}
	return T(ctx, "console.queue.counted", "Name", c.Label, "Count", c.Count)
}
