// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package idp is a small OpenID Connect provider on loopback, with real signatures, that tests sign in at. It lets
// everybody in as whomever the test says, and can be made to lie in each way a provider, or somebody in between, could.
//
// It must never be imported by anything but tests.
//
// Start reading at New.
package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tocsin"
)

// What this node is registered as.
const (
	Client = "garden-node"
	Secret = "a secret of the test"
)

// Provider is a running provider.
type Provider struct {
	URL string
	// Now is the provider's clock.
	Now func() time.Time
	// Subject signs in at the next visit.
	Subject string
	// Claims changes what the next tokens say; may be nil.
	Claims func(claims map[string]any)
	// Token replaces the next tokens; may be nil.
	Token func(claims map[string]any) string
	// Silent keeps the issuer out of the answer of the browser (RFC 9207).
	Silent bool

	mu       sync.Mutex
	key      *ecdsa.PrivateKey
	serial   int
	grants   map[string]grant
	Requests int // for tokens
}

type grant struct {
	subject, nonce, challenge, redirect string
}

// New starts a provider that ends with the test.
func New(t testing.TB) *Provider {
	t.Helper()
	p := &Provider{Now: time.Now, Subject: "17", grants: map[string]grant{}}
	p.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorise)
	mux.HandleFunc("POST /token", p.token)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// Rotate signs with a new key from now on; the old one is served no more.
func (p *Provider) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // it cannot fail
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key = key
	p.serial++
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize",
		"token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "end_session_endpoint": p.URL + "/leave",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"ES256", "none", "HS256"},
		"authorization_response_iss_parameter_supported": true})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	write(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: p.kid(),
		Algorithm: "ES256", Use: "sig"}}})
}

func (p *Provider) kid() string { return fmt.Sprintf("key-%d", p.serial) }

// authorise lets the subject in at once and sends the browser back.
func (p *Provider) authorise(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != Client || q.Get("response_type") != "code" ||
		q.Get("code_challenge_method") != "S256" || q.Get("scope") != "openid" || q.Get("nonce") == "" {
		http.Error(w, "this request is none", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	code := tocsin.NewToken("code")
	p.grants[code] = grant{p.Subject, q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri")}
	p.mu.Unlock()
	answer := url.Values{"code": {code}, "state": {q.Get("state")}}
	if !p.Silent {
		answer.Set("iss", p.URL)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token gives each code's token once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	name, secret, _ := r.BasicAuth()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Requests++
	given, ok := p.grants[r.FormValue("code")]
	delete(p.grants, r.FormValue("code"))
	digest := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case name != Client || secret != url.QueryEscape(Secret):
		write(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	case !ok || given.redirect != r.FormValue("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(digest[:]) != given.challenge:
		write(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": p.URL, "sub": given.subject, "aud": Client, "nonce": given.nonce,
		"iat": p.Now().Unix(), "exp": p.Now().Add(5 * time.Minute).Unix()}
	if p.Claims != nil {
		p.Claims(claims)
	}
	token := ""
	if p.Token != nil {
		token = p.Token(claims)
	} else {
		token = sign(jose.ES256, jose.JSONWebKey{Key: p.key, KeyID: p.kid()}, claims)
	}
	write(w, http.StatusOK, map[string]any{"access_token": "of no use", "token_type": "Bearer", "id_token": token})
}

// SignedBy signs claims with a key that is not the provider's, under the provider's key id.
func (p *Provider) SignedBy(alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	return sign(alg, jose.JSONWebKey{Key: key, KeyID: p.kid()}, claims)
}

// Unsigned is a token with the algorithm "none".
func Unsigned(claims map[string]any) string {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err) // made of strings and numbers
	}
	return header + "." + base64.RawURLEncoding.EncodeToString(body) + "."
}

func sign(alg jose.SignatureAlgorithm, key jose.JSONWebKey, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
	if err != nil {
		panic(err) // a test's own key
	}
	body, err := json.Marshal(maps.Clone(claims))
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		panic(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
