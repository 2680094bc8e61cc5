// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"tocsin/internal/demo"
)

func (p *program) demoCommand() *cobra.Command {
	var dir string
	var serve bool
	c := task("demo", "See everything on this machine: an order, from an authority to a platform and back", `
Starts an authority in France, a host in Ireland with its image board, and Ireland's supervisor, each a real
node on this machine, and lets an order travel: prior information, drafting and approval by two officers
with passkeys, execution on the board, confirmation, withdrawal, and what happens to orders that are forged.
Then a member of the board posts a picture that a shared signal matches: a moderator decides, the author reads
why and complains, another person finds the decision wrong, and the picture is back.
Nothing leaves the machine, and nothing stays. The pictures are generated; the passkeys are software that
says so.`,
		"  tocsin demo\n  tocsin demo --serve\n  tocsin demo --json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error {
			_, err := demo.Run(ctx, demo.Options{Dir: dir, Out: p.out, JSON: p.global.json, Serve: serve,
				Log: slog.New(slog.DiscardHandler)})
			if errors.Is(err, demo.ErrFailed) {
				return errors.New("a step did not show what it should")
			}
			return err
		})
	c.Flags().StringVar(&dir, "dir", "", "folder for temporary data (default: the system's)")
	c.Flags().BoolVar(&serve, "serve", false,
		"keep everything running afterwards and print links to the consoles")
	return c
}
