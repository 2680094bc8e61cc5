// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package peer_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/demo"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
	"tocsin/internal/outbound"
	"tocsin/internal/peer"
	"tocsin/internal/peer/hopsig"
	"tocsin/wire"
)

// world starts real nodes once for a test; nothing here stands in for one of ours.
func world(t *testing.T) *demo.World {
	t.Helper()
	w, err := demo.NewWorld(t.Context(), demo.WorldOptions{Dir: t.TempDir(), Posts: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// near reaches names under localhost, and can change a request or an answer on the way.
type near struct {
	request func(*http.Request)
	answer  func(*http.Response)
}

func (n near) Do(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if n.request != nil {
		n.request(r)
	}
	_, port, err := net.SplitHostPort(r.URL.Host)
	if err != nil {
		return nil, err
	}
	r.Host, r.URL.Host = r.URL.Host, net.JoinHostPort("127.0.0.1", port)
	resp, err := http.DefaultClient.Do(r)
	if err == nil && n.answer != nil {
		n.answer(resp)
	}
	return resp, err
}

func hopSigner(t *testing.T, w *demo.World, m *demo.Member) (*hopsig.Signer, *keyring.Ring) {
	t.Helper()
	keys, err := keyring.Open(m.Config.KeyDir)
	if err != nil {
		t.Fatal(err)
	}
	key, private, err := keys.Signer(tocsin.UseHop)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := hopsig.NewSigner(string(key.ID), private, w.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return signer, keys
}

func head(t *testing.T, n *node.Node) flow.Head {
	t.Helper()
	var h flow.Head
	err := n.Flow.Store.View(t.Context(), func(tx flow.Tx) (err error) {
		h, err = tx.Head()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestBadDeliveryGetsATypedErrorAndChangesNothing sends every kind of bad input to a real inbox.
func TestBadDeliveryGetsATypedErrorAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := world(t)
	signer, _ := hopSigner(t, w, w.Authority)
	good := []byte(`{"document":"a.b.c"}`)
	deep := []byte(`{"document":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`)
	cases := []struct {
		name   string
		method string
		body   []byte
		edit   func(*http.Request) // before signing
		spoil  func(*http.Request) // after signing
		status int
		code   string
	}{
		{name: "get", method: http.MethodGet, body: nil, status: 405, code: "method_not_allowed"},
		{name: "unsigned", body: good, spoil: func(r *http.Request) { r.Header.Del("Signature") }, status: 401, code: "unsigned"},
		{name: "other body", body: good, spoil: func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader([]byte(`{"document":"a.b.d"}`))) }, status: 401, code: "digest_mismatch"},
		{name: "other digest", body: good, spoil: func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=:AAAA:") }, status: 401},
		{name: "other signature", body: good, spoil: func(r *http.Request) { r.Header.Set("Signature", "sig1=:"+strings.Repeat("A", 86)+"==:") }, status: 401, code: "bad_signature"},
		{name: "oversize", body: bytes.Repeat([]byte("a"), wire.MaxBundle+1), status: 413, code: "too_large"},
		{name: "media type", body: good, edit: func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, status: 415, code: "media_type"},
		{name: "version", body: good, edit: func(r *http.Request) { r.Header.Set("Tocsin-Protocol", "2, 99") }, status: 400, code: "unsupported_version"},
		{name: "no version", body: good, edit: func(r *http.Request) { r.Header.Set("Tocsin-Protocol", "x") }, status: 400, code: "unsupported_version"},
		{name: "empty", body: nil, status: 400, code: "malformed"},
		{name: "not JSON", body: []byte("hello"), status: 400, code: "malformed"},
		{name: "array", body: []byte("[]"), status: 400, code: "malformed"},
		{name: "wrong type", body: []byte(`{"document":7}`), status: 400, code: "malformed"},
		{name: "unknown member", body: []byte(`{"document":"a.b.c","more":1}`), status: 400, code: "malformed"},
		{name: "twice", body: []byte(`{"document":"a.b.c","document":"a.b.c"}`), status: 400, code: "malformed"},
		{name: "trailing", body: append(append([]byte{}, good...), '{'), status: 400, code: "malformed"},
		{name: "not UTF-8", body: []byte("{\"document\":\"\xff\"}"), status: 400, code: "malformed"},
		{name: "deep", body: deep, status: 400, code: "malformed"},
	}
	before := head(t, w.Host.Node)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			method := c.method
			if method == "" {
				method = http.MethodPost
			}
			r, err := http.NewRequestWithContext(t.Context(), method, w.Host.Config.PublicURL+peer.PathInbox, bytes.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/vnd.tocsin.bundle+json")
			if c.edit != nil {
				c.edit(r)
			}
			if _, err := signer.SignRequest(r, c.body); err != nil {
				t.Fatal(err)
			}
			if c.spoil != nil {
				c.spoil(r)
			}
			resp, err := near{}.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var p struct{ Type, Title, Code string }
			if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || c.code != "" && p.Code != c.code {
				t.Errorf("got %d %q, want %d %q", resp.StatusCode, p.Code, c.status, c.code)
			}
			if resp.Header.Get("Content-Type") != "application/problem+json" || resp.Header.Get("Signature") == "" {
				t.Error("the problem is not a signed application/problem+json")
			}
		})
	}
	if after := head(t, w.Host.Node); after != before {
		t.Errorf("the journal went from %d to %d", before.Seq, after.Seq)
	}
}

func TestStrangerIsNotLetIn(t *testing.T) {
	t.Parallel()
	w := world(t)
	dir := t.TempDir() + "/keys"
	if err := keyring.Create(dir); err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.Generate(tocsin.UseHop, w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := keys.Signer(tocsin.UseHop)
	if err != nil {
		t.Fatal(err)
	}
	client, err := peer.NewClient(near{}, key.ID, private, w.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	before := head(t, w.Host.Node)
	_, err = client.Send(t.Context(), w.Host.Entry, []byte(`{"document":"a.b.c"}`))
	if tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("a key outside the directory: %v", err)
	}
	if after := head(t, w.Host.Node); after != before {
		t.Error("a stranger changed the journal")
	}
}

// TestAnswerThatThePeerDidNotSignIsNotBelieved spoils each part of a real answer on the way back.
func TestAnswerThatThePeerDidNotSignIsNotBelieved(t *testing.T) {
	t.Parallel()
	w := world(t)
	_, keys := hopSigner(t, w, w.Authority)
	key, private, err := keys.Signer(tocsin.UseHop)
	if err != nil {
		t.Fatal(err)
	}
	bundle := []byte(`{"document":"a.b.c"}`) // a document nobody can read: the host refuses it, signed
	send := func(spoil func(*http.Response)) error {
		client, err := peer.NewClient(near{answer: spoil}, key.ID, private, w.Clock.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Send(t.Context(), w.Host.Entry, bundle)
		return err
	}
	if err := send(nil); err != nil {
		t.Fatalf("honest answer: %v", err)
	}
	for name, spoil := range map[string]func(*http.Response){
		"body": func(r *http.Response) { r.Body = io.NopCloser(strings.NewReader("a.b.c")) },
		"no signature": func(r *http.Response) {
			r.Header.Del("Signature")
		},
		"other signature": func(r *http.Response) { r.Header.Set("Signature", "sig1=:"+strings.Repeat("A", 86)+"==:") },
		"no digest":       func(r *http.Response) { r.Header.Del("Content-Digest") },
	} {
		if err := send(spoil); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnreachableNodeIsBusyAndThePathStaysOutOfTheError(t *testing.T) {
	t.Parallel()
	w := world(t)
	_, keys := hopSigner(t, w, w.Authority)
	key, private, err := keys.Signer(tocsin.UseHop)
	if err != nil {
		t.Fatal(err)
	}
	out, err := outbound.New(outbound.Config{Declared: []string{"http://gone.localhost:1"}})
	if err != nil {
		t.Fatal(err)
	}
	client, err := peer.NewClient(out.Declared(), key.ID, private, w.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	gone := w.Host.Entry
	gone.Endpoint = "http://gone.localhost:1/canary-secret"
	_, err = client.Send(t.Context(), gone, []byte(`{"document":"a.b.c"}`))
	if tocsin.CodeOf(err) != tocsin.CodeBusy {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "canary-secret") {
		t.Error("the error tells the path")
	}
}

func TestWellKnownDocumentNamesThePartyAndItsKeys(t *testing.T) {
	t.Parallel()
	w := world(t)
	u, err := url.Parse(w.Host.Config.PublicURL + peer.PathWellKnown)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := near{}.Do((&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}).WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var doc peer.WellKnown
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if doc.Party != demo.Host || len(doc.Keys) != 4 || len(doc.Versions) == 0 {
		t.Errorf("got %+v", doc)
	}
}
