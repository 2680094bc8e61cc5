// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package hopsig signs and verifies the HTTP messages between two nodes: one narrow profile of HTTP
// Message Signatures (RFC 9421) with Content-Digest (RFC 9530), the profile of the fediverse's
// auxiliary service providers plus replay protection.
//
//	label       sig1; other labels are ignored
//	request     covers "@method" "@target-uri" "content-digest"
//	response    covers "@status" "content-digest"
//	parameters  created, expires (at most 5 minutes later), keyid, nonce, alg="ed25519"
//	digest      sha-256, always, over an empty body too
//	request nonce   fresh for every attempt, accepted once for a key until expires
//	response nonce  base64url, without padding, of the SHA-256 of the request's signature bytes
//
// The last line binds an answer to its question. RFC 9421 §2.4 would do it with a covered
// "signature";req;key="sig1"; the nonce says the same inside the profile's two components, so that a
// verifier that knows only the profile still verifies our answers.
//
// The package must never guess the scheme or host of a request it received (they come from
// configuration, since a proxy may stand in front), accept a signature over fewer components, or
// decide who a key belongs to. It protects one hop: what a document says is protected by the
// document's own signature.
//
// Start reading at Signer.SignRequest and Verifier.VerifyRequest.
package hopsig

import (
	"crypto/sha256"
	"encoding/base64"
	"time"
)

const (
	label     = "sig1"
	algorithm = "ed25519"

	// Lifetime is how long a signature is good for after its creation, and the most a peer may ask.
	Lifetime = 5 * time.Minute
	// MaxSkew is how far ahead of ours a peer's clock may be.
	MaxSkew = 5 * time.Minute

	headerDigest    = "Content-Digest"
	headerInput     = "Signature-Input"
	headerSignature = "Signature"

	componentMethod = "@method"
	componentTarget = "@target-uri"
	componentStatus = "@status"
	componentDigest = "content-digest"

	maxHeader   = 4096 // bytes of one signature header; ours have about 200
	maxKeyID    = 256
	minNonce    = 16 // characters
	maxNonce    = 256
	maxCovered  = 16
	digestSHA2  = "sha-256"
	signatureSz = 64
)

var (
	requestComponents  = []string{componentMethod, componentTarget, componentDigest}
	responseComponents = []string{componentStatus, componentDigest}
)

// Sent identifies a request that was signed; its answer must be bound to it.
type Sent struct {
	binding string
}

// bindingOf is the nonce of the answer to the request with this signature.
func bindingOf(signature []byte) string {
	sum := sha256.Sum256(signature)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
