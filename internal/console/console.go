// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package console serves the pages by which people use a node: they enrol and sign in with passkeys, draft,
// sign and withdraw orders at an authority, answer them at a host, and read copies at a supervisor.
//
// It must never approve anything by itself, hold a credential, reach a store past package flow, or show
// what flow did not give to this very person. A page works without script, but for passkeys, which browsers
// give to scripts only; it carries no script or style of its own, no address of content that can be
// followed, and no sentence outside the catalogues of package locale.
//
// Start reading at routes.go, then session.go and order_show.go. The templates are in package page.
package console

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/alexedwards/scs/v2"
	"github.com/go-webauthn/webauthn/webauthn"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Deps is what a console needs.
type Deps struct {
	Flow          *flow.Flow
	Sessions      scs.Store // an [scs.CtxStore] is used as one
	Clock         tocsin.Clock
	PublicURL     *url.URL // scheme, host and port as people reach them; its host is the relying party
	Locale        *locale.Catalogues
	Log           *slog.Logger
	Demonstration bool // say on every page that nothing here is real
	// Blocked counts what browsers report that the policy of a page stopped; nil: nobody counts.
	Blocked func()
	// Proxies may say for whom they ask. Danger: whoever speaks from one of these addresses chooses under which
	// address its attempts are counted.
	Proxies []netip.Prefix
	// Provider is where people may sign in instead; nil where none is configured.
	Provider Provider
	// Media is the origin on which a browser finds stills; empty where none are shown.
	Media string
}

// Console is one node's console.
type Console struct {
	Deps
	sessions *scs.SessionManager
	passkeys *webauthn.WebAuthn
	assets   assets
	doors    doors
	patterns []string // of every address
}

// New makes the handler of a console. It serves everything below /, so that a node mounts its machine
// interfaces beside it under longer prefixes.
func New(d Deps) (http.Handler, error) {
	if d.PublicURL == nil || d.PublicURL.Hostname() == "" ||
		(d.PublicURL.Scheme != "https" && d.PublicURL.Scheme != "http") {
		return nil, fmt.Errorf("open console: the public address needs a scheme and a host")
	}
	c := &Console{Deps: d, doors: newDoors(d.Clock)}
	var err error
	if c.passkeys, err = relyingParty(d.PublicURL); err != nil {
		return nil, err
	}
	if c.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	c.sessions = c.sessionManager()
	return c.routes(), nil
}

// secure reports whether people reach the console over TLS.
func (c *Console) secure() bool { return c.PublicURL.Scheme == "https" }
