// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/demo"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/webhook"
)

// informedAgo is how long before the soak the authority told the host of procedures and deadlines: more
// than the twelve hours of Art. 3(2).
const informedAgo = 13 * time.Hour

const boardAdmin = "soak-board-administration"

// parties is an exchange whose every part is a process of its own.
type parties struct {
	dir                               string
	authority, host, superv, board    *process
	entries                           map[*process]tocsin.Party
	officer, approver, moderator, rev *demo.Worker // their passkeys are in this process
	boardURL                          string
	posts                             int
}

func (w *parties) all() []*process   { return []*process{w.authority, w.host, w.superv, w.board} }
func (w *parties) nodes() []*process { return []*process{w.authority, w.host, w.superv} }

// newParties founds everybody and starts all processes. database gives a node its PostgreSQL, "" for SQLite.
func newParties(t *testing.T, posts int, database func(t *testing.T) string) *parties {
	t.Helper()
	w := &parties{dir: t.TempDir(), entries: map[*process]tocsin.Party{}, posts: posts}
	if kept := os.Getenv("TOCSIN_SOAK_KEEP"); kept != "" {
		w.dir = kept // to look at afterwards
	}
	for slot, name := range map[**process]string{&w.authority: "fr-authority", &w.host: "ie-host",
		&w.superv: "ie-supervisor", &w.board: "board"} {
		*slot = &process{network: newNetwork(t), name: name, dir: filepath.Join(w.dir, name)}
		if err := os.MkdirAll((*slot).dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.found(t, database)
	for _, p := range w.all() {
		t.Cleanup(p.kill)
		if err := p.start(); err != nil {
			p.tail(t)
			t.Fatal(err)
		}
	}
	if err := demo.Fill(t.Context(), w.boardURL, 1, w.posts); err != nil {
		t.Fatal(err)
	}
	return w
}

// found makes keys, databases, directory and people, thirteen hours ago.
func (w *parties) found(t *testing.T, database func(t *testing.T) string) {
	t.Helper()
	ctx, clock := t.Context(), &demo.Clock{}
	clock.Step(-informedAgo)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	secret := webhook.NewSecret().Reveal()
	w.boardURL = "http://board.localhost:" + w.board.port()
	w.board.sit(t, seat{Board: &boardSeat{Dir: filepath.Join(w.board.dir, "data"), PublicURL: w.boardURL,
		Secret: secret, Admin: boardAdmin}})
	directory := tocsin.Directory{Serial: 1, IssuedAt: clock.Now(), Demonstration: true}
	options := map[*process]node.Options{}
	for _, p := range w.nodes() {
		c := w.config(t, p, secret)
		c.Database.URL = database(t)
		options[p] = node.Options{Config: c, Clock: clock, Log: quiet}
		entry, err := demo.Found(ctx, options[p], entryOf(p.name), clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		w.entries[p] = entry
		directory.Parties = append(directory.Parties, entry)
		p.sit(t, seat{Node: &c})
	}
	signed, pinned, err := demo.Publish(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range w.nodes() {
		n, err := node.New(ctx, options[p])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Flow.ImportDirectory(ctx, node.Operator, signed, pinned); err != nil {
			t.Fatal(err)
		}
		w.hire(t, p, &demo.Member{Entry: w.entries[p], Config: options[p].Config, Node: n})
		if err := n.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// hire enrols the people of one node; the authority's first act is to inform the host.
func (w *parties) hire(t *testing.T, p *process, m *demo.Member) {
	t.Helper()
	hire := func(name string, duties ...tocsin.Duty) *demo.Worker {
		worker, err := m.Hire(t.Context(), name, duties...)
		if err != nil {
			t.Fatal(err)
		}
		return worker
	}
	switch p {
	case w.authority:
		w.officer, w.approver = hire("Officer", tocsin.DutyOfficer), hire("Approver", tocsin.DutyApprover)
		if _, err := m.Node.Flow.InformHost(t.Context(), w.officer.Actor, tocsin.PartyID(w.host.name)); err != nil {
			t.Fatal(err)
		}
	case w.host:
		w.moderator = hire("Moderator", tocsin.DutyModerator)
	case w.superv:
		w.rev = hire("Reviewer", tocsin.DutyReviewer)
	}
}

func (w *parties) config(t *testing.T, p *process, secret string) config.Config {
	t.Helper()
	c := config.Default()
	c.Party, c.PublicURL, c.Demonstration = p.name, "http://"+p.name+".localhost:"+p.port(), true
	c.DataDir, c.KeyDir = filepath.Join(p.dir, "data"), filepath.Join(p.dir, "keys")
	if p != w.host {
		return c
	}
	c.Platform = config.Platform{Callback: w.boardURL + "/tocsin/callback",
		Resolve: w.boardURL + "/tocsin/resolve", SecretFile: filepath.Join(p.dir, "platform-secret")}
	// A soak issues more orders in an hour than any authority may have executed automatically.
	c.AutomaticExecution.Enabled, c.AutomaticExecution.TrustedFrom = true, 0
	c.AutomaticExecution.MaxPerHourPerIssuer = 1_000_000
	if err := os.WriteFile(c.Platform.SecretFile, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// sit writes what the child will read.
func (p *process) sit(t *testing.T, s seat) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "seat.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func entryOf(name string) tocsin.Party {
	always := time.Date(2022, 6, 7, 0, 0, 0, 0, time.UTC)
	p := tocsin.Party{ID: tocsin.PartyID(name), Name: "Soak " + name, Source: "soak test",
		Checker: "nobody: test only"}
	switch name {
	case "fr-authority":
		p.Country, p.Roles = "FR", []tocsin.Role{tocsin.RoleIssuingAuthority}
		p.Competences = []tocsin.Competence{{Act: tocsin.ActRemovalOrder, From: always}}
	case "ie-host":
		p.Country, p.Roles = "IE", []tocsin.Role{tocsin.RoleHost}
	case "ie-supervisor":
		p.Country, p.Roles = "IE", []tocsin.Role{tocsin.RoleSupervisor}
		p.Competences = []tocsin.Competence{{Act: tocsin.ActScrutiny, From: always}}
	}
	p.Contacts = []tocsin.ContactPoint{{Purpose: "orders", Name: "Duty desk", Languages: []string{"en"}}}
	return p
}

// sign gives the next signature an order needs with a worker's passkey, wherever the node's process is.
func (w *parties) sign(ctx context.Context, who *demo.Worker, id tocsin.RecordID) error {
	c, err := ask[flow.Ceremony](ctx, w.authority, "begin", about{who.Actor, id})
	if err != nil {
		return err
	}
	assertion, err := who.Assert(c.Challenge)
	if err != nil {
		return err
	}
	_, err = ask[nothing](ctx, w.authority, "finish", signing{who.Actor, c, assertion})
	return err
}
