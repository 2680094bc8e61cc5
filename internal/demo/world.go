// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/node"
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

// WorldOptions say where a world lives.
type WorldOptions struct {
	Dir       string // temporary data; made when empty, and then removed by Close
	Clock     *Clock
	Log       *slog.Logger
	Automatic bool // the host's switch for automatic execution
	Trusted   int  // how many orders a person must have decided before it applies
	Posts     int  // on the board
	Screening bool // the board has new posts screened at the host's node
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
	if w.Board, err = OpenBoard(ctx, filepath.Join(w.dir, "board"), o.Posts, w.Clock, o.Log); err != nil {
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
	if o.Screening {
		if err := w.screen(); err != nil {
			return w, fmt.Errorf("screen what is posted: %w", err)
		}
	}
	return w, nil
}

// screen gives the board a service key of the host's node, and the node's address as this machine knows it.
func (w *World) screen() error {
	key, err := w.Host.ServiceKey("board", w.Clock.Now(), flow.ActionScreen, flow.ActionBankRead,
		flow.ActionNoticeSubmit)
	if err != nil {
		return err
	}
	return w.Board.Join("http://"+w.Host.Config.Listen.Public, key)
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
	c.Lexicon.Exchange = true
	if entry.Has(tocsin.RoleHost) {
		if err := w.Board.Connect(c, filepath.Join(w.dir, "platform-secret")); err != nil {
			return nil, err
		}
		c.AutomaticExecution.Enabled, c.AutomaticExecution.TrustedFrom = o.Automatic, o.Trusted
		c.AutomaticExecution.MaxPerHourPerIssuer = 1000
	}
	m.Entry, err = Found(ctx, node.Options{Config: *c, Clock: w.Clock, Log: o.Log}, entry, w.Clock.Now())
	return m, err
}

// publish signs the directory of all members, whose publishers every node pins.
func (w *World) publish() (err error) {
	w.Directory = tocsin.Directory{Serial: 1, IssuedAt: w.Clock.Now(), Demonstration: true}
	for _, m := range []*Member{w.Authority, w.Host, w.Superv, w.Outsider} {
		w.Directory.Parties = append(w.Directory.Parties, m.Entry)
	}
	w.Signed, w.Pinned, err = Publish(w.Directory)
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
	w.running.Wait()
	for _, m := range w.nodes() {
		if m != nil && m.Node != nil {
			errs = append(errs, m.Node.Close())
		}
	}
	if w.Board != nil {
		errs = append(errs, w.Board.Close())
	}
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	return errors.Join(errs...)
}
