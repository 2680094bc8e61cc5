// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"html"
	"time"
)

// Sizes, in the picture's own units.
const (
	width     = 840
	headEnds  = 84 // where the lanes begin
	rowHeight = 36
	jumpRoom  = 40
	legend    = 50
	timesEnd  = 76  // right edge of the times
	captions  = 520 // left edge of the captions
)

// page is the picture while it is drawn, row by row.
type page struct {
	out    bytes.Buffer
	y      int // middle of the next row
	bottom int // where the lanes end
	at     time.Duration
	total  int
}

func (p *page) put(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

func (p *page) text(class string, x, y int, words string) {
	p.put(`<text class="%s" x="%d" y="%d">%s</text>`, class, x, y, html.EscapeString(words))
}

func newPage(r report) *page {
	p := &page{y: headEnds + rowHeight/2 + 6, total: len(r.Steps)}
	p.bottom = headEnds + 12 + rowHeight*len(r.Steps)
	for _, s := range r.Steps {
		if scenes[s.Name].jump {
			p.bottom += jumpRoom
		}
	}
	height := p.bottom + legend
	p.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" `+
		`aria-labelledby="title">`, width, height, width, height)
	p.put(`<!-- Drawn by go generate ./docs/picture from docs/picture/demo.json. -->`)
	p.put(`<!-- SPDX-FileCopyrightText: The Tocsin contributors -->`)
	p.put(`<!-- SPDX-License-Identifier: Apache-2.0 -->`)
	p.put(`<title id="title">One removal order between an authority, a host with its board, and a supervisor</title>`)
	p.out.WriteString(style)
	p.put(`<rect class="sheet" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>`, width-1, height-1)
	p.head()
	return p
}

// head draws the parties and their lanes.
func (p *page) head() {
	p.text("head right", timesEnd, 65, "elapsed")
	p.put(`<rect class="union" x="222" y="20" width="290" height="%d" rx="6"/>`, p.bottom-20+8)
	p.put(`<rect class="union" x="90" y="20" width="120" height="%d" rx="6"/>`, p.bottom-20+8)
	p.text("state", 150, 38, "France")
	p.text("state", 367, 38, "Ireland")
	for _, party := range []struct {
		at          lane
		left, right int
		words       string
	}{{authority, -46, 46, "authority"}, {host, -34, 34, "host"}, {board, -34, 34, "board"},
		{supervisor, -46, 46, "supervisor"}} {
		p.put(`<rect class="party" x="%d" y="48" width="%d" height="26" rx="4"/>`, int(party.at)+party.left,
			party.right-party.left)
		p.text("name", int(party.at)+(party.left+party.right)/2, 65, party.words)
		p.put(`<line class="lane" x1="%d" y1="74" x2="%d" y2="%d"/>`, party.at, party.at, p.bottom)
	}
	p.text("head", captions, 65, "what is shown")
}

// row draws one step.
func (p *page) row(s step, c scene) {
	p.at += s.took()
	p.text("time", timesEnd, p.y-1, fmt.Sprintf("%.2f s", p.at.Seconds()))
	p.text("took", timesEnd, p.y+11, fmt.Sprintf("+%d ms", s.MS))
	if c.note == "" {
		p.text("caption", captions, p.y+4, c.caption)
	} else {
		p.text("caption", captions, p.y-2, c.caption)
		p.text("note", captions, p.y+12, c.note)
	}
	for i, m := range c.marks {
		p.arrow(m, p.y+spread(i, len(c.marks)))
	}
	for _, at := range c.people {
		p.put(`<circle class="person" cx="%d" cy="%d" r="5"/>`, at, p.y)
	}
	for _, at := range c.checked {
		p.put(`<path class="checked" d="M%d %d l7 7 l-7 7 l-7 -7 z"/>`, at, p.y-7)
	}
	p.y += rowHeight
	if c.jump {
		p.jump()
	}
}

// spread sets several arrows of one row apart.
func spread(n, of int) int { return n*10 - (of-1)*5 }

func (p *page) arrow(m mark, y int) {
	from, to := int(m.from), int(m.to)
	ahead := 1
	if to < from {
		ahead = -1
	}
	if m.from == stranger || m.from == outside {
		p.put(`<circle class="%s open" cx="%d" cy="%d" r="4"/>`, m.kind, from, y)
		from += 4 * ahead
	}
	tip := to - 7*ahead
	if m.kind == refused {
		tip -= 7 * ahead
		p.put(`<line class="%s" x1="%d" y1="%d" x2="%d" y2="%d"/>`, m.kind, from, y, tip-6*ahead, y)
		p.put(`<path class="%s" d="M%d %d l10 10 m0 -10 l-10 10"/>`, m.kind, tip-5, y-5)
		return
	}
	p.put(`<line class="%s" x1="%d" y1="%d" x2="%d" y2="%d"/>`, m.kind, from, y, tip, y)
	p.put(`<path class="%s tip" d="M%d %d l%d 4 v-8 z"/>`, m.kind, tip+ahead, y, -7*ahead)
}

// jump marks the twelve hours that nobody waits for.
func (p *page) jump() {
	p.put(`<rect class="gap" x="12" y="%d" width="%d" height="24" rx="4"/>`, p.y-rowHeight/2+6, width-24)
	p.text("gaptext", width/2, p.y-rowHeight/2+22, "the nodes' clocks jump twelve hours")
	p.y += jumpRoom
}

// end draws the legend.
func (p *page) end() []byte {
	y := p.bottom + 32
	p.put(`<circle class="person" cx="26" cy="%d" r="5"/>`, y-4)
	p.text("note", 38, y, "a person decides")
	for _, m := range []struct {
		at    int
		kind  kind
		words string
	}{{160, document, "signed document"}, {314, call, "HTTP with the board"}, {492, refused, "refused"},
		{594, restored, "reinstated"}} {
		p.arrow(mark{lane(m.at), lane(m.at + 40), m.kind}, y-4)
		p.text("note", m.at+46, y, m.words)
	}
	p.text("note right", width-20, y, fmt.Sprintf("%d steps, %.1f s", p.total, p.at.Seconds()))
	p.put(`</svg>`)
	return p.out.Bytes()
}

// style is readable on light and on dark pages, and without colours.
const style = `<style>
svg { --sheet: #ffffff; --ink: #1f2430; --quiet: #5a6270; --rule: #c9cfd8; --wash: #f3f5f8; --blue: #1f5fae;
  --teal: #0b7a75; --red: #b3261e; --green: #2e7d32; font-family: system-ui, "Segoe UI", "Noto Sans", sans-serif }
@media (prefers-color-scheme: dark) {
  svg { --sheet: #14181f; --ink: #e6e9ee; --quiet: #a3abb8; --rule: #3c4553; --wash: #1c222b; --blue: #7db4f5;
    --teal: #5fcfc6; --red: #ff8a80; --green: #8bd48f }
}
.sheet { fill: var(--sheet); stroke: var(--rule) }
.union { fill: var(--wash); stroke: none }
.party { fill: var(--sheet); stroke: var(--quiet) }
.lane { stroke: var(--rule); stroke-width: 2 }
.gap { fill: var(--sheet); stroke: var(--rule); stroke-dasharray: 4 4 }
.state, .name, .gaptext { text-anchor: middle }
.state, .time, .took, .note, .gaptext { fill: var(--quiet) }
.name, .caption { fill: var(--ink) }
.state, .name, .caption, .gaptext { font-size: 13px }
.caption { font-weight: 600 }
.time, .took { text-anchor: end; font-variant-numeric: tabular-nums }
.time { font-size: 13px; fill: var(--ink) }
.head { fill: var(--quiet); font-size: 13px }
.took, .note { font-size: 11.5px }
.right { text-anchor: end }
.document, .call, .refused, .restored { fill: none; stroke-width: 2 }
.document { stroke: var(--blue) }
.call { stroke: var(--teal); stroke-dasharray: 5 3 }
.refused { stroke: var(--red) }
.restored { stroke: var(--green); stroke-width: 3 }
.open { fill: var(--sheet); stroke-dasharray: none }
.tip { stroke: none }
.document.tip { fill: var(--blue) }
.call.tip { fill: var(--teal) }
.restored.tip { fill: var(--green) }
.person { fill: var(--ink); stroke: var(--sheet); stroke-width: 1.5 }
.checked { fill: var(--green); stroke: var(--sheet); stroke-width: 1.5 }
</style>
`
