// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"slices"
	"strings"
)

const (
	million, tenMillion = "index-uniform-1000000", "index-uniform-10000000"
	nodeOfTenMillion    = "node-10000000"
	soakOfAMillion      = "soak-1000000"
)

// writeGoals puts what was promised beside what was measured. A goal whose part was not measured is left out.
func writeGoals(b *strings.Builder, parts []*matchPart) {
	var t table
	figures := func(part, engine, what string) []float64 {
		i := slices.IndexFunc(parts, func(p *matchPart) bool { return p.Name == part })
		if i < 0 {
			return nil
		}
		f, _ := parts[i].of(engine, what)
		return f.Runs
	}
	atMost := func(text string, goal float64, unit, part, what string) {
		if runs := figures(part, oursEngine, what); runs != nil {
			t.atMost(text, goal, unit, runs...)
		}
	}
	atMost("one query of 1 M, p50", 0.1, "ms", million, "single p50")
	atMost("one query of 10 M, p50", 0.3, "ms", tenMillion, "single p50")
	atMost("one query of 1 M clustered, p99", 8, "ms", "index-clustered-1000000", "single p99")
	atMost("one query of 10 M clustered, p99", 8, "ms", "index-clustered-10000000", "single p99")
	atMost("index of 10 M, by its own size", 132, "B a hash", tenMillion, "own size")
	atMost("added durably until found, 1 M, p99", 10, "ms", million, "learn p99")
	atMost("added durably until found, 10 M, p99", 10, "ms", tenMillion, "learn p99")
	for _, peer := range []struct {
		text, key string
		goal      float64
	}{
		{"HMA's setting over ours, 10 M, p50", "faiss-16-16-1", 20},
		{"FAISS MultiHash(11,23) over ours, 10 M, p50", "faiss-11-23-2", 2},
	} {
		ours, theirs := figures(tenMillion, oursEngine, "single p50"), figures(tenMillion, peer.key, "single p50")
		if ours != nil && theirs != nil {
			t.atLeast(peer.text, peer.goal, "×", ratios(theirs, ours)...)
		}
	}
	atMost("import of 10 M", 90, "s", nodeOfTenMillion, "import")
	atMost("node of 10 M ready after a restart", 2, "s", nodeOfTenMillion, "restart until ready")
	if runs := figures(nodeOfTenMillion, oursEngine, "single, 8 callers"); runs != nil {
		t.atLeast("screening of 10 M over HTTP, one query a call", 4000, "lookups/s", runs...)
	}
	slope, margin := figures(soakOfAMillion, oursEngine, ownSlope), figures(soakOfAMillion, oursEngine, ownSlope+marginOf)
	if slope != nil && margin != nil {
		t.atMost("memory under load, growth less its uncertainty", 0, "MB a minute", slope[0]-margin[0])
	}
	ours, core := figures("pictures", oursEngine, "512x512.rgb"), figures("pictures", "core", "512x512.rgb")
	if ours != nil && core != nil {
		t.atMost("hashing 512 × 512 pixels, to the reference's core", 1.5, "×", ratios(ours, core)...)
	}
	if len(t.rows) == 0 {
		return
	}
	b.WriteString("\n| What | Goal | Median | Rounds |\n|---|---|---|---|\n")
	for _, r := range t.rows {
		b.WriteString(r.line())
	}
}

// ratios divides round by round: both were measured in each.
func ratios(over, under []float64) []float64 {
	quotients := make([]float64, min(len(over), len(under)))
	for i := range quotients {
		quotients[i] = over[i] / under[i]
	}
	return quotients
}
