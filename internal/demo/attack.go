// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tocsin"
	"tocsin/internal/keyring"
	"tocsin/internal/peer"
	"tocsin/wire"
)

// wiretap sends hops and keeps the last one, as somebody between two nodes could.
type wiretap struct {
	last *http.Request
	body []byte
}

func (w *wiretap) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.last, w.body = r.Clone(r.Context()), body
	return w.send(r.Clone(r.Context()))
}

func (w *wiretap) send(r *http.Request) (*http.Response, error) {
	host := r.URL.Host
	near, err := url.Parse(local(r.URL.String()))
	if err != nil {
		return nil, err
	}
	r.URL, r.Host = near, host
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(w.body)), int64(len(w.body))
	return http.DefaultClient.Do(r)
}

// again sends the captured hop once more, unchanged.
func (w *wiretap) again() (*http.Response, error) { return w.send(w.last.Clone(w.last.Context())) }

// sender delivers with a party's real keys.
func (s *story) sender(m *Member) (*peer.Client, *wiretap, *keyring.Ring, error) {
	keys, err := keyring.Open(m.Config.KeyDir)
	if err != nil {
		return nil, nil, nil, err
	}
	hop, private, err := keys.Signer(tocsin.UseHop)
	if err != nil {
		return nil, nil, nil, err
	}
	tap := &wiretap{}
	client, err := peer.NewClient(tap, hop.ID, private, s.Clock.Now)
	return client, tap, keys, err
}

// signedOrder is the first order as it left the authority.
func (s *story) signedOrder() (string, wire.Order, error) {
	v, err := s.Authority.Node.Flow.Issued(s.ctx, s.officer.Actor, s.first)
	if err != nil {
		return "", wire.Order{}, err
	}
	return v.File.Signed, wire.Order{Exact: v.File.Exact, Approvals: v.File.Approvals}, nil
}

// refusal delivers a document to the host and expects it to be refused for one reason.
func (s *story) refusal(from *Member, document string, want tocsin.Reason) (string, error) {
	client, _, _, err := s.sender(from)
	if err != nil {
		return "", err
	}
	bundle, err := wire.Bundle{Document: document}.Encode()
	if err != nil {
		return "", err
	}
	answer, err := client.Send(s.ctx, s.Host.Entry, bundle)
	if err != nil {
		return "", err
	}
	doc, err := wire.Verify(answer, wire.Context{Directory: s.Directory, Audience: from.Entry.ID, Now: s.Clock.Now(), Demonstration: true})
	if err != nil {
		return "", fmt.Errorf("verify the answer: %w", err)
	}
	refusal, ok := doc.Body.(*wire.Refusal)
	if !ok {
		return "", errors.New("the host accepted it")
	}
	if refusal.Reason != want {
		return "", fmt.Errorf("refused with %q, not %q", refusal.Reason, want)
	}
	return fmt.Sprintf("refused with code %q, signed by the host; nothing was restricted", refusal.Reason), nil
}

func (s *story) refuseAltered() (string, error) {
	signed, _, err := s.signedOrder()
	if err != nil {
		return "", err
	}
	parts := strings.Split(signed, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	// One letter of the document's id: what reads it still reads a document, and only the signature tells.
	at := bytes.Index(payload, []byte(`"id":"doc_`)) + len(`"id":"doc_`)
	payload[at] = map[bool]byte{true: 'b', false: 'a'}[payload[at] == 'a']
	parts[1] = base64.RawURLEncoding.EncodeToString(payload)
	return s.refusal(s.Authority, strings.Join(parts, "."), tocsin.RefusedAltered)
}

func (s *story) refuseReplayed() (string, error) {
	client, tap, _, err := s.sender(s.Authority)
	if err != nil {
		return "", err
	}
	signed, _, err := s.signedOrder()
	if err != nil {
		return "", err
	}
	bundle, err := wire.Bundle{Document: signed}.Encode()
	if err != nil {
		return "", err
	}
	// The same document again is harmless: the host answers with its original receipt.
	answer, err := client.Send(s.ctx, s.Host.Entry, bundle)
	if err != nil {
		return "", err
	}
	v, err := s.Authority.Node.Flow.Issued(s.ctx, s.officer.Actor, s.first)
	if err != nil {
		return "", err
	}
	if string(answer) != v.File.Receipt {
		return "", errors.New("the repeated document did not get its original receipt")
	}
	resp, err := tap.again()
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var p struct{ Code string }
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusUnauthorized || p.Code != string(tocsin.RefusedReplayed) {
		return "", fmt.Errorf("the captured delivery got %d %q", resp.StatusCode, p.Code)
	}
	return "the sender's own repeat got its original receipt again; the captured hop got 401, code \"replayed\"", nil
}

func (s *story) refuseWrongKey() (string, error) {
	_, order, err := s.signedOrder()
	if err != nil {
		return "", err
	}
	_, _, keys, err := s.sender(s.Authority)
	if err != nil {
		return "", err
	}
	key, private, err := keys.Signer(tocsin.UseHop) // a key of the authority, but not one for documents
	if err != nil {
		return "", err
	}
	signer := wire.Signer{Party: Authority, Key: key.ID, Algorithm: key.Algorithm, Private: private}
	signed, err := wire.Sign(signer, s.letter(), &order)
	if err != nil {
		return "", err
	}
	return s.refusal(s.Authority, string(signed), tocsin.RefusedWrongKey)
}

func (s *story) letter() wire.Letter {
	return wire.Letter{ID: wire.NewDocumentID(), Audience: Host, At: s.Clock.Now()}
}

// signAs signs an order with a party's own key for documents.
func (s *story) signAs(m *Member, order wire.Order) (string, error) {
	_, _, keys, err := s.sender(m)
	if err != nil {
		return "", err
	}
	key, private, err := keys.Signer(tocsin.UseDocument)
	if err != nil {
		return "", err
	}
	signer := wire.Signer{Party: m.Entry.ID, Key: key.ID, Algorithm: key.Algorithm, Private: private}
	signed, err := wire.Sign(signer, s.letter(), &order)
	return string(signed), err
}

func (s *story) refuseNotCompetent() (string, error) {
	_, order, err := s.signedOrder()
	if err != nil {
		return "", err
	}
	signed, err := s.signAs(s.Outsider, order)
	if err != nil {
		return "", err
	}
	return s.refusal(s.Outsider, signed, tocsin.RefusedNotCompetent)
}

func (s *story) refuseSingleApprover() (string, error) {
	_, order, err := s.signedOrder()
	if err != nil {
		return "", err
	}
	order.Approvals = order.Approvals[:1]
	signed, err := s.signAs(s.Authority, order)
	if err != nil {
		return "", err
	}
	return s.refusal(s.Authority, signed, tocsin.RefusedApprovalMissing)
}
