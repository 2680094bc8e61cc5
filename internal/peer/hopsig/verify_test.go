// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/internal/peer/hopsig"
)

func TestSignedRequestSaysWhatTheProfileSays(t *testing.T) {
	t.Parallel()
	h, _ := signed(t, noon)
	want := regexp.MustCompile(`^sig1=\("@method" "@target-uri" "content-digest"\);created=1772625600;` +
		`expires=1772625900;keyid="hop-1";nonce="[A-Z2-7]{26}";alg="ed25519"$`)
	if got := h.header.Get("Signature-Input"); !want.MatchString(got) {
		t.Errorf("got %s", got)
	}
	if got := h.header.Get("Content-Digest"); got != "sha-256=:bVIlnVpRvhbPPXiThXk3OGJl+oqt98Q9ULKmHjsllnQ=:" {
		t.Errorf("got %s", got)
	}
	proof, err := verifierAt(t, noon).VerifyRequest(t.Context(), h.request(), h.body)
	if err != nil || proof.KeyID != "hop-1" || !proof.Created.Equal(noon) ||
		!proof.Expires.Equal(noon.Add(5*time.Minute)) {
		t.Fatalf("got %+v %v", proof, err)
	}
}

func TestRequestVerifiesOnceEvenWhenSentAtTheSameTime(t *testing.T) {
	t.Parallel()
	h, _ := signed(t, noon)
	v := verifierAt(t, noon)
	var accepted, replayed atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			switch _, err := v.VerifyRequest(t.Context(), h.clone().request(), h.body); hopsig.ReasonOf(err) {
			case hopsig.Replayed:
				replayed.Add(1)
			case "":
				accepted.Add(1)
			}
		})
	}
	wg.Wait()
	if accepted.Load() != 1 || replayed.Load() != 31 {
		t.Fatalf("%d accepted, %d replayed, want 1 and 31", accepted.Load(), replayed.Load())
	}
}

func TestNonceIsKeptLongerThanTheSignatureLives(t *testing.T) {
	t.Parallel()
	h, _ := signed(t, noon)
	v := verifierAt(t, noon)
	proof, err := v.VerifyRequest(t.Context(), h.request(), h.body)
	if err != nil {
		t.Fatal(err)
	}
	until := v.Nonces.(*nonces).used["hop-1 "+proof.Nonce]
	if !until.After(proof.Expires) {
		t.Fatalf("forgotten at %v, valid until %v", until, proof.Expires)
	}
}

func TestOnlyTheKeyHolderCanUseUpANonce(t *testing.T) {
	t.Parallel()
	h, _ := signed(t, noon)
	v := verifierAt(t, noon)
	forged := h.clone()
	forged.body[0] ^= 1
	forged.header.Set("Content-Digest", digestOf(forged.body))
	_, err := v.VerifyRequest(t.Context(), forged.request(), forged.body)
	if hopsig.ReasonOf(err) != hopsig.BadSignature {
		t.Fatalf("got %v", err)
	}
	if _, err := v.VerifyRequest(t.Context(), h.request(), h.body); err != nil {
		t.Fatalf("the real request came second: %v", err)
	}
}

func TestTimeWindowOfARequest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   time.Duration // of the verifier's clock, relative to creation
		want hopsig.Reason
	}{
		{0, ""}, {5*time.Minute - time.Nanosecond, ""}, {-5 * time.Minute, ""},
		{5 * time.Minute, hopsig.Expired}, {time.Hour, hopsig.Expired},
		{-5*time.Minute - time.Nanosecond, hopsig.Future}, {-time.Hour, hopsig.Future},
	} {
		h, _ := signed(t, noon)
		_, err := verifierAt(t, noon.Add(c.at)).VerifyRequest(t.Context(), h.request(), h.body)
		if got := hopsig.ReasonOf(err); got != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%v: got %v, want %q", c.at, err, c.want)
		}
	}
}

// resign replaces the input of a hop and signs it properly: a peer that breaks the profile.
func resign(t testing.TB, h hop, list string) hop {
	t.Helper()
	h = h.clone()
	h.header.Set("Signature-Input", "sig1="+list)
	base, err := hopsig.Base(h.method, nodeBase+h.requestURI, 0, h.header, "sig1")
	if err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	signature := base64.StdEncoding.EncodeToString(ed25519.Sign(keyOf("hop-1"), base))
	h.header.Set("Signature", "sig1=:"+signature+":")
	return h
}

const (
	covered = `("@method" "@target-uri" "content-digest")`
	times   = `;created=1772625600;expires=1772625900`
	who     = `;keyid="hop-1";nonce="0123456789abcdef"`
)

func TestValidSignatureOutsideTheProfileIsRefused(t *testing.T) {
	t.Parallel()
	h, _ := signed(t, noon)
	h.header.Set("Tocsin-Protocol", "1")
	for _, c := range []struct {
		list string
		want hopsig.Reason
	}{
		{covered + times + who, ""},
		{covered + times + who + `;alg="ed25519"`, ""},
		{covered + times + who + `;tag="kettle"`, ""},
		{`("content-digest" "@target-uri" "@method")` + times + who, ""},
		{`("@method" "@target-uri" "content-digest" "tocsin-protocol" "@path")` + times + who, ""},
		{`()` + times + who, hopsig.MissingComponent},
		{`("@target-uri" "content-digest")` + times + who, hopsig.MissingComponent},
		{`("@method" "content-digest")` + times + who, hopsig.MissingComponent},
		{`("@method" "@target-uri")` + times + who, hopsig.MissingComponent},
		{`("@method" "@path" "@query" "content-digest")` + times + who, hopsig.MissingComponent},
		{covered + `;expires=1772625900` + who, hopsig.MissingParameter},
		{covered + `;created=1772625600` + who, hopsig.MissingParameter},
		{covered + times + `;nonce="0123456789abcdef"`, hopsig.MissingParameter},
		{covered + times + `;keyid="hop-1"`, hopsig.MissingParameter},
		{covered + `;created="1772625600";expires=1772625900` + who, hopsig.MissingParameter},
		{covered + `;created=1772625600.0;expires=1772625900` + who, hopsig.MissingParameter},
		{covered + `;created=@1772625600;expires=1772625900` + who, hopsig.MissingParameter},
		{covered + times + `;keyid=hop-1;nonce="0123456789abcdef"`, hopsig.MissingParameter},
		{covered + times + `;keyid="";nonce="0123456789abcdef"`, hopsig.Malformed},
		{covered + times + `;keyid="hop-1";nonce="0123456789abcde"`, hopsig.Malformed},
		{covered + times + who + `;alg="hmac-sha256"`, hopsig.WrongAlgorithm},
		{covered + times + who + `;alg="none"`, hopsig.WrongAlgorithm},
		{covered + times + who + `;alg=ed25519`, hopsig.WrongAlgorithm},
		{covered + `;created=1772625600;expires=1772625901` + who, hopsig.LifetimeTooLong},
		{covered + `;created=1772625600;expires=1772625600` + who, hopsig.Malformed},
		{covered + `;created=-1772625600;expires=1772625900` + who, hopsig.LifetimeTooLong},
		{covered + times + `;keyid="hop-9";nonce="0123456789abcdef"`, hopsig.UnknownKey},
		{covered + times + `;keyid="revoked";nonce="0123456789abcdef"`, hopsig.RevokedKey},
	} {
		r := resign(t, h, c.list)
		_, err := verifierAt(t, noon).VerifyRequest(t.Context(), r.request(), r.body)
		if got := hopsig.ReasonOf(err); got != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s: got %v, want %q", c.list, err, c.want)
		}
	}
}

func TestMalformedHeadersAreRefusedWithTheirReason(t *testing.T) {
	t.Parallel()
	good, _ := signed(t, noon)
	input, signature := good.header.Get("Signature-Input"), good.header.Get("Signature")
	digest := good.header.Get("Content-Digest")
	covering := func(instead string) []string {
		return []string{strings.Replace(input, `"@method"`, instead, 1)}
	}
	for _, c := range []struct {
		name   string
		values []string
		want   hopsig.Reason
	}{
		{"Signature-Input", nil, hopsig.Unsigned},
		{"Signature", nil, hopsig.Unsigned},
		{"Content-Digest", nil, hopsig.MissingDigest},
		{"Signature-Input", []string{input, input}, hopsig.DuplicateHeader},
		{"Signature", []string{signature, signature}, hopsig.DuplicateHeader},
		{"Content-Digest", []string{digest, digest}, hopsig.DuplicateHeader},
		{"Content-Digest", []string{digest, digestOf(nil)}, hopsig.DuplicateHeader},
		{"Signature-Input", []string{""}, hopsig.Unsigned},
		{"Signature-Input", []string{"sig2" + input[4:]}, hopsig.Unsigned},
		{"Signature", []string{"sig2" + signature[4:]}, hopsig.Unsigned},
		{"Signature-Input", []string{"sig1=1"}, hopsig.Malformed},
		{"Signature-Input", []string{"sig1=("}, hopsig.Malformed},
		{"Signature-Input", []string{input + ", " + input}, hopsig.Malformed},
		{"Signature-Input", []string{input + `;keyid="hop-1"`}, hopsig.Malformed},
		{"Signature-Input", []string{strings.Replace(input, "created=", "created=0", 1)}, hopsig.Malformed},
		{"Signature-Input", covering(`"@method" "@method"`), hopsig.Malformed},
		{"Signature-Input", covering(`@method`), hopsig.Malformed},
		{"Signature-Input", covering(`method`), hopsig.Malformed},
		{"Signature-Input", covering(`"@method" "Date"`), hopsig.Malformed},
		{"Signature-Input", covering(`"@method";req`), hopsig.UnsupportedComponent},
		{"Signature-Input", covering(`"@method" "@status"`), hopsig.UnsupportedComponent},
		{"Signature-Input", covering(`"@method" "date"`), hopsig.MissingComponent},
		{"Signature-Input", []string{input + ";pad=" + strings.Repeat("x", 5000)}, hopsig.Malformed},
		{"Signature", []string{"sig1=:AAAA:"}, hopsig.Malformed},
		{"Signature", []string{"sig1=1"}, hopsig.Malformed},
		{"Signature", []string{signature + ";x"}, hopsig.Malformed},
		{"Content-Digest", []string{"sha-512=:AAAA:"}, hopsig.MissingDigest},
		{"Content-Digest", []string{"sha-256=:AAAA:"}, hopsig.Malformed},
		{"Content-Digest", []string{"sha-256=1"}, hopsig.Malformed},
		{"Content-Digest", []string{"sha-256"}, hopsig.Malformed},
		{"Content-Digest", []string{digest + ";a=1"}, hopsig.Malformed},
		{"Content-Digest", []string{digestOf(nil)}, hopsig.DigestMismatch},
		{"Content-Digest", []string{digest + ", unixsum=1"}, hopsig.BadSignature},
	} {
		h := good.clone()
		h.header[c.name] = c.values
		_, err := verifierAt(t, noon).VerifyRequest(t.Context(), h.request(), h.body)
		if got := hopsig.ReasonOf(err); got != c.want {
			t.Errorf("%s: %q: got %v, want %s", c.name, c.values, err, c.want)
		}
	}
}

func TestOtherLabelsAreIgnored(t *testing.T) {
	t.Parallel()
	h, _ := signed(t, noon)
	h.header.Set("Signature-Input", `proxy=("@method");created=1, `+h.header.Get("Signature-Input"))
	h.header.Set("Signature", `proxy=:AAAA:, `+h.header.Get("Signature"))
	if _, err := verifierAt(t, noon).VerifyRequest(t.Context(), h.request(), h.body); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFailureIs401AndNamesNothing(t *testing.T) {
	t.Parallel()
	h, _ := signed(t, noon)
	h.body = append(h.body, ' ')
	_, err := verifierAt(t, noon).VerifyRequest(t.Context(), h.request(), h.body)
	f, ok := errors.AsType[*hopsig.Failure](fmt.Errorf("inbox: %w", err))
	if !ok || f.Status() != http.StatusUnauthorized || f.Error() != "hop signature: digest_mismatch" {
		t.Fatalf("got %v", err)
	}
}

func TestOurOwnTroubleIsNotThePeersFault(t *testing.T) {
	t.Parallel()
	trouble := errors.New("disk full")
	for name, change := range map[string]func(*hopsig.Verifier){
		"nonce store": func(v *hopsig.Verifier) { v.Nonces = &nonces{err: trouble} },
		"key lookup": func(v *hopsig.Verifier) {
			v.Keys = func(string) (ed25519.PublicKey, error) { return nil, trouble }
		},
	} {
		h, _ := signed(t, noon)
		v := verifierAt(t, noon)
		change(v)
		_, err := v.VerifyRequest(t.Context(), h.request(), h.body)
		if hopsig.ReasonOf(err) != "" || !errors.Is(err, trouble) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnswerIsBoundToItsQuestion(t *testing.T) {
	t.Parallel()
	first, sentFirst := signed(t, noon)
	_, sentSecond := signed(t, noon)
	a := answered(t, noon, first)
	v := peerVerifierAt(noon)
	proof, err := v.VerifyResponse(a.response(), a.body, sentFirst)
	if err != nil || proof.KeyID != "hop-2" {
		t.Fatalf("got %+v %v", proof, err)
	}
	for name, sent := range map[string]hopsig.Sent{"second request": sentSecond, "no request": {}} {
		if _, err := v.VerifyResponse(a.response(), a.body, sent); hopsig.ReasonOf(err) != hopsig.WrongBinding {
			t.Errorf("%s: got %v", name, err)
		}
	}
	unsignedRequest := hop{method: "GET", requestURI: "/", header: http.Header{}}
	unbound := answered(t, noon, unsignedRequest)
	_, err = v.VerifyResponse(unbound.response(), unbound.body, sentFirst)
	if hopsig.ReasonOf(err) != hopsig.WrongBinding {
		t.Errorf("answer to an unsigned request: got %v", err)
	}
}

func TestAnswerOfAnotherPeerIsRefused(t *testing.T) {
	t.Parallel()
	h, sent := signed(t, noon)
	a := answer{status: 200, header: http.Header{}, body: []byte("receipt")}
	if err := mustSigner(t, "hop-3", noon).SignResponse(a.header, 200, a.body, h.request()); err != nil {
		t.Fatal(err)
	}
	_, err := peerVerifierAt(noon).VerifyResponse(a.response(), a.body, sent)
	if hopsig.ReasonOf(err) != hopsig.UnknownKey {
		t.Fatalf("got %v", err)
	}
}

func TestSignerRefusesWhatItCannotSign(t *testing.T) {
	t.Parallel()
	if _, err := hopsig.NewSigner("", keyOf("x"), clock(noon)); err == nil {
		t.Error("empty key id accepted")
	}
	s := mustSigner(t, "hop-1", noon)
	for _, target := range []string{"/relative", "ftp://node.example/", "https://u@node.example/", "mailto:x"} {
		req, err := http.NewRequest(http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SignRequest(req, nil); err == nil {
			t.Errorf("%s signed", target)
		}
	}
	req, err := http.NewRequest(http.MethodGet, nodeBase, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "other.example"
	if _, err := s.SignRequest(req, nil); err == nil {
		t.Error("a request whose Host differs from its URL was signed")
	}
	req.Host, req.URL.RawQuery = "", "a\nb"
	if _, err := s.SignRequest(req, nil); err == nil || hopsig.ReasonOf(err) != "" {
		t.Errorf("a line break in the query: %v", err)
	}
	if err := s.SignResponse(http.Header{}, 0, nil, req); err == nil {
		t.Error("a response without status was signed")
	}
}
