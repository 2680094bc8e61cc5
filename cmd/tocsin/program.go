// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tocsin"
)

// program is one run of the command: where it reads and writes, and what the global flags say.
type program struct {
	in       io.Reader
	out, err io.Writer
	environ  []string
	clock    tocsin.Clock
	started  bool // a command began: what fails from here on is no wrong usage
	global   globals
}

// globals are the flags of every command.
type globals struct {
	config   string
	set      []string
	json     bool
	quiet    bool
	progress string
	url      string
	keyFile  string
}

func newProgram(in io.Reader, out, err io.Writer, environ []string) *program {
	return &program{in: in, out: out, err: err, environ: environ, clock: tocsin.SystemClock}
}

// run executes a command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	return p.finish(root.ExecuteContext(ctx))
}

const about = `Tocsin lets the organisations that must act on terrorist content online act together: an
authority orders, a host executes within the hour, a supervisor watches, and everyone can prove what happened.

One node is one party. It keeps its journal in a data folder and its keys in another. People work in the
node's console, with passkeys; machines speak to its API with service keys. This command sets a node up, runs
it, examines it, and hands out what other parties need to know of it.`

const firstSteps = `  # See it all on this machine, without setting anything up
  tocsin demo

  # Set up a node, check it, and run it
  tocsin init --party fr-authority --public-url https://node.authority.example
  tocsin check-config
  tocsin serve`

// root is the whole tree of commands.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{Use: "tocsin", Short: "Orders that travel, and prove it", Long: about,
		Example:      firstSteps,
		SilenceUsage: true, SilenceErrors: true, Args: cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			p.started = true
			return p.checkGlobals()
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	flags := root.PersistentFlags()
	flags.StringVar(&p.global.config, "config", "", "settings file (default: $TOCSIN_CONFIG, else tocsin.yaml)")
	flags.StringArrayVar(&p.global.set, "set", nil,
		"one setting over the file, such as listen.public=127.0.0.1:9000")
	flags.BoolVar(&p.global.json, "json", false, "print the result as JSON, and an error too")
	flags.BoolVarP(&p.global.quiet, "quiet", "q", false, "print the result only: no notes, no progress")
	flags.StringVar(&p.global.progress, "progress", "auto",
		"progress of long work: auto (on a terminal), plain, none")
	root.AddGroup(&cobra.Group{ID: "node", Title: "Setting up and running a node:"},
		&cobra.Group{ID: "exchange", Title: "Parties and orders:"},
		&cobra.Group{ID: "match", Title: "Finding what is known:"},
		&cobra.Group{ID: "proof", Title: "Proof and safety:"})
	p.add(root, "node", p.initCommand(), p.serveCommand(), p.demoCommand(), p.checkConfigCommand(),
		p.keysCommand(), p.peopleCommand(), p.notifyCommand(),
		p.versionCommand())
	p.add(root, "exchange", p.partyCommand(), p.directoryCommand(), p.orderCommand())
	p.add(root, "match", p.hashCommand(), p.matchCommand(), p.bankCommand(), p.signalCommand(),
		p.decodeCommand(), p.lexiconCommand())
	p.add(root, "proof", p.logCommand(), p.fsckCommand(), p.backupCommand(), p.restoreCommand())
	root.AddCommand(p.manualCommand())
	return root
}

func (p *program) add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

// family is a command that only holds others. With a word it does not know it fails, as any command does.
func family(use, short, long, example string, members ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Long: long, Example: example, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(members...)
	return c
}

// task makes a command of its parts. run gets a context that ends when the program is interrupted.
func task(use, short, long, example string, args cobra.PositionalArgs,
	run func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Long: strings.TrimSpace(long), Example: example, Args: args,
		RunE: func(c *cobra.Command, args []string) error { return run(c.Context(), args) }}
}
