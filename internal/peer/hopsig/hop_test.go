// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"tocsin/internal/peer/hopsig"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func clock(at time.Time) func() time.Time { return func() time.Time { return at } }

// keyOf makes a key from a name, so that failures repeat exactly.
func keyOf(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func mustSigner(t testing.TB, keyID string, at time.Time) *hopsig.Signer {
	t.Helper()
	s, err := hopsig.NewSigner(keyID, keyOf(keyID), clock(at))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nonces is a store in memory; a node keeps its own in the database.
type nonces struct {
	mu   sync.Mutex
	used map[string]time.Time
	err  error
}

func (n *nonces) Use(_ context.Context, keyID, nonce string, until time.Time) (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err != nil {
		return false, n.err
	}
	if _, used := n.used[keyID+" "+nonce]; used {
		return false, nil
	}
	if n.used == nil {
		n.used = map[string]time.Time{}
	}
	n.used[keyID+" "+nonce] = until
	return true, nil
}

// keysOf knows exactly these key ids; "revoked" is one that was revoked.
func keysOf(ids ...string) func(string) (ed25519.PublicKey, error) {
	return func(id string) (ed25519.PublicKey, error) {
		for _, known := range ids {
			if id == known {
				return keyOf(id).Public().(ed25519.PublicKey), nil
			}
		}
		if id == "revoked" {
			return nil, hopsig.ErrRevokedKey
		}
		return nil, hopsig.ErrUnknownKey
	}
}

func mustExternal(t testing.TB, base string) hopsig.External {
	t.Helper()
	e, err := hopsig.NewExternal(base)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const nodeBase = "https://node.example"

func verifierAt(t testing.TB, at time.Time) *hopsig.Verifier {
	return &hopsig.Verifier{
		Keys: keysOf("hop-1"), Now: clock(at), Nonces: &nonces{}, External: mustExternal(t, nodeBase),
	}
}

// hop is a signed request as it arrives: what a proxy or an attacker could change is a field.
type hop struct {
	method, requestURI string
	header             http.Header
	body               []byte
}

func (h hop) request() *http.Request {
	return &http.Request{Method: h.method, RequestURI: h.requestURI, Header: h.header, URL: &url.URL{}}
}

func (h hop) clone() hop {
	h.header = h.header.Clone()
	h.body = append([]byte(nil), h.body...)
	return h
}

// signed makes a request from hop-1 to the node, and what its answer must be bound to.
func signed(t testing.TB, at time.Time) (hop, hopsig.Sent) {
	t.Helper()
	body := []byte(`{"document":"kettle"}`)
	const line = "/peer/v1/inbox%2Fa?b=c"
	req, err := http.NewRequest(http.MethodPost, nodeBase+line, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sent, err := mustSigner(t, "hop-1", at).SignRequest(req, body)
	if err != nil {
		t.Fatal(err)
	}
	return hop{method: "POST", requestURI: line, header: req.Header, body: body}, sent
}

// answer is a signed response as it arrives.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) response() *http.Response {
	return &http.Response{StatusCode: a.status, Header: a.header}
}

func (a answer) clone() answer {
	a.header = a.header.Clone()
	a.body = append([]byte(nil), a.body...)
	return a
}

func answered(t testing.TB, at time.Time, to hop) answer {
	t.Helper()
	a := answer{status: 200, header: http.Header{}, body: []byte("receipt")}
	if err := mustSigner(t, "hop-2", at).SignResponse(a.header, a.status, a.body, to.request()); err != nil {
		t.Fatal(err)
	}
	return a
}

func peerVerifierAt(at time.Time) *hopsig.Verifier {
	return &hopsig.Verifier{Keys: keysOf("hop-2"), Now: clock(at)}
}
