// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
)

// show prints a result: as JSON when asked, else as text for people.
func (p *program) show(result any, text func(w io.Writer)) error {
	if p.global.json {
		e := json.NewEncoder(p.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(result)
	}
	w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	text(w)
	return w.Flush()
}

// note says something beside the result, on the error stream; --quiet and --json silence it.
func (p *program) note(format string, args ...any) {
	if !p.global.quiet && !p.global.json {
		fmt.Fprintf(p.err, format+"\n", args...)
	}
}

// progress gives a function that shows how far long work has come, and one that ends the showing.
func (p *program) progress(what string) (step func(done, total int64), end func()) {
	switch mode := p.global.progress; {
	case p.global.quiet || p.global.json || mode == "none" || mode == "auto" && !isTerminal(p.err):
		return func(int64, int64) {}, func() {}
	case mode == "plain":
		return p.plainProgress(what)
	}
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(p.err),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(), progressbar.OptionEnableColorCodes(false))
	return func(done, total int64) {
		bar.ChangeMax64(total)
		_ = bar.Set64(done) // a terminal that went away is no failure of the work
	}, func() { _ = bar.Finish() }
}

// tally gives a function that shows how much was done of nobody knows how much, and one that ends the showing.
func (p *program) tally(what string) (step func(done int64), end func()) {
	if p.global.progress == "plain" && !p.global.quiet && !p.global.json {
		return func(done int64) { fmt.Fprintf(p.err, "%s: %d\n", what, done) }, func() {}
	}
	show, end := p.progress(what)
	return func(done int64) { show(done, -1) }, end
}

// plainProgress writes a line at each tenth.
func (p *program) plainProgress(what string) (step func(done, total int64), end func()) {
	last := int64(-1)
	return func(done, total int64) {
		if total <= 0 || done*10/total == last {
			return
		}
		last = done * 10 / total
		fmt.Fprintf(p.err, "%s: %d of %d\n", what, done, total)
	}, func() {}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// paint colours a word on a terminal, unless NO_COLOR is set (no-color.org).
func (p *program) paint(good bool, word string) string {
	set := func(v string) bool { return strings.HasPrefix(v, "NO_COLOR=") && v != "NO_COLOR=" }
	if !isTerminal(p.out) || p.global.json || slices.ContainsFunc(p.environ, set) {
		return word
	}
	if good {
		return "\x1b[32m" + word + "\x1b[0m"
	}
	return "\x1b[31m" + word + "\x1b[0m"
}

// at writes a time as people here read it: UTC, to the second.
func at(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
