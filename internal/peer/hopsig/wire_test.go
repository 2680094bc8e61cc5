// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"tocsin/internal/peer/hopsig"
)

// forms are the spellings of an address that a signature must survive, whatever stands in between.
var forms = []struct{ method, base, target, body string }{
	{"POST", "https://node.example", "https://node.example/peer/v1/inbox", "kettle"},
	{"POST", "http://node.example:8080", "http://node.example:8080/peer/v1/inbox", "kettle"},
	{"GET", "https://node.example", "https://node.example/peer/v1/inbox", ""},
	{"GET", "https://node.example", "https://node.example", ""},
	{"GET", "https://node.example", "https://node.example/", ""},
	{"GET", "https://node.example", "https://node.example?x=1", ""},
	{"GET", "https://node.example", "https://node.example/?", ""},
	{"GET", "https://node.example", "https://node.example/a?", ""},
	{"GET", "https://node.example", "https://node.example/a?x=1&x=2&y=a%20b+c", ""},
	{"POST", "https://node.example", "https://node.example/a%2Fb/%C3%A9/%7E~?q=%2F", ""},
	{"GET", "https://node.example", "https://node.example/a;b=c/d@e:f", ""},
	{"DELETE", "https://node.example:8443/", "https://node.example:8443/a", "kettle"},
	{"GET", "https://node.example:443", "https://NODE.example:443/a", ""},
	{"GET", "https://node.example", "https://node.example/a?u=https://x.example/?y", ""},
	{"GET", "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/a", ""},
	{"PATCH", "https://example.org/tocsin/", "https://example.org/tocsin/peer/v1/inbox?x", "kettle"},
}

// TestEveryFormOfAddressSurvivesTheWire sends real requests through a stand-in for a proxy that ends
// TLS and strips the path of the node's base: the server sees plain HTTP and only the request line.
func TestEveryFormOfAddressSurvivesTheWire(t *testing.T) {
	t.Parallel()
	for _, form := range forms {
		t.Run(form.method+" "+form.target, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(inbox(t, form.base))
			t.Cleanup(server.Close)
			base, err := url.Parse(form.base)
			if err != nil {
				t.Fatal(err)
			}
			content := bytes.NewReader([]byte(form.body))
			req, err := http.NewRequestWithContext(t.Context(), form.method, form.target, content)
			if err != nil {
				t.Fatal(err)
			}
			sent, err := mustSigner(t, "hop-1", noon).SignRequest(req, []byte(form.body))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := proxyTo(server, base.EscapedPath()).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != http.StatusOK || string(body) != "receipt for hop-1" {
				t.Fatalf("%d %s", resp.StatusCode, body)
			}
			if _, err := peerVerifierAt(noon).VerifyResponse(resp, body, sent); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// inbox is how a face uses the package: read, verify, answer, sign the answer.
func inbox(t *testing.T, base string) http.HandlerFunc {
	v := verifierAt(t, noon)
	v.External = mustExternal(t, base)
	signer := mustSigner(t, "hop-2", noon)
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			return
		}
		status, answer := http.StatusOK, []byte("receipt for ")
		proof, err := v.VerifyRequest(r.Context(), r, body)
		if err != nil {
			status, answer = http.StatusUnauthorized, []byte(err.Error())
		}
		answer = append(answer, proof.KeyID...)
		if err := signer.SignResponse(w.Header(), status, answer, r); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		w.Write(answer)
	}
}

// proxyTo connects every request to the server, without TLS and without the stripped path.
func proxyTo(server *httptest.Server, strip string) http.RoundTripper {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
	transport := &http.Transport{DialContext: dial, DialTLSContext: dial, DisableKeepAlives: true}
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if len(strip) > 1 {
			r = r.Clone(r.Context())
			r.URL.Path = r.URL.Path[len(strip)-1:]
		}
		return transport.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRefusalIsSignedAndBoundToo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(inbox(t, nodeBase))
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, nodeBase+"/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := mustSigner(t, "hop-9", noon).SignRequest(req, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := proxyTo(server, "").RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusUnauthorized || string(body) != "hop signature: unknown_key" {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	if _, err := peerVerifierAt(noon).VerifyResponse(resp, body, sent); err != nil {
		t.Fatal(err)
	}
}

func TestTargetComesFromTheRequestLineAndConfiguration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, line, want string }{
		{"https://node.example", "/a%2Fb?x", "https://node.example/a%2Fb?x"},
		{"https://node.example/", "/", "https://node.example/"},
		{"https://node.example/tocsin/", "/a", "https://node.example/tocsin/a"},
		{"HTTPS://Node.Example:443", "/a?", "https://node.example/a?"},
		{"http://node.example:80", "/", "http://node.example/"},
		{"https://node.example", "http://evil.example/a?x=1", "https://node.example/a?x=1"},
		{"https://node.example", "http://evil.example", "https://node.example/"},
		{"https://node.example", "http://evil.example?x=1", "https://node.example/?x=1"},
		{"https://node.example", "//evil.example/a", "https://node.example//evil.example/a"},
		{"https://node.example", "/http://evil.example/a", "https://node.example/http://evil.example/a"},
		{"https://node.example", "*", ""},
		{"https://node.example", "node.example:443", ""},
		{"https://node.example", "", ""},
	} {
		got, err := mustExternal(t, c.base).Target(&http.Request{RequestURI: c.line, Host: "evil.example"})
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s + %s: got %q %v, want %q", c.base, c.line, got, err, c.want)
		}
	}
	for _, base := range []string{"", "node.example", "ftp://node.example", "https://", "https://u@node.example",
		"https://node.example?x", "https://node.example#x", "https://node.example?", ":"} {
		if _, err := hopsig.NewExternal(base); err == nil {
			t.Errorf("%q accepted as a base", base)
		}
	}
	if _, err := (hopsig.External{}).Target(&http.Request{RequestURI: "/"}); err == nil {
		t.Error("a verifier without an external address verifies")
	}
}
