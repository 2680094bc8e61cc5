// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package peer

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/peer/hopsig"
	"tocsin/wire"
)

// Doer sends one HTTP request; the outgoing client of this node.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Client delivers bundles to other nodes.
type Client struct {
	http   Doer
	signer *hopsig.Signer
	now    func() time.Time
}

// NewClient signs hops with one key of the party.
func NewClient(http Doer, key tocsin.KeyID, private crypto.Signer, now func() time.Time) (*Client, error) {
	signer, err := hopsig.NewSigner(string(key), private, now)
	if err != nil {
		return nil, err
	}
	return &Client{http: http, signer: signer, now: now}, nil
}

// maxAnswer bounds what a peer may answer, in bytes.
const maxAnswer = wire.MaxDocument + 1024

// Send posts a bundle to a party's inbox and returns the signed document it answers with. The answer must
// itself be signed by a hop key of that party, and be the answer to this very request.
func (c *Client) Send(ctx context.Context, to tocsin.Party, bundle []byte) ([]byte, error) {
	if to.Endpoint == "" {
		return nil, tocsin.Errorf(tocsin.CodeNotFound, "no_endpoint",
			"The directory gives no address for this party's node.")
	}
	address := strings.TrimSuffix(to.Endpoint, "/") + PathInbox
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(bundle))
	if err != nil {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "bad_endpoint",
			"The directory's address for this party cannot be used.")
	}
	r.Header.Set("Content-Type", typeBundle)
	r.Header.Set(HeaderProtocol, spoken())
	sent, err := c.signer.SignRequest(r, bundle)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, &tocsin.Error{Code: tocsin.CodeBusy, Reason: "unreachable",
			Public: "The party's node cannot be reached.", Err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return nil, &tocsin.Error{Code: tocsin.CodeBusy, Reason: "broken_answer",
			Public: "The party's answer broke off.", Err: err}
	}
	if resp.StatusCode != http.StatusOK {
		return nil, notOK(resp, body)
	}
	verifier := hopsig.Verifier{Keys: hopKeys(to, c.now), Now: c.now}
	if _, err := verifier.VerifyResponse(resp, body, sent); err != nil {
		return nil, &tocsin.Error{Code: tocsin.CodeUnauthenticated, Reason: "answer_not_authentic",
			Public: "The answer was not signed by the party's node.", Err: err}
	}
	return body, nil
}

// notOK turns an error status into a typed error. Nothing the other side wrote goes into it.
func notOK(resp *http.Response, body []byte) error {
	var p problem
	_ = json.Unmarshal(body, &p) // without a readable problem the status says enough
	e := &tocsin.Error{Code: tocsin.CodeInternal,
		Reason: tocsin.Reason("status_" + strconv.Itoa(resp.StatusCode)),
		Public: "The party's node answered with an error."}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		e.Code, e.RetryAfter = tocsin.CodeBusy, retryAfter(resp.Header)
	case http.StatusUnauthorized:
		e.Code, e.Public = tocsin.CodeUnauthenticated, "The party's node did not accept our signature."
	case http.StatusBadRequest:
		if p.Code == string(tocsin.RefusedVersion) {
			e.Code, e.Reason = tocsin.CodeUnsupported, tocsin.RefusedVersion
		}
	}
	return e
}

// retryAfter reads delay seconds, at most an hour: no peer may park a legal document longer.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, time.Hour)
}

// hopKeys looks up a party's hop keys that hold now.
func hopKeys(p tocsin.Party, now func() time.Time) func(string) (ed25519.PublicKey, error) {
	return func(id string) (ed25519.PublicKey, error) {
		key, ok := p.Key(tocsin.KeyID(id))
		if !ok {
			return nil, hopsig.ErrUnknownKey
		}
		return hopKey(key, now())
	}
}

func hopKey(key tocsin.Key, at time.Time) (ed25519.PublicKey, error) {
	if err := key.Usable(tocsin.UseHop, at); err != nil {
		if tocsin.ReasonOf(err) == tocsin.RefusedWrongKey {
			return nil, hopsig.ErrUnknownKey
		}
		return nil, hopsig.ErrRevokedKey
	}
	public, err := wire.PublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("read hop key: %w", err)
	}
	ed, ok := public.(ed25519.PublicKey)
	if !ok {
		return nil, hopsig.ErrUnknownKey
	}
	return ed, nil
}
