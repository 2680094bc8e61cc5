// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tocsin/internal/config"
	"tocsin/internal/keyring"
)

// checked is what check-config found in order.
type checked struct {
	File       string `json:"file"`
	Party      string `json:"party"`
	PublicURL  string `json:"public_url"`
	Database   string `json:"database"` // sqlite or postgres
	Publishers int    `json:"publishers"`
	Threshold  int    `json:"threshold"`
	Platform   bool   `json:"platform"`
	Automatic  bool   `json:"automatic_execution"`
}

func (p *program) checkConfigCommand() *cobra.Command {
	example := false
	c := task("check-config", "Check the settings, and what they point at", `
Reads the settings as 'serve' would (file, variables, --set) and checks each value, the key folder with the
modes of its files, and the files that secrets are read from. It changes nothing, prints no secret, and
names every problem at once. docs/config.md explains each setting.`,
		"  tocsin check-config\n  tocsin check-config --config /etc/tocsin/tocsin.yaml --json\n"+
			"  tocsin check-config --example > tocsin.yaml", cobra.NoArgs, func(context.Context, []string) error {
			if example {
				_, err := io.WriteString(p.out, config.Example())
				return err
			}
			return p.checkConfig()
		})
	c.Flags().BoolVar(&example, "example", false, "print a settings file with every setting explained, and stop")
	return c
}

func (p *program) checkConfig() error {
	c, err := p.config()
	if err != nil {
		return err
	}
	address, err := c.Database.PostgresURL()
	if err != nil {
		return usageError{err}
	}
	if c.Platform.Configured() {
		if _, err := c.Platform.Secret(); err != nil {
			return usageError{err}
		}
	}
	if _, err := c.Desk.Terms(); err != nil {
		return usageError{err}
	}
	if err := c.Notify.Secrets(); err != nil {
		return usageError{err}
	}
	if _, err := keyring.Open(c.KeyDir); err != nil {
		return fmt.Errorf("key_dir: %w", err)
	}
	result := checked{File: p.configFile(), Party: c.Party, PublicURL: c.PublicURL, Database: "sqlite",
		Publishers: len(c.Directory.Publishers), Threshold: c.Directory.Threshold,
		Platform:  c.Platform.Configured(),
		Automatic: c.AutomaticExecution.Enabled}
	if address != "" {
		result.Database = "postgres"
	}
	p.warn(c)
	return p.show(result, func(w io.Writer) {
		fmt.Fprintf(w, "%s\t%s\n", result.File, p.paint(true, "ok"))
		fmt.Fprintf(w, "party\t%s\n", result.Party)
		fmt.Fprintf(w, "public address\t%s\n", result.PublicURL)
		fmt.Fprintf(w, "database\t%s\n", result.Database)
		fmt.Fprintf(w, "publishers\t%d pinned, %d must have signed\n", result.Publishers, result.Threshold)
	})
}

// warn names what is allowed and deserves a second look.
func (p *program) warn(c config.Config) {
	if c.Demonstration {
		p.note("Note: demonstration is on. Parties and passkeys that prove nothing are accepted.")
	}
	if len(c.Directory.Publishers) == 0 {
		p.note("Note: no publisher is pinned, so no directory can be imported. See: tocsin help directory pin")
	}
	if c.AutomaticExecution.Enabled {
		p.note("Note: automatic execution is on. Items are restricted before a person has looked.")
	}
}
