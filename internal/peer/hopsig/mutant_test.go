// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/peer/hopsig"
)

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// byteMutants gives every variant of s in which one byte is changed, removed or doubled.
func byteMutants(s string) []string {
	var all []string
	for i := range len(s) {
		for _, b := range []byte{s[i] ^ 1, s[i] ^ 0x20, s[i] ^ 0x80, 'A', '0', '"', ';', ' '} {
			if b != s[i] {
				all = append(all, s[:i]+string([]byte{b})+s[i+1:])
			}
		}
		all = append(all, s[:i]+s[i+1:], s[:i]+s[i:i+1]+s[i:])
	}
	return all
}

func sameButSpace(a, b string) bool {
	return strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "")
}

func TestEveryMutantOfARequestIsRefused(t *testing.T) {
	t.Parallel()
	good, _ := signed(t, noon)
	if _, err := verifierAt(t, noon).VerifyRequest(t.Context(), good.request(), good.body); err != nil {
		t.Fatal(err)
	}
	mutants := map[string]func(*hop){
		"method":          func(h *hop) { h.method = "PUT" },
		"method case":     func(h *hop) { h.method = "post" },
		"path":            func(h *hop) { h.requestURI = "/peer/v1/inbox%2Fb?b=c" },
		"path decoded":    func(h *hop) { h.requestURI = "/peer/v1/inbox/a?b=c" },
		"path lower hex":  func(h *hop) { h.requestURI = "/peer/v1/inbox%2fa?b=c" },
		"path traversal":  func(h *hop) { h.requestURI = "/x/../peer/v1/inbox%2Fa?b=c" },
		"query":           func(h *hop) { h.requestURI = "/peer/v1/inbox%2Fa?b=d" },
		"query gone":      func(h *hop) { h.requestURI = "/peer/v1/inbox%2Fa" },
		"query empty":     func(h *hop) { h.requestURI = "/peer/v1/inbox%2Fa?" },
		"asterisk":        func(h *hop) { h.requestURI = "*" },
		"no request line": func(h *hop) { h.requestURI = "" },
		"body":            func(h *hop) { h.body[0] ^= 1 },
		"body longer":     func(h *hop) { h.body = append(h.body, '\n') },
		"body gone":       func(h *hop) { h.body = nil },
		"body and digest": func(h *hop) { h.body[0] ^= 1; h.header.Set("Content-Digest", digestOf(h.body)) },
		"empty, digested": func(h *hop) { h.body = nil; h.header.Set("Content-Digest", digestOf(nil)) },
	}
	count := 0
	refused := func(name string, h hop) {
		count++
		_, err := verifierAt(t, noon).VerifyRequest(t.Context(), h.request(), h.body)
		if hopsig.ReasonOf(err) == "" {
			t.Errorf("%s: got %v, want a failure", name, err)
		}
	}
	for name, change := range mutants {
		h := good.clone()
		change(&h)
		refused(name, h)
	}
	for _, name := range []string{"Signature-Input", "Signature", "Content-Digest"} {
		for _, value := range byteMutants(good.header.Get(name)) {
			if sameButSpace(value, good.header.Get(name)) {
				continue // the same structured field in another spelling
			}
			h := good.clone()
			h.header.Set(name, value)
			refused(name+" "+value, h)
		}
	}
	for _, base := range []string{"http://node.example", "https://x.example", "https://node.example/tocsin"} {
		count++
		v := verifierAt(t, noon)
		v.External = mustExternal(t, base)
		_, err := v.VerifyRequest(t.Context(), good.request(), good.body)
		if hopsig.ReasonOf(err) != hopsig.BadSignature {
			t.Errorf("%s: got %v", base, err)
		}
	}
	t.Logf("%d mutants refused", count)
}

func TestEveryMutantOfAnAnswerIsRefused(t *testing.T) {
	t.Parallel()
	request, sent := signed(t, noon)
	good := answered(t, noon, request)
	v := peerVerifierAt(noon)
	if _, err := v.VerifyResponse(good.response(), good.body, sent); err != nil {
		t.Fatal(err)
	}
	count := 0
	refused := func(name string, a answer) {
		count++
		if _, err := v.VerifyResponse(a.response(), a.body, sent); hopsig.ReasonOf(err) == "" {
			t.Errorf("%s: got %v, want a failure", name, err)
		}
	}
	for name, change := range map[string]func(*answer){
		"status":     func(a *answer) { a.status = 201 },
		"body":       func(a *answer) { a.body[0] ^= 1 },
		"both":       func(a *answer) { a.body[0] ^= 1; a.header.Set("Content-Digest", digestOf(a.body)) },
		"unsigned":   func(a *answer) { a.header.Del("Signature") },
		"undigested": func(a *answer) { a.header.Del("Content-Digest") },
		"the request's signature": func(a *answer) {
			for _, name := range []string{"Signature", "Signature-Input"} {
				a.header.Set(name, request.header.Get(name))
			}
		},
	} {
		a := good.clone()
		change(&a)
		refused(name, a)
	}
	for _, name := range []string{"Signature-Input", "Signature", "Content-Digest"} {
		for _, value := range byteMutants(good.header.Get(name)) {
			if sameButSpace(value, good.header.Get(name)) {
				continue
			}
			a := good.clone()
			a.header.Set(name, value)
			refused(name+" "+value, a)
		}
	}
	late := peerVerifierAt(noon.Add(time.Hour))
	if _, err := late.VerifyResponse(good.response(), good.body, sent); err == nil {
		t.Error("an hour old answer accepted")
	}
	t.Logf("%d mutants refused", count)
}

func FuzzVerifyRequest(f *testing.F) {
	good, _ := signed(f, noon)
	good = resign(f, good, covered+times+who) // the same in every worker
	get := good.header.Get
	f.Add(get("Signature-Input"), get("Signature"), get("Content-Digest"), good.requestURI, good.body)
	f.Add("sig1=()", "sig1=::", "sha-256=::", "/", []byte{})
	f.Add(`sig1=("@method";req "a";bs);created=@1;x=?0;y=%"a"`, `sig1=:AA==:, sig1`, `a, b=(1 2);c`,
		"http://x?y", []byte{0})
	f.Fuzz(func(t *testing.T, input, signature, digest, uri string, body []byte) {
		h := hop{method: "POST", requestURI: uri, body: body, header: http.Header{
			"Signature-Input": {input}, "Signature": {signature}, "Content-Digest": {digest},
		}}
		_, err := verifierAt(t, noon).VerifyRequest(t.Context(), h.request(), h.body)
		if err == nil {
			if !sameButSpace(input, get("Signature-Input")) || string(body) != string(good.body) {
				t.Errorf("accepted what nobody signed: %q %q", input, body)
			}
			return
		}
		if hopsig.ReasonOf(err) == "" {
			t.Errorf("untyped failure %v", err)
		}
	})
}
