// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Measures of the plot.
const (
	plotWidth  = 860
	plotLeft   = 330 // where bars begin
	plotRight  = 70  // kept for the numbers
	plotRow    = 22
	plotHead   = 64
	plotGap    = 34 // before each set
	plotFoot   = 30
	leastShown = 0.01 // ms, where bars begin
)

const plotStyle = `<style>
text{font:12px system-ui,sans-serif;fill:#24292f}.h{font-weight:600}.s{fill:#57606a}
.g{stroke:#8c959f;stroke-opacity:.35}.p{fill:#8c959f}.o{fill:#1a7f64}.w{stroke:#57606a;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#9da7b3}.o{fill:#3fb68b}.w{stroke:#9da7b3}}
</style>
`

// plot draws one query at threshold 31: a bar up to the median, a line on to the 99th percentile, on a scale of
// powers of ten.
func plot(parts []*matchPart) string {
	var rows strings.Builder
	y, most := plotHead, 1.0
	for _, p := range parts {
		if strings.HasPrefix(p.Name, "index-") {
			for _, f := range p.Figures {
				if f.What == "single p99" {
					most = max(most, median(f.Runs))
				}
			}
		}
	}
	most = math.Pow(10, math.Ceil(math.Log10(most)))
	place := func(ms float64) float64 {
		share := math.Log10(max(ms, leastShown)/leastShown) / math.Log10(most/leastShown)
		return plotLeft + share*(plotWidth-plotLeft-plotRight)
	}
	for _, p := range parts {
		if strings.HasPrefix(p.Name, "index-") {
			y = plotSet(&rows, p, y, place)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="t d">`+"\n",
		plotWidth, y+plotFoot)
	b.WriteString("<title id=\"t\">One query at distance 31, by engine and set</title>\n<desc id=\"d\">Bars end at the " +
		"median, lines at the 99th percentile, in milliseconds on a scale of powers of ten. The table beside the " +
		"picture has the numbers.</desc>\n" + plotStyle)
	b.WriteString(`<text class="h" x="8" y="20">One query at distance 31, one core (ms)</text>` + "\n" +
		`<text class="s" x="8" y="38">bar: median, line: 99th percentile; shorter is better; each step is ten times` +
		"</text>\n")
	for ms := leastShown; ms <= most*1.01; ms *= 10 {
		fmt.Fprintf(&b, `<line class="g" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/><text class="s" x="%.1f" y="%d" `+
			`text-anchor="middle">%s</text>`+"\n", place(ms), plotHead-8, place(ms), y, place(ms), y+18, number(ms))
	}
	return b.String() + rows.String() + "</svg>\n"
}

// plotSet draws the engines of one set and gives the next free line.
func plotSet(b *strings.Builder, p *matchPart, y int, place func(float64) float64) int {
	kind, count, _ := strings.Cut(strings.TrimPrefix(p.Name, "index-"), "-")
	fmt.Fprintf(b, `<text class="h" x="8" y="%d">%s hashes, %s</text>`+"\n", y+14, html.EscapeString(count),
		html.EscapeString(kind))
	y += plotRow
	for _, c := range contestants {
		f, measured := p.of(c.key, "single p50")
		slow, _ := p.of(c.key, "single p99")
		if !measured {
			continue
		}
		class := "p"
		if strings.HasPrefix(c.key, oursEngine) {
			class = "o"
		}
		p50, p99 := median(f.Runs), median(slow.Runs)
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text><rect class="%s" x="%d" y="%d" width="%.1f" `+
			`height="12"/><line class="w" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/><text x="%.1f" y="%d">%s</text>`+"\n",
			plotLeft-8, y+13, html.EscapeString(c.title), class, plotLeft, y+3, place(p50)-plotLeft,
			place(p50), y+9, place(p99), y+9, place(p99)+6, y+13, number(p50))
		y += plotRow
	}
	return y + plotGap - plotRow
}
