// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/cmd/tocsin/internal/remote"
	"tocsin/internal/api"
	"tocsin/internal/config"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
)

const (
	defaultConfig = "tocsin.yaml"
	// operatorToken is the file in the key folder with the token by which commands here speak to the node.
	operatorToken = "operator.token"
)

func (p *program) checkGlobals() error {
	if !slices.Contains([]string{"auto", "plain", "none"}, p.global.progress) {
		return usagef("--progress takes auto, plain or none")
	}
	return nil
}

// configFile is the path of the settings file.
func (p *program) configFile() string {
	if p.global.config != "" {
		return p.global.config
	}
	for _, v := range p.environ {
		if path, found := strings.CutPrefix(v, "TOCSIN_CONFIG="); found && path != "" {
			return path
		}
	}
	return defaultConfig
}

// overrides are the settings of --set.
func (p *program) overrides() (map[string]string, error) {
	flags := map[string]string{}
	for _, s := range p.global.set {
		key, value, found := strings.Cut(s, "=")
		if !found {
			return nil, usagef("--set takes key=value")
		}
		flags[key] = value
	}
	return flags, nil
}

// config reads the settings of this node.
func (p *program) config() (config.Config, error) {
	flags, err := p.overrides()
	if err != nil {
		return config.Config{}, err
	}
	c, err := config.Load(config.Source{File: p.configFile(), Environ: p.environ, Flags: flags})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, fmt.Errorf("%w\nMake a node with 'tocsin init', or name its settings file with --config", err)
	case err != nil:
		return c, usageError{err}
	}
	return c, nil
}

// openNode opens the node's data for a command that works on it while nothing serves it.
func (p *program) openNode(ctx context.Context) (*node.Node, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	return node.Open(ctx, node.Options{Config: c, Clock: p.clock, Log: slog.New(slog.DiscardHandler)})
}

// openKeys opens the node's key folder.
func (p *program) openKeys() (*keyring.Ring, config.Config, error) {
	c, err := p.config()
	if err != nil {
		return nil, c, err
	}
	ring, err := keyring.Open(c.KeyDir)
	return ring, c, err
}

// withRemote gives a command the flags by which it finds the running node.
func (p *program) withRemote(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&p.global.url, "url", "",
		"address of the running node (default: where the settings say it listens)")
	c.Flags().StringVar(&p.global.keyFile, "key-file", "",
		"file with the token of a service key (default: the operator's, in the key folder)")
	return c
}

// remote prepares to ask the running node.
func (p *program) remote() (*remote.Client, error) {
	address, keyFile := p.global.url, p.global.keyFile
	if address == "" || keyFile == "" {
		c, err := p.config()
		if err != nil {
			return nil, err
		}
		if address == "" {
			address = localAddress(c)
		}
		if keyFile == "" {
			keyFile = filepath.Join(c.KeyDir, operatorToken)
		}
	}
	return remote.New(address, keyFile)
}

// localAddress is where a node on this machine is reached without a proxy.
func localAddress(c config.Config) string {
	host, port, err := net.SplitHostPort(c.Listen.Public)
	if err != nil {
		return c.PublicURL
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		return c.PublicURL
	}
	return "http://" + net.JoinHostPort(host, port)
}

// pins are the publishers that the settings name.
func pins(c config.Config) api.Pins {
	return api.Pins{Threshold: c.Directory.Threshold, Fingerprints: c.Directory.Publishers}
}
