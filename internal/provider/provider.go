// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package provider speaks OpenID Connect with the one provider that an operator configured: it sends a browser there,
// and verifies what comes back.
//
// It must never believe an issuer other than that one, keep a token once its subject is known, take a name or a mail
// address for who somebody is, or open a connection of its own. Who a subject is here, package flow decides.
//
// Start reading at Begin, then Finish.
package provider

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"tocsin"
)

// Config is what the operator and the provider agreed on.
type Config struct {
	Issuer string
	Client string // client_id
	Secret string
	Name   string   // what people call it; the issuer's host when empty
	ACR    []string // of which one is demanded; any when empty
	AMR    []string // all of which are demanded
	Back   string   // address to which the provider sends the browser back
	// Through puts the one outgoing client into a context, for the libraries that find it there.
	Through func(context.Context) context.Context
	Now     func() time.Time
}

// Provider is one provider. It is asked for its addresses when somebody first signs in, so that a node starts without it.
type Provider struct {
	Config
	mu    sync.Mutex
	known *discovered
}

// New makes a provider.
func New(c Config) *Provider { return &Provider{Config: c} }

// discovered is what the provider says of itself, for a time.
type discovered struct {
	*oidc.Provider
	oauth oauth2.Config
	at    time.Time
	said  struct {
		EndSession string   `json:"end_session_endpoint"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
		TellsIss   bool     `json:"authorization_response_iss_parameter_supported"`
	}
}

const (
	knownFor = time.Hour
	patience = 15 * time.Second // for one sign-in, all requests together
)

// algorithms that an ID token may be signed with: public keys only, so that a token signed with our own secret, or not
// at all, is nothing.
var algorithms = []string{oidc.RS256, oidc.PS256, oidc.ES256, oidc.EdDSA}

// Label is what people call the provider.
func (p *Provider) Label() string {
	if p.Name != "" {
		return p.Name
	}
	issuer, err := url.Parse(p.Issuer)
	if err != nil {
		return p.Issuer
	}
	return issuer.Hostname()
}

// ask finds the provider's addresses, again after an hour. While it does not answer, what it said before holds.
func (p *Provider) ask(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil && p.Now().Sub(p.known.at) < knownFor {
		return p.known, nil
	}
	found, err := oidc.NewProvider(p.Through(ctx), p.Issuer)
	if err == nil {
		fresh := &discovered{Provider: found, at: p.Now()}
		if err = found.Claims(&fresh.said); err == nil {
			fresh.oauth = p.oauth(found, fresh.said.Methods)
			p.known = fresh
		}
	}
	if p.known == nil {
		return nil, &tocsin.Error{Code: tocsin.CodeBusy, Reason: "provider_silent", RetryAfter: patience,
			Public: "The sign-in provider does not answer as it should. Try again in a moment.", Err: err}
	}
	return p.known, nil
}

func (p *Provider) oauth(found *oidc.Provider, methods []string) oauth2.Config {
	endpoint := found.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // the standard's default; trying both would spend the code
	if len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: endpoint, RedirectURL: p.Back,
		Scopes: []string{oidc.ScopeOpenID}}
}

// Attempt is what the answer to one sign-in is held against. It is kept on the server, and used once.
type Attempt struct {
	State    string
	Nonce    string
	Verifier string
	To       string // where the person wanted to go
	Token    string // of an invitation, when she enrols
}

// Begin gives the address to send a browser to, and what must come back.
func (p *Provider) Begin(ctx context.Context) (address string, a Attempt, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	known, err := p.ask(ctx)
	if err != nil {
		return "", a, err
	}
	a = Attempt{State: tocsin.NewToken("st"), Nonce: tocsin.NewToken("no"), Verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	return known.oauth.AuthCodeURL(a.State, options...), a, nil
}

// Leave is where a person ends her session at the provider too; empty where it has no such address.
func (p *Provider) Leave(ctx context.Context, back string) string {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	known, err := p.ask(ctx)
	if err != nil || known.said.EndSession == "" {
		return ""
	}
	address, err := url.Parse(known.said.EndSession)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" {
		return ""
	}
	query := address.Query()
	query.Set("client_id", p.Client)
	query.Set("post_logout_redirect_uri", back)
	address.RawQuery = query.Encode()
	return address.String()
}

// refused hides from whoever signs in what was wrong with the provider's answer; the log has it.
func refused(format string, args ...any) error {
	return &tocsin.Error{Code: tocsin.CodeUnauthenticated, Reason: "provider_refused",
		Public: "The sign-in at the provider did not succeed. Start again.", Err: fmt.Errorf(format, args...)}
}
