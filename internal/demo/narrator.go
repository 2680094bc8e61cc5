// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// narrator prints the timeline, or the report.
type narrator struct {
	out  io.Writer
	json bool
}

func newNarrator(o Options) *narrator {
	if o.Out == nil {
		o.Out = io.Discard
	}
	return &narrator{out: o.Out, json: o.JSON}
}

func (n *narrator) line(format string, args ...any) {
	if !n.json {
		fmt.Fprintf(n.out, format+"\n", args...)
	}
}

func (n *narrator) opening(w *World, took time.Duration) {
	n.line("Tocsin demonstration: everything runs on this machine and nothing leaves it.")
	n.line("")
	n.line("  authority   %s  (France)", w.Authority.Config.PublicURL)
	n.line("  host        %s  (Ireland), with its image board at %s", w.Host.Config.PublicURL, w.Board.URL)
	n.line("  supervisor  %s  (Ireland)", w.Superv.Config.PublicURL)
	n.line("")
	n.line("Started in %s. The nodes' clocks begin twelve hours ago.", took.Round(time.Millisecond))
	n.line("")
}

func (n *narrator) step(c chapter, s Step) {
	mark := "ok  "
	if !s.OK {
		mark = "FAIL"
	}
	n.line("%s %7d ms  %s", mark, s.MS, c.title)
	n.line("                 %s", s.Detail)
}

func (n *narrator) closing(r Report, took time.Duration) {
	if n.json {
		encoder := json.NewEncoder(n.out)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(r) // standard output that went away is nobody's to tell
		return
	}
	n.line("")
	if r.OK {
		n.line("All %d steps shown in %s.", len(r.Steps), took.Round(time.Millisecond))
		return
	}
	n.line("A step failed: the demonstration stopped there.")
}
