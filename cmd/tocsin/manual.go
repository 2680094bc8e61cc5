// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) manualCommand() *cobra.Command {
	markdown := false
	c := task("manual", "Print all of this help as one page", `
Prints the manual page, for man(1), with every command; packagers put it in place as tocsin.1.`,
		"  tocsin manual > tocsin.1\n  tocsin manual --markdown > docs/cli.md", cobra.NoArgs,
		func(context.Context, []string) error {
			page := manualPage(p.root())
			if markdown {
				page = referencePage(p.root())
			}
			_, err := io.WriteString(p.out, page)
			return err
		})
	c.Hidden = true
	c.Flags().BoolVar(&markdown, "markdown", false, "as docs/cli.md instead")
	return c
}

// everyCommand walks the visible tree in the order in which it is written.
func everyCommand(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "completion" && sub.Name() != "help" {
			all = append(all, everyCommand(sub)...)
		}
	}
	return all
}

//go:embed reference.md
var reference string

// referencePage renders docs/cli.md.
//
//go:generate go test -count=1 -run TestReferencePageIsFresh . -update
func referencePage(root *cobra.Command) string {
	var codes []string
	for code, meaning := range exitCodes {
		codes = append(codes, fmt.Sprintf("| %d | %s |", code, meaning))
	}
	var b strings.Builder
	_, _ = strings.NewReplacer("ABOUT", about, "FLAGS", root.PersistentFlags().FlagUsages(),
		"CODES", strings.Join(codes, "\n")).WriteString(&b, reference) // a builder never fails
	for _, c := range everyCommand(root)[1:] {
		fmt.Fprintf(&b, "\n## `%s`\n\n%s.\n\n%s\n", c.CommandPath(), c.Short, strings.TrimSpace(c.Long))
		fmt.Fprintf(&b, "\n```text\n%s\n```\n", usageLine(c))
		if flags := c.NonInheritedFlags(); flags.HasAvailableFlags() {
			fmt.Fprintf(&b, "\n```text\n%s```\n", flags.FlagUsages())
		}
		fmt.Fprintf(&b, "\n```sh\n%s\n```\n", unindented(c.Example))
	}
	return b.String()
}

func usageLine(c *cobra.Command) string {
	if c.HasAvailableSubCommands() {
		return c.CommandPath() + " COMMAND"
	}
	return c.UseLine()
}

func unindented(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return strings.Join(lines, "\n")
}

// manualPage renders tocsin.1 in the man macros.
func manualPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(".TH TOCSIN 1\n.SH NAME\ntocsin \\- " + roff(strings.ToLower(root.Short)) +
		"\n.SH SYNOPSIS\n.B tocsin\n" +
		"COMMAND [FLAGS]\n.SH DESCRIPTION\n" + paragraphs(about) + ".SH OPTIONS\n")
	options(&b, root.PersistentFlags().FlagUsages())
	b.WriteString(".SH COMMANDS\n")
	for _, c := range everyCommand(root)[1:] {
		fmt.Fprintf(&b, ".SS %s\n%s.\n.PP\n%s", roff(usageLine(c)), roff(c.Short),
			paragraphs(strings.TrimSpace(c.Long)))
		options(&b, c.NonInheritedFlags().FlagUsages())
		fmt.Fprintf(&b, ".PP\n.nf\n%s\n.fi\n", roff(c.Example))
	}
	b.WriteString(".SH EXIT STATUS\n")
	for code, meaning := range exitCodes {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", code, roff(meaning))
	}
	return b.String()
}

// options shows flags as help does.
func options(b *strings.Builder, usages string) {
	if usages != "" {
		fmt.Fprintf(b, ".PP\n.nf\n%s.fi\n", roff(usages))
	}
}

func paragraphs(text string) string {
	parts := strings.Split(text, "\n\n")
	return roff(strings.Join(parts, "\n.PP\n")) + "\n"
}

// roff keeps text from being taken for macros.
func roff(text string) string {
	text = strings.NewReplacer("\\", "\\e", "-", "\\-").Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !slices.Contains([]string{".PP"}, line) {
			lines[i] = "\\&" + line
		}
	}
	return strings.Join(lines, "\n")
}
