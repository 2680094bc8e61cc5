// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

func (p *program) lexiconCommand() *cobra.Command {
	return family("lexicon", "Examine the lexicons that texts are read for", `
A lexicon is a file of entries: what a coded word means, from what source, since when, how often it means
something else, and which parties approved it. docs/decode.md explains each field.`,
		"  tocsin lexicon lint words.json\n  tocsin lexicon diff old.json new.json",
		p.lexiconLintCommand(), p.lexiconApproveCommand(), p.lexiconDiffCommand(), p.lexiconExportCommand())
}

func (p *program) lexiconLintCommand() *cobra.Command {
	var directory string
	c := task("lint FILE", "Name everything that is wrong with a lexicon", `
Checks every entry: that it has a source, a date, a day of review and a counter-example, that what is
ambiguous is read in the low tiers only, that numbers and pictographs want a context, that publication has two
approvals of unlike parties. Then it reads every form, which must be found, and every counter-example, which
must not be, or must carry the flag. It exits with 7 when something is wrong.

With --directory it also verifies the signature of every approval, and that each party is what it says.`,
		"  tocsin lexicon lint words.json\n  tocsin lexicon lint --directory directory.json words.json", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error { return p.lexiconLint(args[0], directory) })
	c.Flags().StringVar(&directory, "directory", "", "edition of the directory to verify approvals with, under the pinned publishers")
	return c
}

func (p *program) lexiconLint(file, directory string) error {
	s, err := node.ReadLexicon(file)
	if err != nil {
		return err
	}
	found := s.Lint()
	if len(found) == 0 {
		found = decode.Check(s, fold.New())
	}
	if directory != "" {
		c, err := p.verification(directory)
		if err != nil {
			return err
		}
		for i := range s.Entries {
			_, wrong := flow.CheckApprovals(&s.Entries[i], c)
			found = append(found, wrong...)
		}
	}
	if found == nil {
		found = []lexicon.Problem{}
	}
	err = p.show(found, func(w io.Writer) {
		for _, problem := range found {
			fmt.Fprintln(w, decode.VisibleLine(problem.Error()))
		}
		if len(found) == 0 {
			fmt.Fprintf(w, "%s: %d entries, nothing wrong\n", decode.VisibleLine(file), len(s.Entries))
		}
	})
	if err == nil && len(found) > 0 {
		return errDifferences
	}
	return err
}

func (p *program) lexiconDiffCommand() *cobra.Command {
	return task("diff OLD NEW", "Say what changed between two lexicons", `
Names the entries that are new, gone or changed, with their versions and the fields that differ. It exits
with 7 when something does.`,
		"  tocsin lexicon diff published.json proposed.json", cobra.ExactArgs(2),
		func(_ context.Context, args []string) error { return p.lexiconDiff(args[0], args[1]) })
}

func (p *program) lexiconDiff(before, after string) error {
	was, err := node.ReadLexicon(before)
	if err != nil {
		return err
	}
	is, err := node.ReadLexicon(after)
	if err != nil {
		return err
	}
	changes := lexicon.Diff(was, is)
	err = p.show(changes, func(w io.Writer) {
		for _, c := range changes {
			fmt.Fprintln(w, decode.VisibleLine(c.String()))
		}
		if len(changes) == 0 {
			fmt.Fprintln(w, "no entry differs")
		}
	})
	if err == nil && len(changes) > 0 {
		return errDifferences
	}
	return err
}

func (p *program) lexiconExportCommand() *cobra.Command {
	var marking string
	c := task("export FILE", "Print the entries that may be shared", `
Prints those entries of a lexicon whose marking allows it, as a lexicon of its own. Lexicons help those who
would evade them: what is marked amber or red stays in its group.`,
		"  tocsin lexicon export words.json > shared.json\n  tocsin lexicon export --tlp clear words.json", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error { return p.lexiconExport(args[0], marking) })
	c.Flags().StringVar(&marking, "tlp", "green", "the strictest marking to print: clear, green, amber, amber+strict, red")
	return c
}

func (p *program) lexiconExport(file, marking string) error {
	s, err := p.openLexicon(file)
	if err != nil {
		return err
	}
	shared, err := s.UpTo(marking)
	if err != nil {
		return usagef("--tlp: %v", err)
	}
	return shared.Write(p.out)
}
