// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strings"

	"tocsin"
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

// CountedChoice is a choice with how many cases it would show, beside the others that are chosen.
type CountedChoice struct {
	Choice
	Counted    bool
	Count      int64
	More, None bool // as of a [flow.FacetCount]
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
	name := c.Label
	switch {
	case !c.Counted:
		return name
	case c.More && c.Count == 0:
		return T(ctx, "queue.counted_perhaps", "Name", name)
	case c.More:
		return T(ctx, "console.queue.counted_more", "Name", name, "Count", locale.From(ctx).Number(c.Count))
	}
	return T(ctx, "console.queue.counted", "Name", name, "Count", locale.From(ctx).Number(c.Count))
}
