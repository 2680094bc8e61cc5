// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/decode"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/testkit"
	"tocsin/wire"
)

// approvers are an authority and a university with a key each.
type approvers struct {
	directory             tocsin.Directory
	authority, university wire.Signer
	at                    time.Time
}

func newApprovers(t *testing.T) *approvers {
	t.Helper()
	a := &approvers{at: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), directory: tocsin.Directory{Serial: 1}}
	join := func(id tocsin.PartyID, roles ...tocsin.Role) wire.Signer {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, err := wire.NewKey(public)
		if err != nil {
			t.Fatal(err)
		}
		key.ID, key.Uses, key.From = tocsin.KeyID(id), []tocsin.KeyUse{tocsin.UseDocument}, a.at.Add(-time.Hour)
		a.directory.Parties = append(a.directory.Parties, tocsin.Party{ID: id, Roles: roles, Keys: []tocsin.Key{key}})
		return wire.Signer{Party: id, Key: key.ID, Algorithm: key.Algorithm, Private: private}
	}
	a.authority = join("fr-authority", tocsin.RoleIssuingAuthority)
	a.university = join("fr-university", tocsin.RoleReviewer)
	return a
}

func (a *approvers) trust() wire.Context { return wire.Context{Directory: a.directory, Now: a.at} }

func (a *approvers) approved(t *testing.T, e lexicon.Entry) lexicon.Entry {
	t.Helper()
	e.Approvals = nil
	for role, signer := range map[lexicon.Role]wire.Signer{lexicon.RoleAuthority: a.authority, lexicon.RoleAcademia: a.university} {
		approval, err := flow.ApproveEntry(signer, &e, role, a.at)
		if err != nil {
			t.Fatal(err)
		}
		e.Approvals = append(e.Approvals, approval)
	}
	return e
}

func TestApprovalHoldsForTheEntryAsItStands(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		spoil func(*approvers, *lexicon.Entry)
		want  string // of each approval that does not hold
	}{
		"as it stands":         {func(*approvers, *lexicon.Entry) {}, ""},
		"another state":        {func(_ *approvers, e *lexicon.Entry) { e.Status = lexicon.StatusDemoted }, ""},
		"another sense":        {func(_ *approvers, e *lexicon.Entry) { e.Sense = "another" }, "another version"},
		"another version":      {func(_ *approvers, e *lexicon.Entry) { e.Version++ }, "another version"},
		"one more form":        {func(_ *approvers, e *lexicon.Entry) { e.Forms = append(e.Forms, e.Forms[0]) }, "another version"},
		"another time":         {func(_ *approvers, e *lexicon.Entry) { e.Approvals[0].At = e.Approvals[0].At.Add(1) }, "another time"},
		"another party's name": {func(_ *approvers, e *lexicon.Entry) { e.Approvals[0].Party = "be-authority" }, "not an approval by the party"},
		"unsigned":             {func(_ *approvers, e *lexicon.Entry) { e.Approvals[1].Signature = "" }, "not signed"},
		"altered":              {func(_ *approvers, e *lexicon.Entry) { e.Approvals[1].Signature += "A" }, ""},
		"revoked":              {func(a *approvers, _ *lexicon.Entry) { a.directory.Parties[0].Keys[0].RevokedAt = &a.at }, "revoked"},
		"unknown":              {func(a *approvers, _ *lexicon.Entry) { a.directory.Parties = a.directory.Parties[:1] }, "does not know"},
		"civil society by its own word": {func(a *approvers, e *lexicon.Entry) {
			a.directory.Parties[1].Roles = append(a.directory.Parties[1].Roles, tocsin.RoleSupervisor)
		}, "does not list the party"},
		"a host": {func(a *approvers, _ *lexicon.Entry) {
			a.directory.Parties[1].Roles = []tocsin.Role{tocsin.RoleHost}
		}, "does not list the party"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApprovers(t)
			e := a.approved(t, lexicon.Demonstration().Entries[0])
			row.spoil(a, &e)
			held, wrong := flow.CheckApprovals(&e, a.trust())
			if len(held)+len(wrong) != 2 || (name == "as it stands" || name == "another state") != (len(wrong) == 0) {
				t.Errorf("%d hold, wrong: %v", len(held), wrong)
			}
			for _, problem := range wrong {
				if !strings.Contains(problem.Text, row.want) {
					t.Errorf("%v does not say %q", problem, row.want)
				}
			}
		})
	}
}

// TestEntryIsReadOnlyWhileItsApprovalsHold changes the directory under a node that reads.
func TestEntryIsReadOnlyWhileItsApprovalsHold(t *testing.T) {
	t.Parallel()
	a := newApprovers(t)
	demo := lexicon.Demonstration()
	file := lexiconFile(t, a.approved(t, *demo.Entry("lex:zorvian")), *demo.Entry("lex:quimber-lantern"))
	var reports [][]lexicon.Problem
	r, err := node.OpenLexicons(node.Lexicons{Files: []string{file}, Clock: testkit.NewClock(a.at), Trust: a.trust,
		Report: func(missing []lexicon.Problem) { reports = append(reports, missing) }})
	if err != nil {
		t.Fatal(err)
	}
	read := func() int { return len(r.Read("the zorvian and a quimber lantern", decode.About{}).Decodes) }
	if n := read(); n != 1 || len(reports) != 1 || len(reports[0]) != 2 {
		t.Errorf("%d readings, reports %v: the entry whose approvals are not signed is not read", n, reports)
	}
	later := a.directory
	later.Serial, later.Parties = 2, nil
	a.directory = later
	if n := read(); n != 0 || len(reports) != 2 {
		t.Errorf("%d readings by approvals of parties that left the directory, reports %v", n, reports)
	}
}

// TestAdoptedEntryIsReadInPlaceOfAnOlderVersion adopts beside a file: what the directory bears out, the newer version only.
func TestAdoptedEntryIsReadInPlaceOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	a := newApprovers(t)
	first := *lexicon.Demonstration().Entry("lex:zorvian")
	version := func(number int, word string) lexicon.Entry {
		e := first
		e.Version, e.Forms, e.Status = number, []lexicon.Form{{Text: word, Kind: lexicon.FormLiteral}}, lexicon.StatusPublished
		return e
	}
	adopted := &flow.AdoptedEntries{}
	r, err := node.OpenLexicons(node.Lexicons{Files: []string{lexiconFile(t, a.approved(t, first))}, Trust: a.trust,
		Clock: testkit.NewClock(a.at), Adopted: func() *flow.AdoptedEntries { return adopted }})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name    string
		entries []lexicon.Entry
		want    string // the word that is read
	}{
		{"nothing adopted", nil, "zorvian"},
		{"a newer version", []lexicon.Entry{a.approved(t, version(9, "perivalt"))}, "perivalt"},
		{"two at once", []lexicon.Entry{a.approved(t, version(8, "lumentarn")), a.approved(t, version(9, "perivalt"))}, "perivalt"},
		{"an older version", []lexicon.Entry{a.approved(t, version(1, "zorvian"))}, "zorvian"},
		{"one that is not signed", []lexicon.Entry{version(9, "perivalt")}, ""},
	} {
		adopted = &flow.AdoptedEntries{Entries: row.entries}
		for _, word := range []string{"zorvian", "perivalt", "lumentarn"} {
			found := len(r.Read("see the "+word, decode.About{}).Decodes) == 1
			if found != (word == row.want) {
				t.Errorf("%s: %s read: %v", row.name, word, found)
			}
		}
	}
}
