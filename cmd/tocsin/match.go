// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/media"
	"tocsin/match"
)

// matchFlags say against what is matched, and how what is given is to be read.
type matchFlags struct {
	lists            []string
	format, listType string
	signalType       string
	text             bool
	assertion        string
	banks            []string
	every            bool
	named            map[string]bool // flags that were given
}

func (p *program) matchCommand() *cobra.Command {
	var f matchFlags
	var c *cobra.Command
	c = p.withRemote(task("match [FILE | HASH | ADDRESS | -]…", "Ask what content is known as, and why", `
Looks up files, hashes, addresses and texts, and says what each is known as: by which bank or list, how near,
who vouches for it, and how the match came about. It proposes and restricts nothing.

With --list it works alone: nothing is sent anywhere, and no node is needed. Else it asks the running node,
which wants to be told, by --assert, that the content is public or that somebody reported it.

An argument is a file when there is one of that name; else a hash or an address. - reads one thing a line from
standard input; a line may begin with its type, as in local_file. --text takes arguments and lines as texts,
--type as values of that type.

What cannot be examined is reported beside the others, the exit code is then 1, and it must not be taken for
something that matches nothing. With --json every line is an object of its own.`,
		"  tocsin match --list hashes.csv picture.jpg clip.mp4\n"+
			"  tocsin match --assert reported https://board.example/post/12\n"+
			"  tocsin match --assert public --json - < hashes.txt > found.jsonl", cobra.MinimumNArgs(1),
		func(ctx context.Context, args []string) error {
			f.named = map[string]bool{}
			for _, name := range []string{"assert", "bank", "every", "url", "key-file", "format", "list-type"} {
				f.named[name] = c.Flags().Changed(name)
			}
			return p.match(ctx, args, f)
		}))
	f.add(c)
	return c
}

func (f *matchFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.lists, "list", nil, "match against this list instead of a node; repeat for more")
	c.Flags().StringVar(&f.format, "format", "", "of the lists: "+formatHelp+" (default: by their names)")
	c.Flags().StringVar(&f.listType, "list-type", "", "type of signals that a list gives none for, such as pdq")
	c.Flags().StringVar(&f.signalType, "type", "", "what is given are values of this type")
	c.Flags().BoolVar(&f.text, "text", false, "what is given are texts")
	c.Flags().StringVar(&f.assertion, "assert", "", "public or reported: your word that the content is")
	c.Flags().StringArrayVar(&f.banks, "bank", nil, "ask only this bank, and the negative ones; repeat for more")
	c.Flags().BoolVar(&f.every, "every", false, "also banks that would sit this query out")
}

func (f matchFlags) check() error {
	node := []string{"assert", "bank", "every", "url", "key-file"}
	alone := []string{"format", "list-type"}
	wrong, because := node, "is for asking a node, not for --list"
	if len(f.lists) == 0 {
		wrong, because = alone, "goes with --list"
	}
	for _, name := range wrong {
		if f.named[name] {
			return usagef("--%s %s", name, because)
		}
	}
	if f.text && f.signalType != "" {
		return usagef("give --text or --type, not both")
	}
	if _, known := match.Lookup(f.signalType); f.signalType != "" && !known {
		return usagef("--type takes %s", typeNames())
	}
	if len(f.lists) == 0 && f.assertion != "public" && f.assertion != "reported" {
		return usagef("say with --assert public or --assert reported that the content is; nothing else is screened")
	}
	return nil
}

// lookedUp is what became of one thing. The fingerprints are those of a file.
type lookedUp[M any] struct {
	What         string                `json:"what"`
	Fingerprints []api.FingerprintView `json:"fingerprints,omitempty"`
	Matches      []M                   `json:"matches"`
	More         bool                  `json:"more,omitempty"`
	Error        *failure              `json:"error,omitempty"`
}

func (p *program) match(ctx context.Context, args []string, f matchFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	things, err := p.things(args, f)
	if err != nil {
		return err
	}
	step, end := p.progress("match")
	defer end()
	run := matching{p: p, flags: f, step: step, total: int64(len(things))}
	if len(f.lists) > 0 {
		err = run.alone(ctx, things)
	} else {
		err = run.atNode(ctx, things)
	}
	end()
	switch {
	case err != nil:
		return err
	case run.failed > 0:
		return fmt.Errorf("%d of %d could not be examined, or not in full", run.failed, len(things))
	}
	return nil
}

// matching is one run of the command.
type matching struct {
	p           *program
	flags       matchFlags
	pictures    *media.Hasher // started with the first file
	step        func(done, total int64)
	done, total int64
	failed      int
}

// tell prints what became of one thing; text prints a match for people.
func tell[M any](m *matching, e lookedUp[M], text func(io.Writer, M)) error {
	m.done++
	m.step(m.done, m.total)
	if e.Error != nil {
		m.failed++
	}
	if e.Matches == nil {
		e.Matches = []M{}
	}
	if m.p.global.json {
		out := json.NewEncoder(m.p.out)
		out.SetEscapeHTML(false)
		return out.Encode(e)
	}
	if e.Error != nil {
		fmt.Fprintf(m.p.err, "tocsin: %s: %s\n", shortened(e.What), e.Error.Message)
	}
	for _, print := range e.Fingerprints {
		if print.Skipped != "" {
			m.p.note("%s: its %s hash shows too few features to be looked up", shortened(e.What), print.Type)
		}
	}
	return m.p.show(e, func(w io.Writer) {
		if len(e.Matches) == 0 && e.Error == nil {
			fmt.Fprintf(w, "%s\tnothing known\n", shortened(e.What))
			return
		}
		fmt.Fprintln(w, shortened(e.What))
		for _, match := range e.Matches {
			text(w, match)
		}
		if e.More {
			fmt.Fprintln(w, "  there are more")
		}
	})
}

// printWhy says how a match came about.
func printWhy(w io.Writer, why match.Why) {
	if why.Rotated != "" {
		fmt.Fprintf(w, "    the picture was turned: %s\n", why.Rotated)
	}
	for _, passage := range why.Passages {
		fmt.Fprintf(w, "    same passage: bytes %d to %d\n", passage.Start, passage.End)
	}
	if why.Embedded {
		fmt.Fprintln(w, "    the known text stands inside a longer one: perhaps a quotation")
	}
	if len(why.Frames) > 0 {
		fmt.Fprintf(w, "    %d frames, %.0f %% of what was asked and %.0f %% of what is known\n", len(why.Frames),
			why.Query, why.Stored)
	}
	for _, s := range why.Steps {
		fmt.Fprintf(w, "    %s: %s\n", s.Rule, shortened(s.After))
	}
	if why.Caveat != "" {
		fmt.Fprintf(w, "    less certain than it looks: %s\n", why.Caveat)
	}
}

// lines reads one thing a line.
func lines(r io.Reader, each func(string) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), maxOrderFile)
	for s.Scan() {
		if line := strings.TrimSpace(s.Text()); line != "" {
			if err := each(line); err != nil {
				return err
			}
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	return nil
}
