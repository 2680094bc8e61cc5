// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tocsin"
	"tocsin/examples/board"
	"tocsin/internal/config"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
	"tocsin/internal/webhook"
	"tocsin/wire"
)

// Ids of the parties.
const (
	Authority  tocsin.PartyID = "fr-authority"
	Host       tocsin.PartyID = "ie-host"
	Supervisor tocsin.PartyID = "ie-supervisor"
	Outsider   tocsin.PartyID = "ch-authority" // outside the Union: it may refer, never order
)

// World is a small exchange on loopback.
type World struct {
	Clock     *Clock
	Authority *Member
	Host      *Member
	Superv    *Member
	Outsider  *Member // keys and an entry, but no node
	Board     *Board
	Directory tocsin.Directory
	Pinned    wire.Publishers
	Signed    []byte // the directory as its publishers signed it
	quiet     *slog.Logger
	dir       string
	stop      context.CancelFunc
	running   sync.WaitGroup
}

// Member is a party of the world.
type Member struct {
	Entry  tocsin.Party
	Config config.Config
	Node   *node.Node // nil for the outsider
	listen net.Listener
}

// Board is the host's platform.
type Board struct {
	*board.Board
	URL    string
	server *http.Server
	secret webhook.Secret
}

// WorldOptions say where a world lives.
type WorldOptions struct {
	Dir       string // temporary data; made when empty, and then removed by Close
	Clock     *Clock
	Log       *slog.Logger
	Automatic bool // the host's switch for automatic execution
	Trusted   int  // how many orders a person must have decided before it applies
	Posts     int  // on the board
}

// NewWorld makes the parties, their keys, the directory and the board, and starts everything.
func NewWorld(ctx context.Context, o WorldOptions) (w *World, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Clock == nil {
		o.Clock = &Clock{}
	}
	ctx, stop := context.WithCancel(ctx)
	w = &World{Clock: o.Clock, quiet: o.Log, dir: o.Dir, stop: stop}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.dir, err = os.MkdirTemp(o.Dir, "tocsin-demo-"); err != nil {
		return w, err
	}
	if err := w.openBoard(ctx, o); err != nil {
		return w, fmt.Errorf("open board: %w", err)
	}
	for _, m := range []struct {
		slot  **Member
		entry tocsin.Party
	}{{&w.Authority, authorityEntry()}, {&w.Host, hostEntry()}, {&w.Superv, supervisorEntry()}, {&w.Outsider, outsiderEntry()}} {
		if *m.slot, err = w.newMember(ctx, m.entry, o); err != nil {
			return w, fmt.Errorf("make %s: %w", m.entry.ID, err)
		}
	}
	if err := w.publish(); err != nil {
		return w, fmt.Errorf("publish directory: %w", err)
	}
	for _, m := range w.nodes() {
		if err := w.start(ctx, m, o.Log); err != nil {
			return w, fmt.Errorf("start %s: %w", m.Entry.ID, err)
		}
	}
	return w, nil
}

func (w *World) nodes() []*Member { return []*Member{w.Authority, w.Host, w.Superv} }

// newMember makes keys, an entry and, but for the outsider, an empty node.
func (w *World) newMember(ctx context.Context, entry tocsin.Party, o WorldOptions) (*Member, error) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listen.Addr().String())
	if err != nil {
		return nil, err
	}
	name := string(entry.ID) + ".localhost"
	m := &Member{Entry: entry, Config: config.Default(), listen: listen}
	c := &m.Config
	c.Party, c.PublicURL, c.Demonstration = string(entry.ID), "http://"+net.JoinHostPort(name, port), true
	c.DataDir, c.KeyDir = filepath.Join(w.dir, string(entry.ID), "data"), filepath.Join(w.dir, string(entry.ID), "keys")
	c.Listen.Public = listen.Addr().String()
	if entry.Has(tocsin.RoleHost) {
		if err := w.connectBoard(c, o); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(c.KeyDir), 0o700); err != nil {
		return nil, err
	}
	if err := node.Create(ctx, node.Options{Config: *c, Clock: w.Clock, Log: o.Log}); err != nil {
		return nil, err
	}
	keys, err := keyring.Open(c.KeyDir)
	if err != nil {
		return nil, err
	}
	m.Entry.Keys, m.Entry.Endpoint = keys.Public(), c.PublicURL
	m.Entry.LogOrigin = net.JoinHostPort(name, port)
	m.Entry.RelyingParty, m.Entry.Origins = name, []string{c.PublicURL}
	m.Entry.CheckedAt = w.Clock.Now()
	return m, nil
}

// publish signs the directory with two of three publishers, whose keys every node pins.
func (w *World) publish() error {
	w.Directory = tocsin.Directory{Serial: 1, IssuedAt: w.Clock.Now(), Demonstration: true}
	for _, m := range []*Member{w.Authority, w.Host, w.Superv, w.Outsider} {
		w.Directory.Parties = append(w.Directory.Parties, m.Entry)
	}
	signed, err := wire.NewSignedDirectory(w.Directory)
	if err != nil {
		return err
	}
	w.Pinned = wire.Publishers{Threshold: 2}
	for i := range 3 {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		key, err := wire.NewKey(public)
		if err != nil {
			return err
		}
		key.ID, key.Uses = tocsin.KeyID(fmt.Sprintf("publisher-%d", i+1)), []tocsin.KeyUse{wire.UseDirectory}
		key.From = w.Clock.Now().Add(-time.Hour)
		w.Pinned.Keys = append(w.Pinned.Keys, key)
		if i == 2 {
			continue // two of three are enough
		}
		signer := wire.Signer{Party: "publishers", Key: key.ID, Algorithm: key.Algorithm, Private: private}
		if err := signed.Sign(signer, w.Clock.Now()); err != nil {
			return err
		}
	}
	w.Signed, err = signed.Encode()
	return err
}

// start opens a node, gives it the directory and serves it.
func (w *World) start(ctx context.Context, m *Member, log *slog.Logger) (err error) {
	m.Node, err = node.New(ctx, node.Options{Config: m.Config, Clock: w.Clock, Log: log.With("node", m.Entry.ID), Listener: m.listen})
	if err != nil {
		return err
	}
	if _, err := m.Node.Flow.ImportDirectory(ctx, node.Operator, w.Signed, w.Pinned); err != nil {
		return fmt.Errorf("import directory: %w", err)
	}
	w.running.Go(func() {
		if err := m.Node.Run(ctx); err != nil {
			log.Error("node stopped", "node", m.Entry.ID, "error", err)
		}
	})
	return nil
}

// Close stops everything and removes what NewWorld made.
func (w *World) Close() error {
	w.stop()
	var errs []error
	if w.Board != nil && w.Board.server != nil {
		errs = append(errs, w.Board.server.Close())
	}
	w.running.Wait()
	for _, m := range w.nodes() {
		if m != nil && m.Node != nil {
			errs = append(errs, m.Node.Close())
		}
	}
	if w.Board != nil && w.Board.Board != nil {
		errs = append(errs, w.Board.Close())
	}
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	return errors.Join(errs...)
}
