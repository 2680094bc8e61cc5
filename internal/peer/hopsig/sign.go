// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/dunglas/httpsfv"
)

var errUnsignable = errors.New("hopsig: method or address holds a character that cannot be signed")

// Signer signs this node's messages with one hop key.
type Signer struct {
	keyID string
	key   crypto.Signer
	now   func() time.Time
}

// NewSigner takes an Ed25519 key, in memory or behind a crypto.Signer, and the id it is published as.
func NewSigner(keyID string, key crypto.Signer, now func() time.Time) (*Signer, error) {
	if keyID == "" || len(keyID) > maxKeyID || key == nil || now == nil {
		return nil, errors.New("hopsig: key id, key and clock are required")
	}
	if _, ok := key.Public().(ed25519.PublicKey); !ok {
		return nil, errors.New("hopsig: the hop key must be Ed25519")
	}
	return &Signer{keyID: keyID, key: key, now: now}, nil
}

// SignRequest sets Content-Digest, Signature-Input and Signature on a request whose URL is final and
// whose body will be exactly these bytes. Every attempt must be signed anew: a nonce works once. The
// result is needed to verify the answer.
func (s *Signer) SignRequest(r *http.Request, body []byte) (Sent, error) {
	target, err := targetOf(r)
	if err != nil {
		return Sent{}, err
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	m := message{method: method, target: target, header: r.Header}
	signature, err := s.sign(m, requestComponents, rand.Text(), body)
	if err != nil {
		return Sent{}, fmt.Errorf("sign request: %w", err)
	}
	return Sent{binding: bindingOf(signature)}, nil
}

// SignResponse sets the same headers on an answer to r, before the status is written. An answer to a
// request without a readable signature carries a fresh nonce and binds to nothing.
func (s *Signer) SignResponse(h http.Header, status int, body []byte, r *http.Request) error {
	nonce := rand.Text()
	if signatures, err := dictionary(r.Header, headerSignature, Unsigned); err == nil {
		if signature, err := signatureOf(signatures); err == nil {
			nonce = bindingOf(signature)
		}
	}
	if status < 100 || status > 999 {
		return errors.New("hopsig: not a status")
	}
	if _, err := s.sign(message{status: status, header: h}, responseComponents, nonce, body); err != nil {
		return fmt.Errorf("sign response: %w", err)
	}
	return nil
}

func (s *Signer) sign(m message, components []string, nonce string, body []byte) ([]byte, error) {
	m.header.Set(headerDigest, digestField(body))
	list := s.input(components, nonce)
	base, err := m.signatureBase(list)
	if err != nil {
		return nil, errUnsignable // not a Failure: the message is ours
	}
	signature, err := s.key.Sign(rand.Reader, base, crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("use hop key: %w", err)
	}
	params, err := httpsfv.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("write signature input: %w", err)
	}
	m.header.Set(headerInput, label+"="+params)
	m.header.Set(headerSignature, label+"=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return signature, nil
}

func (s *Signer) input(components []string, nonce string) httpsfv.InnerList {
	created := s.now().Unix()
	params := httpsfv.NewParams()
	params.Add("created", created)
	params.Add("expires", created+int64(Lifetime/time.Second))
	params.Add("keyid", s.keyID)
	params.Add("nonce", nonce)
	params.Add("alg", algorithm)
	list := httpsfv.InnerList{Params: params}
	for _, name := range components {
		list.Items = append(list.Items, httpsfv.NewItem(name))
	}
	return list
}
