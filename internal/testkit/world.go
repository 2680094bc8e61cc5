// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
)

// World is an exchange of three nodes and a board. Its methods fail the test they belong to.
type World struct {
	testing.TB
	Clock                       *Clock
	Authority, Host, Supervisor *Node
	Officer, Second, Approver   *Person // at the authority: two who draft, one who signs second
	Moderator                   *Person // at the host
	Inspector                   *Person // at the supervisor
	Board                       *Board
	Directory                   tocsin.Directory
	Publishers                  *Publishers

	on  Engine
	dir string
	// messenger reaches people at every node; nil where none is.
	messenger flow.Messenger
	alerts    bool
	log       *logbook
	network   *network
	people    map[string]*Person
}

// Options say how a world differs from the usual.
type Options struct {
	On         Engine
	Clock      *Clock // shows [Opening] when nil
	Uninformed bool   // the authority never wrote to the host
	// Configure changes a party's configuration before its node starts; may be nil.
	Configure func(*config.Config)
	// Alerts makes every node call people about what happens. It writes to the journal, which tests that count
	// writes do not expect.
	Alerts bool
	// Messenger reaches people outside the console, at every node; nil: nobody is reached so.
	Messenger flow.Messenger
	// Down are the parties whose nodes are not started.
	Down []tocsin.PartyID
}

// New makes a world that lasts as long as the test.
func New(t testing.TB, o Options) *World {
	t.Helper()
	if o.On == "" {
		o.On = SQLite
	}
	if o.Clock == nil {
		o.Clock = NewClock(Opening)
	}
	base, err := foundedOn(o.On, !o.Uninformed)
	if err != nil {
		t.Fatalf("found the exchange: %v", err)
	}
	w, err := copied(t.Context(), base, t.TempDir(), o)
	if err != nil {
		t.Fatalf("start the exchange: %v", err)
	}
	w.TB = t
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Errorf("close the exchange: %v", err)
		}
		if t.Failed() {
			t.Logf("log of the nodes:\n%s", w.log)
		}
	})
	return w
}

// As is the same world for a test within the test.
func (w *World) As(t testing.TB) *World {
	same := *w
	same.TB = t
	return &same
}

// copied starts a world from a founding.
func copied(ctx context.Context, base *founding, dir string, o Options) (w *World, err error) {
	w = &World{Clock: o.Clock, dir: dir, on: o.On, log: newLogbook(), network: newNetwork(),
		Directory: base.directory, Publishers: base.publisher, messenger: o.Messenger,
		alerts: o.Alerts}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	for _, part := range []string{"board", "platform-secret", string(Outsider)} {
		if err := copyTree(filepath.Join(base.dir, part), filepath.Join(dir, part)); err != nil {
			return nil, err
		}
	}
	if err := w.openBoard(ctx); err != nil {
		return nil, err
	}
	for _, slot := range w.slots() {
		from := base.configs[slot.id]
		n, err := w.place(slot.id)
		if err != nil {
			return nil, err
		}
		*slot.node = n
		if err := copyTree(from.KeyDir, n.Config.KeyDir); err != nil {
			return nil, err
		}
		if err := w.on.configure(ctx, &n.Config, w.on.source(from)); err != nil {
			return nil, err
		}
		if o.Configure != nil {
			o.Configure(&n.Config)
		}
		if contains(o.Down, n.ID) {
			continue
		}
		if err := n.Start(ctx); err != nil {
			return nil, fmt.Errorf("start %s: %w", n.ID, err)
		}
	}
	return w, w.seatPeople(base.people)
}

func contains(list []tocsin.PartyID, id tocsin.PartyID) bool {
	for _, other := range list {
		if other == id {
			return true
		}
	}
	return false
}

type slot struct {
	id   tocsin.PartyID
	node **Node
}

func (w *World) slots() []slot {
	return []slot{{Authority, &w.Authority}, {Host, &w.Host}, {Supervisor, &w.Supervisor}}
}

func (w *World) nodes() (list []*Node) {
	for _, s := range w.slots() {
		if *s.node != nil {
			list = append(list, *s.node)
		}
	}
	return list
}

// place gives a party its folder, its configuration and its door.
func (w *World) place(id tocsin.PartyID) (*Node, error) {
	n := &Node{ID: id, Config: config.Default(), Faults: newFaults(w.Clock), world: w}
	c := &n.Config
	c.Party, c.PublicURL, c.Demonstration = string(id), address(id), true
	c.DataDir, c.KeyDir = filepath.Join(w.dir, string(id), "data"), filepath.Join(w.dir, string(id), "keys")
	if err := os.MkdirAll(filepath.Join(w.dir, string(id)), 0o700); err != nil {
		return nil, err
	}
	if id == Host {
		w.connectBoard(c)
	}
	var err error
	n.door, err = w.network.open(hostName(id))
	return n, err
}

// settleParties makes everything for the first time.
func (w *World) settleParties(ctx context.Context) error {
	if err := w.openBoard(ctx); err != nil {
		return err
	}
	parties := entries()
	for i, slot := range w.slots() {
		n, err := w.place(slot.id)
		if err != nil {
			return err
		}
		*slot.node = n
		if err := w.on.configure(ctx, &n.Config, ""); err != nil {
			return err
		}
		if err := node.Create(ctx, node.Options{Config: n.Config, Clock: w.Clock,
			Log: w.log.of(n.ID)}); err != nil {
			return fmt.Errorf("create %s: %w", n.ID, err)
		}
		keys, err := keyring.Open(n.Config.KeyDir)
		if err != nil {
			return err
		}
		parties[i].Keys = keys.Public()
	}
	if err := w.outsider(&parties[3]); err != nil {
		return err
	}
	w.Directory = tocsin.Directory{Serial: 1, IssuedAt: Founded, Demonstration: true, Parties: parties}
	if err := w.publish(ctx); err != nil {
		return err
	}
	return w.hire(ctx)
}

// outsider has keys, but no node.
func (w *World) outsider(entry *tocsin.Party) error {
	dir := filepath.Join(w.dir, string(Outsider))
	if err := keyring.Create(dir); err != nil {
		return err
	}
	keys, err := keyring.Open(dir)
	if err != nil {
		return err
	}
	for _, use := range []tocsin.KeyUse{tocsin.UseDocument, tocsin.UseHop, tocsin.UseOfficer, tocsin.UseLog} {
		if _, err := keys.Generate(use, w.Clock.Now()); err != nil {
			return err
		}
	}
	entry.Keys = keys.Public()
	return nil
}

// publish signs the directory, starts every node and gives it the directory.
func (w *World) publish(ctx context.Context) (err error) {
	if w.Publishers, err = newPublishers(Founded); err != nil {
		return err
	}
	signed, err := w.Publishers.Sign(w.Directory, 2, Founded)
	if err != nil {
		return err
	}
	for _, n := range w.nodes() {
		if err := n.Start(ctx); err != nil {
			return fmt.Errorf("start %s: %w", n.ID, err)
		}
		if _, err := n.Flow().ImportDirectory(ctx, node.Operator, signed, w.Publishers.Pinned); err != nil {
			return fmt.Errorf("import directory at %s: %w", n.ID, err)
		}
	}
	return nil
}

// posting is who works where; the names are those of World's fields.
func (w *World) posting() map[string]seat {
	at := func(party tocsin.PartyID, duty tocsin.Duty) seat {
		return seat{party: party, duties: []tocsin.Duty{duty}}
	}
	return map[string]seat{
		"officer": at(Authority, tocsin.DutyOfficer), "second": at(Authority, tocsin.DutyOfficer),
		"approver": at(Authority, tocsin.DutyApprover), "moderator": at(Host, tocsin.DutyModerator),
		"inspector": at(Supervisor, tocsin.DutyReviewer),
	}
}

func (w *World) hire(ctx context.Context) error {
	w.people = map[string]*Person{}
	for name, s := range w.posting() {
		p, err := w.at(s.party).Hire(ctx, s.duties...)
		if err != nil {
			return fmt.Errorf("hire %s: %w", name, err)
		}
		w.people[name] = p
	}
	return nil
}

func (w *World) seatPeople(seats map[string]seat) error {
	w.people = map[string]*Person{}
	for name, s := range seats {
		p, err := w.at(s.party).employ(s)
		if err != nil {
			return err
		}
		w.people[name] = p
	}
	w.Officer, w.Second, w.Approver = w.people["officer"], w.people["second"], w.people["approver"]
	w.Moderator, w.Inspector = w.people["moderator"], w.people["inspector"]
	return nil
}

func (w *World) at(id tocsin.PartyID) *Node {
	for _, n := range w.nodes() {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// Logged is every line the nodes have logged.
func (w *World) Logged() string { return w.log.String() }

// Operator is whoever can run commands on the machine of a node.
var Operator flow.Actor = node.Operator

func (w *World) close() error {
	var errs []error
	for _, n := range w.nodes() {
		errs = append(errs, n.Stop())
	}
	w.network.close()
	if w.Board != nil {
		errs = append(errs, w.Board.Close())
	}
	if w.TB != nil && w.on == PostgreSQL { // a founding keeps its databases
		for _, n := range w.nodes() {
			errs = append(errs, dropDatabase(databaseName(n.Config)))
		}
	}
	return errors.Join(errs...)
}
