// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tocsin/internal/peer/hopsig"
)

// peerCase is one message given to an independent implementation, request or (with a status) response.
type peerCase struct {
	Op         string            `json:"op"` // "sign" or "verify"
	Method     string            `json:"method,omitempty"`
	URL        string            `json:"url,omitempty"`
	Status     int               `json:"status,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	Body       []byte            `json:"body"`
	KeyID      string            `json:"keyId"`
	Nonce      string            `json:"nonce,omitempty"`
	PrivateKey string            `json:"privateKey,omitempty"`
	PublicKey  string            `json:"publicKey,omitempty"`
	Request    *peerCase         `json:"request,omitempty"` // what a response answers
}

type peerResult struct {
	OK      bool              `json:"ok"`
	Error   string            `json:"error"`
	Headers map[string]string `json:"headers"`
}

// interopForms are the address forms every peer must agree on, in the normal form peers know
// themselves by.
var interopForms = []struct{ method, base, target, body string }{
	{"POST", "https://node.example", "https://node.example/peer/v1/inbox", `{"document":"kettle"}`},
	{"POST", "http://node.example:8080", "http://node.example:8080/peer/v1/inbox", "kettle"},
	{"GET", "https://node.example", "https://node.example/peer/v1/inbox", ""},
	{"GET", "https://node.example", "https://node.example", ""},
	{"GET", "https://node.example", "https://node.example/", ""},
	{"GET", "https://node.example", "https://node.example?x=1", ""},
	{"GET", "https://node.example", "https://node.example/a?", ""},
	{"GET", "https://node.example", "https://node.example/a?x=1&x=2&y=a%20b+c", ""},
	{"POST", "https://node.example", "https://node.example/a%2Fb/%C3%A9/%7E~?q=%2F", "\x00\xff"},
	{"GET", "https://node.example", "https://node.example/a;b=c/d@e:f", ""},
	{"DELETE", "https://node.example:8443", "https://node.example:8443/a", ""},
	{"PUT", "https://example.org/tocsin", "https://example.org/tocsin/a", "kettle"},
}

// eachPeer runs a check once for every independent implementation.
func eachPeer(t *testing.T, check func(t *testing.T, ask func([]peerCase) []peerResult)) {
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: NO INDEPENDENT IMPLEMENTATION IS INSTALLED: run interop/run to let them check our signatures")
	}
	scripts := filepath.Join("..", "..", "..", "interop", "hopsig")
	for name, command := range map[string][]string{
		"node":   {"node", filepath.Join(scripts, "peer.mjs")},
		"python": {filepath.Join(installed, "venv", "bin", "python"), filepath.Join(scripts, "peer.py")},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, func(cases []peerCase) []peerResult { return askPeer(t, command, cases) })
		})
	}
}

func askPeer(t *testing.T, command []string, cases []peerCase) []peerResult {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &trouble
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("run peer: %v\n%s", err, trouble.String())
	}
	var answer struct {
		Peer    string
		Results []peerResult
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatalf("read peer: %v\n%s", err, output)
	}
	t.Logf("peer: %s", answer.Peer)
	if len(answer.Results) != len(cases) {
		t.Fatalf("%d results for %d cases", len(answer.Results), len(cases))
	}
	return answer.Results
}

func pemOf(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func publicPEM(t *testing.T, keyID string) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(keyOf(keyID).Public())
	return pemOf(t, "PUBLIC KEY", der, err)
}

func privatePEM(t *testing.T, keyID string) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(keyOf(keyID))
	return pemOf(t, "PRIVATE KEY", der, err)
}

func flat(h http.Header) map[string]string {
	out := make(map[string]string, len(h))
	for name := range h {
		out[name] = h.Get(name)
	}
	return out
}

// ourRequest is a request signed by us as a peer receives it, with the answer we would sign to it.
func ourRequest(t *testing.T, method, target string, body []byte) (request, response peerCase) {
	t.Helper()
	req, err := http.NewRequest(method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mustSigner(t, "hop-1", time.Now()).SignRequest(req, body); err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	if err := mustSigner(t, "hop-1", time.Now()).SignResponse(header, 201, body, req); err != nil {
		t.Fatal(err)
	}
	request = peerCase{
		Op: "verify", Method: method, URL: target, Headers: flat(req.Header), Body: body,
		KeyID: "hop-1", PublicKey: publicPEM(t, "hop-1"),
	}
	response = peerCase{
		Op: "verify", Status: 201, Headers: flat(header), Body: body,
		KeyID: "hop-1", PublicKey: publicPEM(t, "hop-1"), Request: &request,
	}
	return request, response
}

// spoil gives messages a peer must refuse, made from two it must accept.
func spoil(request, response peerCase) []peerCase {
	var all []peerCase
	add := func(c peerCase, change func(*peerCase)) {
		change(&c)
		all = append(all, c)
	}
	add(request, func(c *peerCase) { c.Method = "PATCH" })
	add(request, func(c *peerCase) { c.URL += "x" })
	add(request, func(c *peerCase) { c.Body = append([]byte("x"), c.Body...) })
	add(request, func(c *peerCase) { c.KeyID = "hop-9" })
	add(response, func(c *peerCase) { c.Status = 200 })
	add(response, func(c *peerCase) { c.Body = append([]byte("x"), c.Body...) })
	return all
}

func TestInteropPeersVerifyOurSignatures(t *testing.T) {
	eachPeer(t, func(t *testing.T, ask func([]peerCase) []peerResult) {
		var cases []peerCase
		for _, f := range interopForms {
			request, response := ourRequest(t, f.method, f.target, []byte(f.body))
			cases = append(cases, request, response)
		}
		good := len(cases)
		for i := 0; i < good; i += 2 {
			cases = append(cases, spoil(cases[i], cases[i+1])...)
		}
		for i, r := range ask(cases) {
			if want := i < good; r.OK != want {
				t.Errorf("%s %s %d: accepted %v, want %v (%s)",
					cases[i].Method, cases[i].URL, cases[i].Status, r.OK, want, r.Error)
			}
		}
		t.Logf("%d accepted, %d refused", good, len(cases)-good)
	})
}

func TestInteropWeVerifyPeersSignatures(t *testing.T) {
	eachPeer(t, func(t *testing.T, ask func([]peerCase) []peerResult) {
		var requests, responses []peerCase
		for _, f := range interopForms {
			requests = append(requests, peerCase{
				Op: "sign", Method: f.method, URL: f.target, Body: []byte(f.body), Nonce: "0123456789abcdef",
				KeyID: "hop-1", PrivateKey: privatePEM(t, "hop-1"),
			})
		}
		var sent []hopsig.Sent
		for i, r := range ask(requests) {
			if !r.OK {
				t.Fatalf("peer cannot sign: %s", r.Error)
			}
			checkTheirRequest(t, interopForms[i].base, requests[i], headerOf(r.Headers))
			request, binding := ourQuestion(t, requests[i])
			sent = append(sent, binding)
			responses = append(responses, peerCase{
				Op: "sign", Status: 201, Body: []byte("receipt"), KeyID: "hop-2",
				PrivateKey: privatePEM(t, "hop-2"), Request: &request,
			})
		}
		for i, r := range ask(responses) {
			if !r.OK {
				t.Fatalf("peer cannot sign: %s", r.Error)
			}
			checkTheirResponse(t, headerOf(r.Headers), sent[i], sent[(i+1)%len(sent)])
		}
	})
}

func headerOf(flat map[string]string) http.Header {
	h := http.Header{}
	for name, value := range flat {
		h.Set(name, value)
	}
	return h
}

// ourQuestion signs the same request ourselves, for a peer to answer.
func ourQuestion(t *testing.T, c peerCase) (peerCase, hopsig.Sent) {
	t.Helper()
	req, err := http.NewRequest(c.Method, c.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := mustSigner(t, "hop-1", time.Now()).SignRequest(req, c.Body)
	if err != nil {
		t.Fatal(err)
	}
	return peerCase{Method: c.Method, URL: c.URL, Headers: flat(req.Header), Body: c.Body}, sent
}

func checkTheirRequest(t *testing.T, base string, c peerCase, header http.Header) {
	t.Helper()
	u, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	b, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	verify := func(method, line string, body []byte) error {
		v := verifierAt(t, time.Now())
		v.External = mustExternal(t, base)
		r := hop{method: method, requestURI: line, header: header}.request()
		_, err := v.VerifyRequest(t.Context(), r, body)
		return err
	}
	line := u.RequestURI()[len(b.EscapedPath()):] // a proxy strips the path of the base
	if err := verify(c.Method, line, c.Body); err != nil {
		t.Errorf("%s %s: %v\n%v", c.Method, c.URL, err, header)
	}
	for name, err := range map[string]error{
		"method": verify("PATCH", line, c.Body), "query": verify(c.Method, line+"x", c.Body),
		"body": verify(c.Method, line, append([]byte("x"), c.Body...)),
	} {
		if hopsig.ReasonOf(err) == "" {
			t.Errorf("%s %s with another %s: %v, want a failure", c.Method, c.URL, name, err)
		}
	}
}

func checkTheirResponse(t *testing.T, header http.Header, sent, other hopsig.Sent) {
	t.Helper()
	verify := func(status int, body string, to hopsig.Sent) error {
		v := &hopsig.Verifier{Keys: keysOf("hop-2"), Now: time.Now}
		_, err := v.VerifyResponse(&http.Response{StatusCode: status, Header: header}, []byte(body), to)
		return err
	}
	if err := verify(201, "receipt", sent); err != nil {
		t.Errorf("response: %v\n%v", err, header)
	}
	for name, err := range map[string]error{
		"status": verify(200, "receipt", sent), "body": verify(201, "Receipt", sent),
		"request": verify(201, "receipt", other),
	} {
		if hopsig.ReasonOf(err) == "" {
			t.Errorf("response with another %s: %v, want a failure", name, err)
		}
	}
}
