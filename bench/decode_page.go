// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

const decodingAbout = `## Decoding, beside its peers

Written by ` + "`make bench-decode`" + `. The text is 16.8 MB of prose in an invented tongue, small letters and spaces;
the literals have 6 to 20 letters, and one of a hundred is a word of the text. The others are *strangers*, letters at
random, or *kin*, of the same syllables, so that they begin as words of the text do. The engines search the same
twelve pieces of the text in turns, each a process with one thread on the one core that all share. **Every piece
must give the same hits in all of them**, by number and by a sum over literal and place; a difference ends the run.
Each engine times itself. Speed is bytes by the engine's own processor time, that is of one core; by the clock it is
lower where other work shared the core, as a load above 1 says. Figures are the median of the rounds, with their
range in brackets.
`

// decodingText is the section without its marks.
func decodingText(parts []*matchPart) string {
	var b strings.Builder
	b.WriteString(decodingAbout)
	listParts(&b, parts)
	writeDecodingGoals(&b, parts)
	b.WriteString("\n### Many literals at once\n")
	for _, kind := range literalKinds {
		writeLiterals(&b, kind.name, parts)
	}
	writeReading(&b, parts)
	writeVolume(&b, parts)
	return b.String()
}

// writeVolume is the table of the posts.
func writeVolume(b *strings.Builder, parts []*matchPart) {
	at := slices.IndexFunc(parts, func(p *matchPart) bool { return p.Name == volumeName })
	if at < 0 {
		return
	}
	fmt.Fprintf(b, "\n### A day's posts\n\nA host's node as it ships, on SQLite, with %d known texts and the demonstration's lexicon, screens 100,000 "+
		"posts of %d bytes over HTTP, %d in a call, %d callers at once; one post of %d has a disguised word, one of %d a text that is known. "+
		"Every answer is held against what was written into its post, and the cases are counted against the posts that are known or read: "+
		"none lost, none twice. After the last round the posts of more days follow without a pause, for %g minutes first, in which the database's "+
		"caches fill, and, after a rest and as long again or until the full hour is over, for %g in which memory is read each second; its slope is reckoned as that of the "+
		"soak above. At rest, %g minutes after the last post, the node tells the Go heap that it keeps. "+
		"Generator and node share two cores.\n\n| What | Median, range |\n|---|---|\n", knownTexts, postBytes,
		postsPerCall, postCallers, wordEvery, knownEvery, daysAhead.Minutes(), daysWatched.Minutes(), daysRest.Minutes())
	for _, f := range parts[at].Figures {
		value := parts[at].cell(oursEngine, f.What)
		if margin, ok := parts[at].of(oursEngine, f.What+marginOf); ok {
			value += " ± " + number(margin.Runs[0])
		}
		if !strings.HasSuffix(f.What, marginOf) {
			fmt.Fprintf(b, "| %s | %s %s |\n", f.What, value, f.Unit)
		}
	}
}

func writeDecodingGoals(b *strings.Builder, parts []*matchPart) {
	var t table
	figures := func(part, what string) []float64 {
		i := slices.IndexFunc(parts, func(p *matchPart) bool { return p.Name == part })
		if i < 0 {
			return nil
		}
		f, _ := parts[i].of(oursEngine, what)
		return f.Runs
	}
	for _, kind := range literalKinds {
		const ten, fifty = "literals-%s-10000", "literals-%s-50000"
		if runs := figures(fmt.Sprintf(ten, kind.name), "speed"); runs != nil {
			t.atLeast("10,000 "+kind.name+", searched", 60, "MB/s", runs...)
		}
		if runs := figures(fmt.Sprintf(fifty, kind.name), "speed"); runs != nil {
			t.atLeast("50,000 "+kind.name+", searched", 25, "MB/s", runs...)
		}
		if runs := figures(fmt.Sprintf(fifty, kind.name), "own size"); runs != nil {
			t.atMost("50,000 "+kind.name+", memory", 50, "MB", runs...)
		}
		if runs := figures(fmt.Sprintf(fifty, kind.name), "build"); runs != nil {
			t.atMost("50,000 "+kind.name+", build", 1, "s", runs...)
		}
	}
	if i := slices.IndexFunc(parts, func(p *matchPart) bool { return p.Name == readingName }); i >= 0 {
		name, runs := worstReading(parts[i])
		t.atMost("hostile texts read, the worst: "+name, 200, hostileUnit, runs...)
		t.atLeast("posts read", 30, "MB/s", figures(readingName, postsRead)...)
	}
	if runs := figures(volumeName, volumeSeconds); runs != nil {
		t.atMost("100,000 posts screened", 60, "s", runs...)
	}
	if slope, margin := figures(volumeName, ownSlope), figures(volumeName, ownSlope+marginOf); slope != nil && margin != nil {
		t.atMost("memory while days of posts are screened, growth less its uncertainty", 0, "MB a minute", slope[0]-margin[0])
	}
	if runs := figures(volumeName, keptOfPost); runs != nil {
		t.atMost("kept of a post, in memory", 0.01, "B", runs...)
	}
	b.WriteString("\n| What | Goal | Median | Rounds |\n|---|---|---|---|\n")
	for _, r := range t.rows {
		b.WriteString(r.line())
	}
}

// writeLiterals is the table of one kind of list.
func writeLiterals(b *strings.Builder, kind string, parts []*matchPart) {
	fmt.Fprintf(b, "\n| Engine, %s | Literals | Hits | Speed (MB/s) | To ours | By the clock (MB/s) | Build (s) | Memory (MB) |\n"+
		"|---|---|---|---|---|---|---|---|\n", kind)
	for _, count := range literalCounts {
		at := slices.IndexFunc(parts, func(p *matchPart) bool { return p.Name == fmt.Sprintf("literals-%s-%d", kind, count) })
		if at < 0 {
			continue
		}
		p := parts[at]
		ours, _ := p.of(oursEngine, "speed")
		for _, s := range searchers {
			speed, measured := p.of(s.key, "speed")
			if !measured {
				continue
			}
			title := s.title
			if about := p.About[s.key]; about != "" {
				title += " (" + about + ")"
			}
			fmt.Fprintf(b, "| %s | %d | %s | %s | %s× | %s | %s | %s |\n", title, count, p.cell(s.key, "hits"),
				p.cell(s.key, "speed"), number(median(speed.Runs)/median(ours.Runs)), p.cell(s.key, "by the clock"),
				p.cell(s.key, "build"), p.cell(s.key, "memory"))
		}
	}
	b.WriteString("\nMemory is what the process grew by while it built, garbage given back.\n")
}
