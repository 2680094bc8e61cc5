// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json/jsontext"

	"tocsin"
)

// Header is the protected header of every document (RFC 7515 §4, in the shape JAdES gives it). Certificate
// headers of a qualified seal (x5c, x5t#S256) may stand beside these and prove nothing here: the directory
// decides which key.
type Header struct {
	Algorithm tocsin.Algorithm
	Key       tocsin.KeyID
	Type      string    // media type without "application/", e.g. "tocsin-order+jws"
	SignedAt  time.Time // iat, whole Unix seconds
}

// token is a compact JWS whose header was read and whose signature was not yet verified.
type token struct {
	header  Header
	issuer  tocsin.PartyID // as the payload claims
	payload []byte
	compact string
}

// forbiddenHeaders would let a document choose its own key or change what is signed.
var forbiddenHeaders = []string{"jku", "jwk", "x5u", "b64"}

// parseToken splits and reads a compact JWS. The version comes first: another version may have other headers.
func parseToken(document []byte) (token, error) {
	if len(document) > MaxDocument {
		return token{}, refuse(tocsin.RefusedTooLarge, "A document holds at most %d bytes.", MaxDocument)
	}
	parts := bytes.Split(document, []byte("."))
	if len(parts) != 3 {
		return token{}, refuse(tocsin.RefusedMalformed, "A document is a compact JWS of three parts.")
	}
	var decoded [3][]byte
	for i, part := range parts {
		raw, err := decode64(part)
		if err != nil {
			return token{}, because(err, tocsin.RefusedMalformed,
				"A document is three parts of canonical base64url.")
		}
		decoded[i] = raw
	}
	issuer, err := peek(decoded[1])
	if err != nil {
		return token{}, err
	}
	header, err := parseHeader(decoded[0])
	if err != nil {
		return token{}, err
	}
	return token{header: header, issuer: issuer, payload: decoded[1], compact: string(document)}, nil
}

func parseHeader(data []byte) (Header, error) {
	var names map[string]jsontext.Value
	if err := decodeOpen(data, &names); err != nil {
		return Header{}, err
	}
	if _, present := names["crit"]; present {
		return Header{}, refuse(tocsin.RefusedCriticalHeader,
			"The header lists extensions this version does not know.")
	}
	for _, name := range forbiddenHeaders {
		if _, present := names[name]; present {
			return Header{}, refuse(tocsin.RefusedAlgorithm, "The header %q is never allowed.", name)
		}
	}
	var fields struct {
		Algorithm tocsin.Algorithm `json:"alg"`
		Key       tocsin.KeyID     `json:"kid"`
		Type      string           `json:"typ"`
		IssuedAt  int64            `json:"iat"`
	}
	if err := decodeOpen(data, &fields); err != nil {
		return Header{}, err
	}
	switch fields.Algorithm {
	case tocsin.AlgEdDSA, tocsin.AlgES256, tocsin.AlgPS256:
	default:
		return Header{}, refuse(tocsin.RefusedAlgorithm, "Documents are signed with EdDSA, ES256 or PS256.")
	}
	if fields.Key == "" || fields.Type == "" || fields.IssuedAt <= 0 {
		return Header{}, refuse(tocsin.RefusedMalformed, "The header needs kid, typ and iat.")
	}
	return Header{fields.Algorithm, fields.Key, fields.Type, time.Unix(fields.IssuedAt, 0).UTC()}, nil
}

// verify checks the signature under a registered key. The key's algorithm must be the header's: a header
// can agree with the directory or be refused, it can never choose.
func (t token) verify(k tocsin.Key) error {
	if t.header.Algorithm != k.Algorithm {
		return refuse(tocsin.RefusedAlgorithm, "The key is registered for another algorithm.")
	}
	public, err := PublicKey(k)
	if err != nil {
		return err
	}
	allowed := []jose.SignatureAlgorithm{jose.SignatureAlgorithm(k.Algorithm)}
	parsed, err := jose.ParseSignedCompact(t.compact, allowed)
	if err != nil {
		return because(err, tocsin.RefusedMalformed, "The document is not a valid JWS.")
	}
	if _, err := parsed.Verify(public); err != nil {
		return because(err, tocsin.RefusedAltered, "The signature does not match the document.")
	}
	return nil
}

// Digest identifies a document: the SHA-256 of what its signature covers, header and payload as they
// travelled. It leaves the signature out, because ES256 and PS256 allow several valid ones for the same
// document.
func Digest(document []byte) tocsin.Digest {
	covered := document
	if end := bytes.LastIndexByte(document, '.'); end >= 0 {
		covered = document[:end]
	}
	return tocsin.DigestOf(covered)
}

// signToken makes a compact JWS over exact payload bytes.
func signToken(s Signer, typ string, at time.Time, payload []byte) ([]byte, error) {
	header, err := encodeHeader(s, typ, at)
	if err != nil {
		return nil, err
	}
	input := covered(header, payload)
	signature, err := s.sign(input)
	if err != nil {
		return nil, err
	}
	out := strict64.AppendEncode(append(input, '.'), signature)
	if len(out) > MaxDocument {
		return nil, refuse(tocsin.RefusedTooLarge, "A document holds at most %d bytes.", MaxDocument)
	}
	return out, nil
}

func encodeHeader(s Signer, typ string, at time.Time) ([]byte, error) {
	return encode(map[string]any{"alg": s.Algorithm, "kid": s.Key, "typ": typ, "iat": at.Unix()})
}

// covered is the signing input of RFC 7515 §5.1.
func covered(header, payload []byte) []byte {
	out := strict64.AppendEncode(nil, header)
	return strict64.AppendEncode(append(out, '.'), payload)
}

// sign applies the signer's algorithm (RFC 7518 §3.4, §3.5; RFC 8037 §3.1).
func (s Signer) sign(input []byte) ([]byte, error) {
	alg, err := algorithmOf(s.Private.Public())
	if err != nil {
		return nil, err
	}
	if alg != s.Algorithm {
		return nil, refuse(tocsin.RefusedAlgorithm,
			"The private key is not a key of the registered algorithm.")
	}
	signature, err := s.apply(input)
	if err != nil {
		return nil, fmt.Errorf("sign document: %w", err)
	}
	return signature, nil
}

func (s Signer) apply(input []byte) ([]byte, error) {
	digest := sha256.Sum256(input)
	switch s.Algorithm {
	case tocsin.AlgEdDSA:
		return s.Private.Sign(rand.Reader, input, crypto.Hash(0))
	case tocsin.AlgES256:
		der, err := s.Private.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return rawECDSA(der)
	default:
		return s.Private.Sign(rand.Reader, digest[:],
			&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	}
}

// rawECDSA turns the ASN.1 form of a P-256 signature into the fixed r ‖ s of RFC 7518 §3.4.
func rawECDSA(der []byte) ([]byte, error) {
	var point struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &point); err != nil {
		return nil, fmt.Errorf("read ECDSA signature: %w", err)
	}
	out := make([]byte, 64)
	point.R.FillBytes(out[:32])
	point.S.FillBytes(out[32:])
	return out, nil
}
