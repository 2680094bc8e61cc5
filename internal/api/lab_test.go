// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/policy"
	"tocsin/internal/store/sqlite"
	"tocsin/wire"
)

// noon is when everything in the tests happens.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const (
	authority = tocsin.PartyID("fr-authority")
	host      = tocsin.PartyID("ie-host")
)

// lab is one authority's node behind a real listener: SQLite, key folder, policy, the API and nothing else.
type lab struct {
	flow      *flow.Flow
	t         *testing.T
	keys      string // folder of the ring
	ring      *keyring.Ring
	store     *sqlite.DB
	url       string
	handler   http.Handler
	publisher wire.Signer
	public    api.PublisherKey
	log       *bytes.Buffer
	token     string // of a key with every scope
	close     func() // the store, once
}

func newLab(t *testing.T, with ...func(*flow.Deps)) *lab {
	t.Helper()
	l := &lab{t: t, log: &bytes.Buffer{}}
	l.close = sync.OnceFunc(func() { check(t, l.store.Close()) })
	l.publisher, l.public = newPublisher(t)
	l.keys = filepath.Join(t.TempDir(), "keys")
	check(t, keyring.Create(l.keys))
	var err error
	l.ring, err = keyring.Open(l.keys)
	check(t, err)
	identity := flow.Identity{Party: authority, LogHost: "node.authority.example"}
	identity.Document = l.signer(tocsin.UseDocument)
	identity.Officer = l.signer(tocsin.UseOfficer)
	identity.Log = l.signer(tocsin.UseLog).Private
	l.store, err = sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "tocsin.db"),
		Create: true})
	check(t, err)
	t.Cleanup(l.close)
	rules, err := policy.New()
	check(t, err)
	deps := flow.Deps{Store: l.store, Sealer: l.ring, Identity: identity, Policy: decider{rules},
		Mark:     l.ring,
		Clock:    tocsin.ClockFunc(func() time.Time { return noon }),
		Settings: flow.Settings{Periods: tocsin.EUPeriods(), Language: "en"},
		Log:      slog.New(slog.NewTextHandler(l.log, nil))}
	for _, plug := range with {
		plug(&deps)
	}
	f := flow.New(deps)
	l.flow = f
	check(t, f.Init(t.Context()))
	check(t, f.Start(t.Context()))
	handler, err := api.New(api.Deps{Flow: f, Keys: l.ring, Version: "test",
		Log:           slog.New(slog.NewTextHandler(l.log, nil)),
		Pins:          api.Pins{Threshold: 1, Fingerprints: []string{string(tocsin.DigestOf(l.public.Public))}},
		EnrolmentLink: func(token string) string { return "https://node.authority.example/enrol#" + token }})
	check(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	l.handler = handler
	l.url = server.URL + api.Base
	l.token = l.newKey("everything", scopes(flow.Actions())...)
	return l
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func scopes(actions []flow.Action) []string {
	var names []string
	for _, a := range actions {
		names = append(names, string(a))
	}
	return names
}

func (l *lab) signer(use tocsin.KeyUse) wire.Signer {
	key, err := l.ring.Generate(use, noon.Add(-time.Hour))
	check(l.t, err)
	_, private, err := l.ring.Signer(use)
	check(l.t, err)
	return wire.Signer{Party: authority, Key: key.ID, Algorithm: key.Algorithm, Private: private}
}

func (l *lab) newKey(name string, scopes ...string) string {
	l.t.Helper()
	token, _, err := l.ring.NewServiceKey(name, scopes, noon)
	check(l.t, err)
	return token
}

func newPublisher(t *testing.T) (wire.Signer, api.PublisherKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	check(t, err)
	key, err := wire.NewKey(public)
	check(t, err)
	return wire.Signer{Key: "publisher-1", Algorithm: key.Algorithm, Private: private},
		api.PublisherKey{ID: "publisher-1", Public: key.Public}
}

// directory lists the lab's authority and a host in another State, with that State's supervisor.
func (l *lab) directory(serial int64) tocsin.Directory {
	party := func(id tocsin.PartyID, name string, country tocsin.Country, role tocsin.Role,
		act tocsin.Act) tocsin.Party {
		p := tocsin.Party{ID: id, Name: name, Country: country, Roles: []tocsin.Role{role}, Source: "test register",
			Checker: "test", CheckedAt: noon.Add(-time.Hour)}
		if act != "" {
			p.Competences = []tocsin.Competence{{Act: act, From: noon.Add(-24 * time.Hour)}}
		}
		return p
	}
	a := party(authority, "Test authority", "FR", tocsin.RoleIssuingAuthority, tocsin.ActRemovalOrder)
	a.Keys = l.ring.Public()
	h := party(host, "Garden board", "IE", tocsin.RoleHost, "")
	h.Contacts = []tocsin.ContactPoint{{Purpose: "orders", Name: "Duty desk"}}
	return tocsin.Directory{Serial: serial, IssuedAt: noon.Add(-time.Hour), Parties: []tocsin.Party{a, h,
		party("ie-supervisor", "Test supervisor", "IE", tocsin.RoleSupervisor, tocsin.ActScrutiny)}}
}

// file is a directory as publishers hand it out.
func (l *lab) file(d tocsin.Directory, by wire.Signer) api.DirectoryFile {
	l.t.Helper()
	s, err := wire.NewSignedDirectory(d)
	check(l.t, err)
	check(l.t, s.Sign(by, noon.Add(-time.Minute)))
	return api.DirectoryFile{Directory: *s, Publishers: []api.PublisherKey{l.public}}
}

func (l *lab) withDirectory() *lab {
	l.t.Helper()
	l.want(http.StatusOK, l.send("POST", "/directory", l.file(l.directory(1), l.publisher)))
	return l
}

// gardenOrder is what an officer fills in; the node completes it.
func gardenOrder(reference string) tocsin.Order {
	return tocsin.Order{
		Annex: tocsin.AnnexI{
			Heading: tocsin.OrderHeading{Addressee: host, Reference: reference},
			Content: tocsin.OrderContent{
				Addresses:  []tocsin.Address{{URL: "https://board.example/post/12"}},
				Categories: []tocsin.Category{tocsin.CategoryIncites},
			},
			Authority: tocsin.AuthorityDetails{Type: tocsin.AuthorityJudicial, FileNumber: "F-1"},
			Contacts:  tocsin.OrderContacts{Feedback: "Registry, office hours"},
			Redress:   tocsin.RedressInformation{Body: "Test court", Deadline: "Two months from receipt"},
		},
		Reasons: "The picture of the garden is only a test of this exchange.",
		Exemptions: tocsin.ExemptionAssessment{
			Considered: tocsin.Exemptions(), Rationale: "A garden picture made for tests.",
		},
	}
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) problem(t *testing.T) api.Problem {
	t.Helper()
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("status %d with content type %q: %s", r.status, got, r.body)
	}
	var p api.Problem
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.DisallowUnknownFields()
	check(t, d.Decode(&p))
	if p.Status != r.status || p.Type == "" || p.Title == "" || p.Detail == "" || p.Code == "" {
		t.Fatalf("incomplete problem %+v under status %d", p, r.status)
	}
	return p
}

func (r reply) read(t *testing.T, out any) {
	t.Helper()
	if err := json.Unmarshal(r.body, out); err != nil {
		t.Fatalf("read %s: %v", r.body, err)
	}
}

// send makes a request with the key that may do everything, and a body that is encoded.
func (l *lab) send(method, path string, body any, headers ...string) reply {
	l.t.Helper()
	var raw []byte
	if body != nil {
		var err error
		raw, err = json.Marshal(body)
		check(l.t, err)
	}
	return l.sendRaw(method, path, raw, append([]string{"Authorization", "Bearer " + l.token}, headers...)...)
}

// sendRaw makes a request of exact bytes; headers are pairs of name and value, an empty value leaves one out.
func (l *lab) sendRaw(method, path string, body []byte, headers ...string) reply {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, l.url+path, bytes.NewReader(body))
	check(l.t, err)
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	check(l.t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	check(l.t, err)
	return reply{resp.StatusCode, resp.Header, got}
}

func (l *lab) want(status int, r reply) reply {
	l.t.Helper()
	if r.status != status {
		l.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

func (l *lab) draft(reference string) api.Drafted {
	l.t.Helper()
	var d api.Drafted
	l.want(http.StatusCreated, l.send("POST", "/orders", gardenOrder(reference))).read(l.t, &d)
	return d
}

// head is the end of the journal, by which a change shows.
func (l *lab) head() flow.Head {
	l.t.Helper()
	var head flow.Head
	check(l.t, l.store.View(context.WithoutCancel(l.t.Context()), func(tx flow.Tx) (err error) {
		head, err = tx.Head()
		return err
	}))
	return head
}

// decider asks the written policy, as a node does.
type decider struct{ rules *policy.Policy }

// Rules are those of this release.
func (decider) Rules() []byte { return policy.Rules() }

// Decide asks them.
func (d decider) Decide(actor flow.Actor, action flow.Action, on tocsin.Aggregate) error {
	who := policy.ServiceOf(actor.ID, actor.Scopes)
	if !actor.IsService() {
		who = policy.PersonOf(actor.ID, actor.Duties, actor.Passkey)
	}
	return d.rules.Decide(who, string(action), policy.ResourceOf(on))
}

// nested is n objects inside each other.
func nested(n int) []byte {
	return []byte(strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n))
}
