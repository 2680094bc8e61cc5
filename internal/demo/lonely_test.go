// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo_test

import (
	"encoding/base64"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/demo"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
)

func quiet(t *testing.T) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }

func decode(t *testing.T, part string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// issue lets two officers send an order for the board's first post. The host was informed long ago.
func issue(t *testing.T, w *demo.World, reference string) tocsin.RecordID {
	t.Helper()
	officer, err := w.Authority.Hire(t.Context(), "Officer", tocsin.DutyOfficer)
	if err != nil {
		t.Fatal(err)
	}
	approver, err := w.Authority.Hire(t.Context(), "Approver", tocsin.DutyApprover)
	if err != nil {
		t.Fatal(err)
	}
	order := w.Draft(reference, w.Post("1"))
	order.Emergency = &tocsin.Emergency{Justification: "A test cannot wait for twelve hours."}
	drafted, err := w.Authority.Node.Flow.DraftOrder(t.Context(), officer.Actor, "", order)
	if err != nil {
		t.Fatal(err)
	}
	for _, signer := range []*demo.Worker{officer, approver} {
		if err := signer.Sign(t.Context(), drafted.ID); err != nil {
			t.Fatal(err)
		}
	}
	return drafted.ID
}

func stateOf(t *testing.T, w *demo.World, id tocsin.RecordID) tocsin.IssuedState {
	t.Helper()
	reader := flow.Actor{ID: "prs_reader", Duties: []tocsin.Duty{tocsin.DutyOfficer}, Passkey: true}
	v, err := w.Authority.Node.Flow.Issued(t.Context(), reader, id)
	if err != nil {
		t.Fatal(err)
	}
	return v.Status
}

// lonelyNode is a node that nobody serves.
func lonelyNode(t *testing.T, dir string, clock *demo.Clock) (node.Options, tocsin.Party) {
	t.Helper()
	c := config.Default()
	c.Party, c.PublicURL, c.Demonstration = "fr-authority", "http://fr-authority.localhost:8420", true
	c.DataDir, c.KeyDir = filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	o := node.Options{Config: c, Clock: clock, Log: quiet(t)}
	entry, err := demo.Found(t.Context(), o, tocsin.Party{ID: "fr-authority", Name: "Garden authority", Country: "FR",
		Roles: []tocsin.Role{tocsin.RoleIssuingAuthority}, Source: "test", Checker: "test"}, clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return o, entry
}

// running opens a node as serving it would, and closes it again.
func running(t *testing.T, o node.Options, use func(*node.Node)) {
	t.Helper()
	n, err := node.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	use(n)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}

// importEdition adds a leaf to the node's log.
func importEdition(t *testing.T, n *node.Node, entry tocsin.Party, serial int64) {
	t.Helper()
	signed, pinned, err := demo.Publish(tocsin.Directory{Serial: serial, IssuedAt: time.Now().Truncate(time.Second),
		Demonstration: true, Parties: []tocsin.Party{entry}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Flow.ImportDirectory(t.Context(), node.Operator, signed, pinned); err != nil {
		t.Fatal(err)
	}
	if err := n.Flow.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// publishedBy is the mark of what a node has shown the world.
func publishedBy(t *testing.T, o node.Options) flow.Published {
	t.Helper()
	ring, err := keyring.Open(o.Config.KeyDir)
	if err != nil {
		t.Fatal(err)
	}
	mark, found, err := ring.ReadMark()
	if err != nil || !found {
		t.Fatalf("no mark: %v", err)
	}
	return mark
}
