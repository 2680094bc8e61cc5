// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package translog is the format and the arithmetic of a party's transparency log: what one leaf may say
// in public, how the rest is committed to without being published, how leaves become a Merkle tree served
// as C2SP tlog-tiles, and how anyone checks a checkpoint or a proof of it.
//
// It does no I/O. Where hashes live is the caller's business: they are read through [tlog.HashReader] and
// handed back as [StoredHash] rows. It must never put text, an address or a name into an entry, and it
// cannot: every public field is a closed list, an id of at most 64 characters from a–z 0–9 . _ : -, a
// date rounded to the hour, or a digest.
//
// Start with [Leaf] (what is public), then [RecordKey.Commit] (what is hidden), [Edge] (how the tree
// grows), [Policy] (whom a reader trusts) and [Proof] (what travels with an order). The formats are those of
// c2sp.org/tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-policy and tlog-proof; the
// commitments have the shape of RFC 9901 (SD-JWT).
//
// A log shows what its owner wrote in it, in an order that cannot be changed afterwards. Nothing here can
// make an authority log an order it sends by telephone or on paper; that is why both sides keep a log.
package translog

import "errors"

// The three ways in which an input can fail. Every error of this package wraps one of them, and none
// repeats what it was given: the input may be what must not be published.
var (
	// ErrMalformed: the bytes are not what the format allows.
	ErrMalformed = errors.New("malformed")
	// ErrUnverified: well formed, but the signature, quorum, proof or commitment does not hold.
	ErrUnverified = errors.New("not verified")
	// ErrRewritten: a later tree does not contain an earlier one. The log was shortened or changed.
	ErrRewritten = errors.New("log rewritten")
)
