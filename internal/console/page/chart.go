// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strconv"

	"tocsin/internal/locale"
)

// Figures is a chart of counts with its table. One is never without the other.
type Figures struct {
	ID     string // of the section, unique on the page
	Title  string
	Says   string // what the chart shows, in a sentence
	Column string // heading of the labels
	Rows   []Figure
}

// Figure is a count.
type Figure struct {
	Label   string
	Count   int
	Tone    string // of its state: run, soon, over, done, wait or quiet
	Address string // where what was counted is listed; may be empty
}

// A chart is as wide as there is room, and its words are as large as those around it: widths are in hundredths, heights
// in pixels.
const (
	labelRoom = 56
	barRoom   = 32 // the rest is for the count
	barHeight = 22
	barStep   = 30
	textBelow = 16 // of its baseline, below the top of the bar
	textOff   = 8  // from the bar
)

func chartHeight(f Figures) string { return strconv.Itoa(max(len(f.Rows), 1) * barStep) }

// bar is one row of the drawing, mirrored where the language is written from right to left.
type bar struct{ x, y, width, label, count, off int }

func barOf(ctx context.Context, f Figures, i int) bar {
	most := 1
	for _, row := range f.Rows {
		most = max(most, row.Count)
	}
	width := barRoom * f.Rows[i].Count / most
	if f.Rows[i].Count > 0 {
		width = max(width, 1)
	}
	if locale.From(ctx).Dir() == "rtl" {
		return bar{100 - labelRoom - width, i * barStep, width, 100 - labelRoom, 100 - labelRoom - width, -textOff}
	}
	return bar{labelRoom, i * barStep, width, labelRoom, labelRoom + width, textOff}
}

func percent(n int) string { return strconv.Itoa(n) + "%" }

func number64(ctx context.Context, n int) string { return locale.From(ctx).Number(int64(n)) }
