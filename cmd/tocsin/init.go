// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
)

// operatorScopes are what the operator's own service key may do: everything commands here ask of a running
// node, and nothing more.
var operatorScopes = []flow.Action{flow.ActionOrderRead, flow.ActionOrderDraft, flow.ActionOrderWithdraw,
	flow.ActionOrderClarify, flow.ActionItemRead, flow.ActionCopyRead, flow.ActionDirectoryRead,
	flow.ActionDirectoryLoad, flow.ActionHostInform, flow.ActionJobRead, flow.ActionJobRerun, flow.ActionBankRead,
	flow.ActionBankChange, flow.ActionSignalAdd, flow.ActionSignalChange, flow.ActionScreen}

// initFlags are what a new node must know, and what it may be told.
type initFlags struct {
	party, publicURL, dataDir, keyDir, listen string
}

// initialised is what init made.
type initialised struct {
	Config   string   `json:"config"`
	DataDir  string   `json:"data_dir"`
	KeyDir   string   `json:"key_dir"`
	Database string   `json:"database"`
	Keys     []keyRow `json:"keys"`
	Token    string   `json:"operator_key_file"`
}

func (p *program) initCommand() *cobra.Command {
	var f initFlags
	c := task("init", "Set up a new node", `
Makes everything a new node needs: a key folder with one signing key of each use (documents, hops between
nodes, officer certificates, log), the keys that seal records, a database with the first shard of the
transparency log, a settings file with every setting explained, and a service key by which commands on this
machine speak to the running node.

Keys and data stand in two folders, neither inside the other, so that no backup of the data carries the
keys. Nothing is ever overwritten.`,
		"  tocsin init --party fr-authority --public-url https://node.authority.example\n"+
			"  tocsin init --party ie-host --public-url https://node.host.example --config /etc/tocsin/tocsin.yaml "+
			"\\\n"+
			"    --data-dir /var/lib/tocsin --key-dir /etc/tocsin/keys",
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return p.init(ctx, f) })
	c.Flags().StringVar(&f.party, "party", "", "id of the party, as the directory will list it (required)")
	c.Flags().StringVar(&f.publicURL, "public-url", "",
		"the one address of the node, scheme and host only (required)")
	c.Flags().StringVar(&f.dataDir, "data-dir", "tocsin-data", "folder for the journal")
	c.Flags().StringVar(&f.keyDir, "key-dir", "tocsin-keys", "folder for the keys")
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8420", "host:port on which the node accepts connections")
	return c
}

func (p *program) init(ctx context.Context, f initFlags) error {
	if f.party == "" || f.publicURL == "" {
		return usagef("init needs --party and --public-url")
	}
	file := p.configFile()
	text, c, err := p.newConfig(f)
	if err != nil {
		return err
	}
	for _, path := range []string{file, node.DatabasePath(c)} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already, and nothing is overwritten: %w", path, fs.ErrExist)
		}
	}
	if err := node.Create(ctx, node.Options{Config: c, Clock: p.clock,
		Log: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	ring, err := keyring.Open(c.KeyDir)
	if err != nil {
		return err
	}
	token := filepath.Join(c.KeyDir, operatorToken)
	if err := p.newServiceKey(ring, "operator", scopeNames(operatorScopes), token); err != nil {
		return err
	}
	// Last: settings without a node behind them would look like a node.
	if err := writeNew(file, []byte(text), 0o644); err != nil {
		return err
	}
	made := initialised{Config: file, DataDir: c.DataDir, KeyDir: c.KeyDir, Database: node.DatabasePath(c),
		Keys: keyRows(ring.Public()), Token: token}
	return p.show(made, func(w io.Writer) { p.nextSteps(w, made) })
}

func (p *program) nextSteps(w io.Writer, made initialised) {
	fmt.Fprintf(w, "settings\t%s\n", made.Config)
	fmt.Fprintf(w, "data\t%s\n", made.DataDir)
	fmt.Fprintf(w, "keys\t%s\n", made.KeyDir)
	for _, k := range made.Keys {
		fmt.Fprintf(w, "\t%s\t%s\n", k.ID, k.Fingerprint)
	}
	fmt.Fprint(w, "\nNext:\n"+
		"  1. Back up the key folder now, apart from any backup of the data. Without it no record can be read.\n"+
		"  2. Hand 'tocsin party show' to the publishers of the directory, and compare fingerprints aloud.\n"+
		"  3. Pin each publisher: tocsin directory pin publisher.json\n"+
		"  4. Import the directory they sign: tocsin directory import directory.json\n"+
		"  5. tocsin serve, and enrol the first administrator with the link it prints.\n")
}

// newConfig fills in the example and reads it back, so that what is written is known to be accepted.
func (p *program) newConfig(f initFlags) (text string, c config.Config, err error) {
	flags, err := p.overrides()
	if err != nil {
		return "", c, err
	}
	dataDir, err := filepath.Abs(f.dataDir)
	if err != nil {
		return "", c, fmt.Errorf("find data folder: %w", err)
	}
	keyDir, err := filepath.Abs(f.keyDir)
	if err != nil {
		return "", c, fmt.Errorf("find key folder: %w", err)
	}
	for key, value := range map[string]string{"party": f.party, "public_url": f.publicURL, "data_dir": dataDir,
		"key_dir": keyDir, "listen.public": f.listen} {
		if _, given := flags[key]; !given {
			flags[key] = value
		}
	}
	if c, err = config.Load(config.Source{Environ: p.environ, Flags: flags}); err != nil {
		return "", c, usageError{err}
	}
	text = config.Example()
	for key, value := range flags {
		if text, err = setValue(text, key, value); err != nil {
			return "", c, err
		}
	}
	return text, c, nil
}

// setValue replaces the value of one key of a settings file that has one line for each, as the example has.
func setValue(text, key, value string) (string, error) {
	section, name, nested := strings.Cut(key, ".")
	indent, from := "", 0
	if nested {
		at := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(section) + `:\s*$`).FindStringIndex(text)
		if at == nil {
			return "", fmt.Errorf("the settings file has no section %q of the usual form", section)
		}
		indent, from = "  ", at[1]
	} else {
		name = section
	}
	line := regexp.MustCompile(`(?m)^` + indent + regexp.QuoteMeta(name) + `:.*$`).FindStringIndex(text[from:])
	if line == nil {
		return "", fmt.Errorf("the settings file has no line for %q of the usual form", key)
	}
	return text[:from+line[0]] + indent + name + ": " + yamlValue(value) + text[from+line[1]:], nil
}

// yamlValue writes a value so that YAML takes it for what it is: lists, numbers, durations and switches as
// they are, anything else in quotes.
func yamlValue(value string) string {
	if regexp.MustCompile(`^(?:\[.*\]|true|false|[0-9]+)$`).MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

// writeNew makes a file that must not exist, whole or not at all.
func writeNew(path string, content []byte, mode fs.FileMode) error {
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write file: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}
