// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"tocsin"
	decoder "tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/examples/board"
	"tocsin/internal/console"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/locale"
	"tocsin/internal/policy"
	"tocsin/internal/softkey"
	"tocsin/internal/store/sqlite"
	"tocsin/internal/webhook"
	"tocsin/wire"
)

const (
	authority  = tocsin.PartyID("fr-authority")
	host       = tocsin.PartyID("ie-host")
	supervisor = tocsin.PartyID("ie-supervisor")
)

// world is three parties in one process: each with its own SQLite, key folder, policy and console behind a
// real listener. Documents pass between them without HTTP, which is tested elsewhere; the host's platform
// is the real board.
type world struct {
	t        *testing.T
	clock    *clock
	log      *journal
	settings flow.Settings
	nodes    map[tocsin.PartyID]*node
	board    *httptest.Server
	files    atomic.Int32 // that an item of the board shows; 1 when 0

	blocked atomic.Int64                         // reports of browsers that the policy of a page stopped something
	twisted atomic.Pointer[func(map[string]any)] // changes what the platform answers to a question

	directory tocsin.Directory
	publisher wire.Signer
	pins      wire.Publishers
}

type node struct {
	sessions scs.CtxStore
	flow     *flow.Flow
	url      string // of its console
	media    string // origin of stills; empty where it shows none
	ring     *keyring.Ring
}

// clock is the real one, moved ahead.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return tocsin.SystemClock.Now().Add(c.ahead)
}

func (c *clock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// journal collects log lines.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newWorld opens the three parties. The authority informed the host thirteen hours ago, so that orders
// leave at once. Without ids all three open; a test of one office opens that one, and the directory still
// lists the others.
func newWorld(t *testing.T, demonstration bool, open ...tocsin.PartyID) *world {
	t.Helper()
	return newWorldOf(t, flow.Settings{Demonstration: demonstration}, open...)
}

// newWorldOf opens nodes with settings of their operators' choice.
func newWorldOf(t *testing.T, settings flow.Settings, open ...tocsin.PartyID) *world {
	t.Helper()
	if settings.Language = "en"; settings.Periods.Execution == 0 {
		settings.Periods = tocsin.EUPeriods()
	}
	settings.Passwords = true
	w := &world{
		t:        t,
		settings: settings,
		clock:    &clock{ahead: -13 * time.Hour},
		log:      &journal{},
		nodes:    map[tocsin.PartyID]*node{},
	}
	all := len(open) == 0
	if all {
		open = []tocsin.PartyID{authority, host, supervisor}
	}
	secret := w.openBoard(all || matching(settings))
	for _, id := range open {
		w.open(id, secret)
	}
	w.importDirectory()
	w.run()
	if all {
		_, err := w.nodes[authority].flow.InformHost(t.Context(), operator, host)
		check(t, err)
	}
	w.clock.jump(13 * time.Hour)
	return w
}

func (w *world) logger() *slog.Logger { return slog.New(slog.NewTextHandler(w.log, nil)) }

var operator = flow.Actor{ID: "operator", Operator: true}

// seededBoard is the folder of a board with its first posts, which every board is copied from: to draw their pictures
// takes longer than most tests do.
var seededBoard = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tocsin-board-")
	if err != nil {
		return "", err
	}
	removeAtEnd = append(removeAtEnd, dir)
	clock := clock{ahead: -13 * time.Hour}
	b, err := board.Open(context.Background(), board.Config{Dir: dir, PublicURL: "http://localhost", Seed: 6,
		Clock: clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", err
	}
	return dir, b.Close()
})

// emptyDatabase is what every node's is copied from: to bring each up to its schema takes longer than what most tests do
// with it.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tocsin-database-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "tocsin.db")
	db, err := sqlite.Open(context.Background(), sqlite.Options{Path: path, Create: true})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// removeAtEnd are folders that outlive their tests.
var removeAtEnd []string

// openBoard starts the platform of the host, or only finds it an address.
func (w *world) openBoard(really bool) webhook.Secret {
	w.t.Helper()
	secret := webhook.NewSecret()
	server := httptest.NewUnstartedServer(nil)
	w.board = server
	if !really {
		server.Start()
		w.t.Cleanup(server.Close)
		return secret
	}
	public := "http://" + server.Listener.Addr().String()
	seeded, err := seededBoard()
	check(w.t, err)
	dir := w.t.TempDir()
	check(w.t, os.CopyFS(dir, os.DirFS(seeded)))
	b, err := board.Open(
		w.t.Context(),
		board.Config{Dir: dir, PublicURL: public, WebhookSecret: secret.Reveal(), Seed: 6,
			Clock: w.clock.Now, Log: w.logger()},
	)
	check(w.t, err)
	server.Config.Handler = w.twisting(b.Handler())
	server.Start()
	w.t.Cleanup(func() {
		server.Close()
		check(w.t, b.Close())
	})
	return secret
}

// hostNames are those of the consoles, below localhost.
var hostNames = map[tocsin.PartyID]string{authority: "fr", host: "ie", supervisor: "sup"}

// open makes a node. Its name is a host name below localhost, which browsers take for a secure context.
func (w *world) open(id tocsin.PartyID, secret webhook.Secret) {
	t := w.t
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	check(t, err)
	n := &node{url: "http://" + hostNames[id] + ".localhost:" + port}
	w.nodes[id] = n

	keys := filepath.Join(t.TempDir(), "keys")
	check(t, keyring.Create(keys))
	n.ring, err = keyring.Open(keys)
	check(t, err)
	empty, err := emptyDatabase()
	check(t, err)
	path := filepath.Join(t.TempDir(), "tocsin.db")
	check(t, os.WriteFile(path, empty, 0o600))
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	check(t, err)
	t.Cleanup(func() { check(t, store.Close()) })
	rules, err := policy.New()
	check(t, err)
	deps := flow.Deps{
		Store:    store,
		Sealer:   n.ring,
		Mark:     n.ring,
		Machines: machines{n.ring},
		Clock:    w.clock,
		Peers:    post{w},
		Policy:   decider{rules},
		Identity: w.identity(n.ring, id),
		Log:      w.logger(),
		Settings: w.settings,
	}
	deps.Settings.ExchangesEntries = true
	deps.Catalogues, err = locale.New()
	check(t, err)
	deps.Settings.Source = n.url
	n.sessions = store.Sessions(w.clock)
	if id == host {
		deps.Platform = w.platform(secret, n.url)
		if matching(w.settings) {
			deps.Matcher, deps.Blobs = w.matcher()
			deps.Reader = decoder.New(lexicon.Demonstration(), fold.New(), w.clock.Now())
			deps.Viewer, deps.Sessions = w.viewer(), store.Sessions(w.clock)
		}
	}
	n.flow = flow.New(deps)
	check(t, n.flow.Init(t.Context()))
	check(t, n.flow.Start(t.Context()))

	if deps.Viewer != nil {
		n.media = w.gallery(n.flow, hostNames[id])
	}
	public, err := url.Parse(n.url)
	check(t, err)
	handler, err := console.New(
		console.Deps{Flow: n.flow, Sessions: n.sessions, Clock: w.clock, PublicURL: public,
			Locale: deps.Catalogues, Log: w.logger(), Demonstration: w.settings.Demonstration,
			Blocked: func() { w.blocked.Add(1) }, Media: n.media, Provider: w.provider(n.url)},
	)
	check(t, err)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve console: %v", err)
		}
	}()
	t.Cleanup(func() { _ = server.Close() })
}

func (w *world) identity(ring *keyring.Ring, id tocsin.PartyID) flow.Identity {
	w.t.Helper()
	signer := func(use tocsin.KeyUse) wire.Signer {
		key, err := ring.Generate(use, w.clock.Now().Add(-time.Hour))
		check(w.t, err)
		_, private, err := ring.Signer(use)
		check(w.t, err)
		return wire.Signer{Party: id, Key: key.ID, Algorithm: key.Algorithm, Private: private}
	}
	return flow.Identity{Party: id, Document: signer(tocsin.UseDocument), Officer: signer(tocsin.UseOfficer),
		Log: signer(tocsin.UseLog).Private, LogHost: string(id) + ".example"}
}

// importDirectory gives every node the same edition, signed by one publisher.
func (w *world) importDirectory() {
	t := w.t
	t.Helper()
	now := w.clock.Now()
	entry := func(id tocsin.PartyID, name string, country tocsin.Country, role tocsin.Role, act tocsin.Act) tocsin.Party {
		p := tocsin.Party{ID: id, Name: name, Country: country, Roles: []tocsin.Role{role},
			Contacts:  []tocsin.ContactPoint{{Purpose: "orders", Name: "Duty desk", Telephone: "+000 1"}},
			LogOrigin: string(id) + ".example",
			Source:    "test register", Checker: "test", CheckedAt: now.Add(-time.Hour)}
		if n, open := w.nodes[id]; open {
			p.Keys, p.RelyingParty, p.Origins, p.Endpoint = n.ring.Public(), hostNames[id]+".localhost", []string{
				n.url,
			}, n.url
		}
		if act != "" {
			p.Competences = []tocsin.Competence{{Act: act, From: now.Add(-24 * time.Hour)}}
		}
		return p
	}
	public, private, err := ed25519.GenerateKey(nil)
	check(t, err)
	key, err := wire.NewKey(public)
	check(t, err)
	key.ID, key.Uses, key.From = "publisher-1", []tocsin.KeyUse{wire.UseDirectory}, now.Add(-24*time.Hour)
	w.publisher = wire.Signer{Key: key.ID, Algorithm: key.Algorithm, Private: private}
	w.pins = wire.Publishers{Threshold: 1, Keys: []tocsin.Key{key}}
	w.publish(tocsin.Directory{Serial: 1, IssuedAt: now.Add(-time.Hour), Parties: []tocsin.Party{
		entry(authority, "Test authority", "FR", tocsin.RoleIssuingAuthority, tocsin.ActRemovalOrder),
		entry(host, "Garden board", "IE", tocsin.RoleHost, ""),
		entry(supervisor, "Test supervisor", "IE", tocsin.RoleSupervisor, tocsin.ActScrutiny),
	}})
}

// publish signs an edition of the directory and imports it everywhere.
func (w *world) publish(d tocsin.Directory) {
	t := w.t
	t.Helper()
	w.directory = d
	signed, err := wire.NewSignedDirectory(d)
	check(t, err)
	check(t, signed.Sign(w.publisher, w.clock.Now().Add(-time.Minute)))
	file, err := signed.Encode()
	check(t, err)
	for _, n := range w.nodes {
		_, err := n.flow.ImportDirectory(t.Context(), operator, file, w.pins)
		check(t, err)
	}
}

// run lets every node do its work until the test ends, and waits for it.
func (w *world) run() {
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	for _, n := range w.nodes {
		for _, loop := range []func(context.Context) error{n.flow.Work, n.flow.Clockwork, n.flow.Follow} {
			working.Go(func() { _ = loop(ctx) })
		}
	}
	w.t.Cleanup(func() {
		cancel()
		working.Wait()
	})
}

// invite opens a person and gives the enrolment link, as an administrator would get it. What needs a second person
// has one.
func (w *world) invite(at tocsin.PartyID, name string, duties ...tocsin.Duty) string {
	w.t.Helper()
	n := w.nodes[at]
	invitation, err := n.flow.InvitePerson(w.t.Context(), operator, name, duties)
	check(w.t, err)
	who, err := n.flow.Invited(w.t.Context(), invitation.Token)
	check(w.t, err)
	if who.Proposed != nil {
		w.second(at).confirm(who.ID)
	}
	return n.url + "/enrol?" + url.Values{"token": {invitation.Token}}.Encode()
}

// confirmer is an administrator who is there to confirm what others propose.
type confirmer struct {
	w    *world
	node *node
	flow.Actor
	key *softkey.Credential
}

func (w *world) second(at tocsin.PartyID) confirmer {
	w.t.Helper()
	n := w.nodes[at]
	invitation, err := n.flow.InvitePerson(w.t.Context(), operator, "Second administrator",
		[]tocsin.Duty{tocsin.DutyAdministrator})
	check(w.t, err)
	key, err := softkey.New(rand.Reader, softkey.ES256, hostNames[at]+".localhost", []byte(invitation.Person))
	check(w.t, err)
	_, err = n.flow.Enrol(w.t.Context(), invitation.Token, "", flow.Credential{ID: key.ID, PublicKey: key.PublicKey()})
	check(w.t, err)
	who, err := n.flow.ByID(w.t.Context(), invitation.Person)
	check(w.t, err)
	return confirmer{w, n, who.Actor(), key}
}

func (c confirmer) confirm(id tocsin.RecordID) {
	t := c.w.t
	t.Helper()
	asked, err := c.node.flow.BeginConfirmingDuties(t.Context(), c.Actor, id)
	check(t, err)
	a, err := c.key.Assert(softkey.Ceremony{Challenge: asked.Challenge, Origin: c.node.url})
	check(t, err)
	check(t, c.node.flow.ConfirmDuties(t.Context(), c.Actor, asked, wire.Assertion{CredentialID: a.CredentialID,
		AuthenticatorData: a.AuthenticatorData, ClientDataJSON: a.ClientDataJSON, Signature: a.Signature}))
}

// eventually waits for something that happens in the background.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 400 {
		if ok() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("never happened: %s", what)
}

// post carries bundles between the nodes of a world.
type post struct{ w *world }

func (p post) Send(ctx context.Context, to tocsin.Party, bundle []byte) ([]byte, error) {
	b, err := wire.ParseBundle(bundle)
	if err != nil {
		return nil, err
	}
	sender, err := issuerOf(b.Document)
	if err != nil {
		return nil, err
	}
	return p.w.nodes[to.ID].flow.Receive(ctx, sender, p.w.clock.Now(), b)
}

// issuerOf reads who signed a document; here the hop that would prove it is left out.
func issuerOf(document string) (tocsin.PartyID, error) {
	parts := strings.Split(document, ".")
	if len(parts) != 3 {
		return "", errors.New("not a signed document")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var envelope struct {
		Issuer tocsin.PartyID `json:"issuer"`
	}
	err = json.Unmarshal(payload, &envelope)
	return envelope.Issuer, err
}

// decider asks the written policy, as a node does.
type decider struct{ rules *policy.Policy }

// Rules are those of this release.
func (decider) Rules() []byte { return policy.Rules() }

// Decide asks them.
func (d decider) Decide(actor flow.Actor, action flow.Action, on tocsin.Aggregate) error {
	who := policy.PersonOf(actor.ID, actor.Duties, actor.Passkey)
	switch {
	case actor.Operator:
		who = policy.OperatorOf(actor.ID)
	case actor.IsService():
		who = policy.ServiceOf(actor.ID, actor.Scopes)
	}
	return d.rules.Decide(who, string(action), policy.ResourceOf(on))
}
