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

// The chart is drawn in units of its own view box.
const (
	chartWidth = 480
	barHeight  = 22
	barStep    = 30
	labelRoom  = 240
	countRoom  = 48
)

func chartBox(f Figures) string {
	return "0 0 " + strconv.Itoa(chartWidth) + " " + strconv.Itoa(max(len(f.Rows), 1)*barStep)
}

// bar is one row of the drawing, mirrored where the language is written from right to left.
type bar struct{ x, y, width, label, count string }

func barOf(ctx context.Context, f Figures, i int) bar {
	most := 1
	for _, row := range f.Rows {
		most = max(most, row.Count)
	}
	width := (chartWidth - labelRoom - countRoom) * f.Rows[i].Count / most
	if f.Rows[i].Count > 0 {
		width = max(width, 2)
	}
	x, label, count := labelRoom, labelRoom-8, labelRoom+width+8
	if locale.From(ctx).Dir() == "rtl" {
		x, label, count = chartWidth-labelRoom-width, chartWidth-labelRoom+8, chartWidth-labelRoom-width-8
	}
	return bar{strconv.Itoa(x), strconv.Itoa(i * barStep), strconv.Itoa(width), strconv.Itoa(label), strconv.Itoa(count)}
}

func below(y string, by int) string {
	n, _ := strconv.Atoi(y)
	return strconv.Itoa(n + by)
}

func number64(ctx context.Context, n int) string { return locale.From(ctx).Number(int64(n)) }
