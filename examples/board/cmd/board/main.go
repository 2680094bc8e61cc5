// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Command board runs the example image board alone, on its own address and with its own data folder.
//
// It must never print a secret; it prints where they are kept. Start reading at run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tocsin/examples/board"
)

const usage = `A small public image board. It runs alone, and a Tocsin node can be its neighbour.

Usage: board [flags]

It needs nothing: the first start makes the data folder, a few drawn pictures, and two secrets, each in a file
of its own: "webhook-secret", which the node signs with, and "admin-token", which opens /admin.
Stop it with Ctrl-C; open requests are answered first.

Flags:
`

// options are the flags.
type options struct {
	listen, public, data, title, contact, secretFile, node, keyFile string
	seed                                                            int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "board:", err)
		os.Exit(1)
	}
}

// errUsage marks a bad command line, which the flag package has already explained.
var errUsage = errors.New("bad command line")

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("board", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage); flags.PrintDefaults() }
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8451", "`address` to listen on; port 0 takes a free one")
	flags.StringVar(&o.public, "public", "",
		"root `URL` people use, when a proxy stands in front (default: the listener's)")
	flags.StringVar(&o.data, "data", "board-data", "data `folder`, made when absent")
	flags.StringVar(&o.title, "title", "", "`name` of the board (default \"Plain Board\")")
	flags.StringVar(&o.contact, "contact", "", "how an author reaches you, shown on every page as `text`")
	flags.StringVar(&o.secretFile, "webhook-secret-file", "",
		"`file` with the whsec_ secret shared with the node (default: webhook-secret in the data folder)")
	flags.StringVar(&o.node, "node", "", "root `URL` of the node that screens new posts and takes reports (default: none)")
	flags.StringVar(&o.keyFile, "service-key-file", "",
		"`file` with the service key for that node, of the scopes content.screen, bank.read and notice.submit")
	flags.IntVar(&o.seed, "seed", 12, "how many `posts` an empty board starts with")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "board takes flags only; see board -help\n")
		return o, errUsage
	}
	return o, nil
}

// run serves the board until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listen: %w (another address: -listen 127.0.0.1:0)", err)
	}
	defer listener.Close()
	b, err := open(ctx, o, listener.Addr(), stderr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "board at %s\n  listening on:   %s\n  webhook secret: %s\n  admin token:    %s\n",
		o.publicURL(listener.Addr()), listener.Addr(), o.secretPath(), filepath.Join(o.data, board.AdminFile))
	return errors.Join(serve(ctx, listener, b.Handler()), b.Close())
}

func open(ctx context.Context, o options, addr net.Addr, stderr io.Writer) (_ *board.Board, err error) {
	cfg := board.Config{
		Dir: o.data, PublicURL: o.publicURL(addr), Title: o.title, Contact: o.contact, Seed: o.seed,
		Log: slog.New(slog.NewTextHandler(stderr, nil)),
	}
	if o.secretFile != "" {
		if cfg.WebhookSecret, err = readSecret("webhook secret", o.secretFile); err != nil {
			return nil, err
		}
	}
	if cfg.Node = o.node; o.node != "" {
		if cfg.ServiceKey, err = readSecret("service key", o.keyFile); err != nil {
			return nil, err
		}
	}
	return board.Open(ctx, cfg)
}

func readSecret(what, path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", what, err)
	}
	secret := strings.TrimSpace(string(content))
	if secret == "" {
		return "", fmt.Errorf("read %s: %s is empty", what, path)
	}
	return secret, nil
}

func (o options) publicURL(addr net.Addr) string {
	if o.public != "" {
		return o.public
	}
	return "http://" + addr.String()
}

func (o options) secretPath() string {
	if o.secretFile != "" {
		return o.secretFile
	}
	return filepath.Join(o.data, board.SecretFile)
}

// serve answers until ctx ends, then gives open requests ten seconds.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("shut down: %w", err), server.Close())
	}
	return nil
}
