// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig_test

import (
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"testing"
	"time"

	"tocsin/internal/peer/hopsig"
)

var updateVectors = flag.Bool("update", false, "make the published vectors of hops anew")

const vectorFile = "testdata/hops.json"

// hopVectors are requests as they arrive at one node, one after the other, for other implementers to judge.
type hopVectors struct {
	Node       string      `json:"node"` // base address of the node they arrive at
	Keys       []hopKey    `json:"keys"` // all it knows
	Deliveries []delivered `json:"deliveries"`
}

type hopKey struct {
	ID      string `json:"id"`
	Public  []byte `json:"public"` // Ed25519, 32 bytes
	Revoked bool   `json:"revoked,omitempty"`
}

type delivered struct {
	Name    string            `json:"name"`
	At      time.Time         `json:"at"` // the node's clock
	Method  string            `json:"method"`
	Target  string            `json:"target"` // as in the request line
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body"`
	Expect  string            `json:"expect"` // "accepted", or the reason of the 401
}

func deliver(name string, at time.Time, h hop, expect hopsig.Reason) delivered {
	d := delivered{Name: name, At: at, Method: h.method, Target: h.requestURI, Headers: map[string]string{}, Body: h.body,
		Expect: string(expect)}
	if expect == "" {
		d.Expect = "accepted"
	}
	for name, values := range h.header {
		d.Headers[name] = values[0]
	}
	return d
}

func (d delivered) hop() hop {
	h := hop{method: d.Method, requestURI: d.Target, header: http.Header{}, body: d.Body}
	for name, value := range d.Headers {
		h.header.Set(name, value)
	}
	return h
}

// makeVectors signs one request for each case; a case changes it on its way, or the node's clock.
func makeVectors(t *testing.T) hopVectors {
	t.Helper()
	public := func(id string) []byte { return keyOf(id).Public().(ed25519.PublicKey) }
	v := hopVectors{Node: nodeBase, Keys: []hopKey{{ID: "hop-1", Public: public("hop-1")},
		{ID: "revoked", Public: public("revoked"), Revoked: true}}}
	add := func(name string, after time.Duration, expect hopsig.Reason, change func(*hop)) {
		h, _ := signed(t, noon)
		if change != nil {
			change(&h)
		}
		v.Deliveries = append(v.Deliveries, deliver(name, noon.Add(after), h, expect))
	}
	add("accepted", 0, "", nil)
	again := v.Deliveries[0]
	again.Name, again.Expect = "replayed: the request before, byte for byte", string(hopsig.Replayed)
	v.Deliveries = append(v.Deliveries, again)
	later := again
	later.Name, later.At = "replayed after its time: expiry is told first", noon.Add(time.Hour)
	later.Expect = string(hopsig.Expired)
	v.Deliveries = append(v.Deliveries, later)
	add("another request of the same body is none of them", 0, "", nil)
	add("expired", time.Hour, hopsig.Expired, nil)
	add("dated in the future", -time.Hour, hopsig.Future, nil)
	add("altered body", 0, hopsig.DigestMismatch, func(h *hop) { h.body = []byte(`{"document":"garden"}`) })
	add("another target", 0, hopsig.BadSignature, func(h *hop) { h.requestURI = "/peer/v1/inbox" })
	add("another method", 0, hopsig.BadSignature, func(h *hop) { h.method = "PUT" })
	add("no digest", 0, hopsig.MissingDigest, func(h *hop) { h.header.Del("Content-Digest") })
	add("no signature", 0, hopsig.Unsigned, func(h *hop) { h.header.Del("Signature") })
	signedBy := func(id string) func(*hop) {
		return func(h *hop) {
			req, err := http.NewRequest(h.method, nodeBase+h.requestURI, nil)
			if err == nil {
				_, err = mustSigner(t, id, noon).SignRequest(req, h.body)
			}
			if err != nil {
				t.Fatal(err)
			}
			h.header = req.Header
		}
	}
	add("unknown key", 0, hopsig.UnknownKey, signedBy("hop-2"))
	add("revoked key", 0, hopsig.RevokedKey, signedBy("revoked"))
	return v
}

// TestPublishedHopsAreJudgedAsTheySay reads the vectors as another implementer would: in their order, with one
// memory of nonces.
func TestPublishedHopsAreJudgedAsTheySay(t *testing.T) {
	t.Parallel()
	if *updateVectors {
		text, err := json.MarshalIndent(makeVectors(t), "", " ")
		if err == nil {
			err = os.WriteFile(vectorFile, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v hopVectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	verifier := &hopsig.Verifier{Keys: v.key, Nonces: &nonces{}, External: mustExternal(t, v.Node)}
	told := map[string]bool{}
	for _, d := range v.Deliveries {
		verifier.Now = clock(d.At)
		h := d.hop()
		_, err := verifier.VerifyRequest(t.Context(), h.request(), h.body)
		got := string(hopsig.ReasonOf(err))
		if err == nil {
			got = "accepted"
		}
		if got != d.Expect {
			t.Errorf("%s: %q, %v, want %q", d.Name, got, err, d.Expect)
		}
		told[got] = true
	}
	for _, reason := range []hopsig.Reason{hopsig.Replayed, hopsig.Expired, hopsig.Future, hopsig.UnknownKey,
		hopsig.RevokedKey, hopsig.MissingDigest, hopsig.DigestMismatch, hopsig.BadSignature, hopsig.Unsigned} {
		if !told[string(reason)] {
			t.Errorf("no vector is refused as %s", reason)
		}
	}
}

func (v hopVectors) key(id string) (ed25519.PublicKey, error) {
	for _, k := range v.Keys {
		switch {
		case k.ID == id && k.Revoked:
			return nil, hopsig.ErrRevokedKey
		case k.ID == id:
			return k.Public, nil
		}
	}
	return nil, hopsig.ErrUnknownKey
}
