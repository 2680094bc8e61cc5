// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// pageSection is what one verb writes into the page, between its marks; the rest of the page is left as it is.
// `make bench` keeps such sections in turn.
type pageSection struct{ begins, ends string }

var (
	ofMatching = pageSection{"<!-- make bench-match writes from here -->\n", "<!-- to here -->\n"}
	ofDecoding = pageSection{"<!-- make bench-decode writes from here -->\n", "<!-- bench-decode: to here -->\n"}
)

const plotFile = "docs/matching.svg"

// in gives the section as a page has it, with its marks; empty when it has none.
func (s pageSection) in(page string) string {
	_, after, begins := strings.Cut(page, s.begins)
	text, _, ends := strings.Cut(after, s.ends)
	if !begins || !ends {
		return ""
	}
	return s.begins + text + s.ends
}

// put gives a page with another text of the section, marks included; at the end when it had none.
func (s pageSection) put(page, text string) string {
	if old := s.in(page); old != "" {
		return strings.Replace(page, old, text, 1)
	}
	return strings.TrimRight(page, "\n") + "\n\n" + text
}

// write puts the section into a file, or prints it without one.
func (s pageSection) write(out, text string) error {
	text = s.begins + text + s.ends
	if out == "" {
		fmt.Print(text)
		return nil
	}
	page, err := os.ReadFile(out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(out, []byte(s.put(string(page), text)), 0o644)
}

// writeMatching writes the section, and the plot, from what was measured last.
func writeMatching(out string) error {
	parts, err := readParts(figuresFile)
	if err != nil {
		return err
	}
	if err := ofMatching.write(out, matchingText(parts)); err != nil || out == "" {
		return err
	}
	return os.WriteFile(plotFile, []byte(plot(parts)), 0o644)
}

const matchingAbout = `## Matching, beside its peers

Written by ` + "`make bench-match`" + `, which installs the peers at pinned versions, makes the hashes from seeds, and lets
all engines of a table answer the same queries in turns of 50, each a process with one thread on the one core that
all share. Half of the queries are stored hashes with 0 to 31 bits flipped, the others are strangers; the
threshold is 31. **Every answer was compared with brute force**; one that differs ends the run. Each engine times
itself; what the call of an index in Python costs by itself is the column "empty". Figures are the median of the
rounds, with the range of the rounds in brackets. "Clustered" is a model of hashes that depend on each other and
have near-duplicates, not real data. A load above 1 means that other work shared the machine. No figure was
extrapolated; what was not measured is a dash.

![One query, by engine and set](matching.svg)
`

// listParts is the table of what was measured when, and beside what load.
func listParts(b *strings.Builder, parts []*matchPart) {
	b.WriteString("\n| Part | Measured (UTC) | Took | Load before and after (1, 5, 15 minutes) | Processor | Go |\n" +
		"|---|---|---|---|---|---|\n")
	for _, p := range parts {
		fmt.Fprintf(b, "| %s | %s | %.0f s | %s; %s | %s | %s |\n", p.Name, p.Date, p.Seconds, p.Before, p.After,
			p.Processor, p.Go)
	}
}

// matchingText is the section without its marks.
func matchingText(parts []*matchPart) string {
	var b strings.Builder
	b.WriteString(matchingAbout)
	listParts(&b, parts)
	writeVersions(&b, parts)
	writeGoals(&b, parts)
	for _, p := range parts {
		switch {
		case strings.HasPrefix(p.Name, "index-"):
			writeIndex(&b, p)
		case p.Name == "pictures":
			writePictureTable(&b, p)
		case strings.HasPrefix(p.Name, "settings-"):
			writeSettings(&b, p)
		case strings.HasPrefix(p.Name, "soak-"):
			writeSoak(&b, p)
		default:
			writeNode(&b, p)
		}
	}
	return b.String()
}

// writeVersions names every engine once for each build of it that was measured.
func writeVersions(b *strings.Builder, parts []*matchPart) {
	var lines []string
	for _, p := range parts {
		for key, about := range p.About {
			lines = append(lines, fmt.Sprintf("- %s: %s\n", nameOf(key), about))
		}
	}
	slices.Sort(lines)
	b.WriteString("\n" + strings.Join(slices.Compact(lines), ""))
}

func nameOf(key string) string {
	for _, c := range contestants {
		if c.key == key {
			return c.title
		}
	}
	return key
}

// indexColumns are the figures of an index in the order of its table.
var indexColumns = []struct{ what, title string }{
	{"single p50", "one query, p50 (ms)"},
	{"single p99", "p99 (ms)"},
	{"single processor", "its processor time (ms)"},
	{"batch", "of 100 in one call, each (ms)"},
	{"learn p50", "learn one and find it, p50 (ms)"},
	{"learn p99", "p99 (ms)"},
	{"build", "build (s)"},
	{"memory", "memory a hash (B)"},
	{"empty p50", "empty, p50 (ms)"},
}

func writeIndex(b *strings.Builder, p *matchPart) {
	kind, count, _ := strings.Cut(strings.TrimPrefix(p.Name, "index-"), "-")
	fmt.Fprintf(b, "\n### %s hashes, %s\n\n| Index | p50 to ours |", count, kind)
	for _, c := range indexColumns {
		fmt.Fprintf(b, " %s |", c.title)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(indexColumns)+1) + "\n")
	for _, c := range contestants {
		single, measured := p.of(c.key, "single p50")
		if !measured {
			continue
		}
		ratio := "–"
		if ours, ok := p.of(oursEngine, "single p50"); ok {
			ratio = number(median(single.Runs)/median(ours.Runs)) + "×"
		}
		fmt.Fprintf(b, "| %s | %s |", c.title, ratio)
		for _, column := range indexColumns {
			fmt.Fprintf(b, " %s |", p.cell(c.key, column.what))
		}
		b.WriteString("\n")
	}
	b.WriteString("\nMemory is what the process grew by, files that are mapped left out.")
	if size, ok := p.of(oursEngine, "own size"); ok {
		fmt.Fprintf(b, " Tocsin's index counts %s B a hash itself, hashes and ids included.", number(median(size.Runs)))
	}
	b.WriteString(" Tocsin learns durably, each signal synced to the disk, while 1,000 queries a second are asked in " +
		"the same process; the others learn in memory, without queries. Tocsin's build is durable too.")
	if _, beside := p.of(oursEngine, "build processor"); beside {
		b.WriteString(" Indices were built side by side, one on each core, then asked one after the other.")
	}
	b.WriteString("\n")
}

// writeSettings shows which setting of FAISS was fastest.
func writeSettings(b *strings.Builder, p *matchPart) {
	fmt.Fprintf(b, "\n### Exact settings of FAISS MultiHash, %s hashes, uniform\n\nTables, bits of each, and bits flipped "+
		"when looking up; all of them exact at 31, and checked.\n\n| Setting | one query, p50 (ms) | p99 (ms) | build (s) "+
		"| memory a hash (B) |\n|---|---|---|---|---|\n", strings.TrimPrefix(p.Name, "settings-"))
	for _, key := range exactSettings {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", strings.TrimPrefix(key, "faiss-"), p.cell(key, "single p50"),
			p.cell(key, "single p99"), p.cell(key, "build"), p.cell(key, "memory"))
	}
}

// cell is a figure as it stands in a table.
func (p *matchPart) cell(engine, what string) string {
	f, measured := p.of(engine, what)
	if !measured {
		return "–"
	}
	low, high := slices.Min(f.Runs), slices.Max(f.Runs)
	if low == high {
		return number(low)
	}
	return fmt.Sprintf("%s (%s to %s)", number(median(f.Runs)), number(low), number(high))
}

func writePictureTable(b *strings.Builder, p *matchPart) {
	b.WriteString("\n### Hashing pictures\n\nThe same decoded pixels, in turns. Of pdqhash, \"core\" is the call without " +
		"what its wrapper spends in Python: the reference's C++ without its luma, which ours includes. The hashes " +
		"are equal.\n\n| Pixels | Tocsin (ms) | pdqhash, core (ms) | pdqhash, the call (ms) | Tocsin to core |\n" +
		"|---|---|---|---|---|\n")
	for _, side := range pixelSizes {
		name := fmt.Sprintf("%dx%d.rgb", side, side)
		ratio := "–"
		ours, measured := p.of(oursEngine, name)
		if core, ok := p.of("core", name); ok && measured {
			ratio = number(median(ours.Runs)/median(core.Runs)) + "×"
		}
		fmt.Fprintf(b, "| %d × %d | %s | %s | %s | %s |\n", side, side, p.cell(oursEngine, name), p.cell("core", name),
			p.cell("pdqhash", name), ratio)
	}
	b.WriteString("\nWhole files of 1600 × 1000 pixels. Tocsin decodes each in a child process of its own, confined and " +
		"started ahead; pytx decodes with Pillow in the asking process, without protection, and hashes all pixels, " +
		"where the reference and Tocsin reduce to 512 × 512 first. The last column is what the decoders make of the " +
		"hash: pdqhash on the pixels that Pillow gives, reduced as the reference does, against Tocsin.\n\n" +
		"| File | Tocsin, p50 (ms) | p99 (ms) | pytx, p50 (ms) | p99 (ms) | bits that differ |\n|---|---|---|---|---|---|\n")
	for _, name := range fileNames {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", strings.TrimPrefix(name, "photo."),
			p.cell(oursEngine, name), p.cell(oursEngine, name+" p99"), p.cell("pdqhash", name),
			p.cell("pdqhash", name+" p99"), p.cell("distance", name))
	}
}

func writeNode(b *strings.Builder, p *matchPart) {
	fmt.Fprintf(b, "\n### A node with %s hashes\n\nThe program as it ships, SQLite, on all cores of this machine, which "+
		"the generator of the load shares; uniform hashes, half of the queries with a match. The list is a CSV in "+
		"one request. Each answer was checked: planted queries have their match, strangers none.\n\n"+
		"| What | Median | Rounds |\n|---|---|---|\n", strings.TrimPrefix(p.Name, "node-"))
	for _, f := range p.Figures {
		fmt.Fprintf(b, "| %s | %s %s | %d: %s to %s |\n", f.What, number(median(f.Runs)), f.Unit, len(f.Runs),
			number(slices.Min(f.Runs)), number(slices.Max(f.Runs)))
	}
}

func writeSoak(b *strings.Builder, p *matchPart) {
	fmt.Fprintf(b, "\n### A soak with %s hashes\n\nThe same node under a steady load of 8 callers with one query a call, "+
		"as fast as it answers, every answer checked; %d queries are asked round and round. Before that twice the "+
		"callers ask for at least eleven minutes and past a full hour: what the node does by the clock was done once then, so that "+
		"the database's caches are full, and the Go runtime has set aside what it keeps for peaks. Then the memory is read each second. Its slope is a line through the means of %d equal spans, and what stands "+
		"behind ± is the half of its 95 %% interval: spans, because readings that follow each other are alike.\n\n"+
		"| What | Measured |\n|---|---|\n", strings.TrimPrefix(p.Name, "soak-"), manyQueries, soakSpans)
	for _, f := range p.Figures {
		value := number(f.Runs[0])
		if margin, ok := p.of(oursEngine, f.What+marginOf); ok {
			value += " ± " + number(margin.Runs[0])
		}
		if !strings.HasSuffix(f.What, marginOf) {
			fmt.Fprintf(b, "| %s | %s %s |\n", f.What, value, f.Unit)
		}
	}
	slope, grown := p.of(oursEngine, ownSlope)
	if rate, ok := p.of(oursEngine, lookupRate); ok && grown {
		fmt.Fprintf(b, "| growth of memory of its own, a lookup | %s B |\n",
			number(slope.Runs[0]*1e6/(60*rate.Runs[0])))
	}
}
