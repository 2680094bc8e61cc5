// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin/match"
)

// Fingerprint is one signal value computed from content.
type Fingerprint struct {
	Type    string
	Value   string   // canonical; empty when the content has too few features for this type
	Quality int      // 0–100, of a picture's hash
	Rotated []string // of a picture: the seven other dihedral hashes
	Width   int      // pixels, of a picture
	Height  int
}

// Query is the question whether the value is known.
func (p Fingerprint) Query() match.Query {
	return match.Query{Type: p.Type, Value: p.Value, Rotated: p.Rotated}
}

// Media computes fingerprints of bytes from strangers. It decodes in a process of its own, which cannot reach
// anything.
type Media interface {
	// Fingerprint gives every type it can compute of the bytes: digests always, and what the kind of content
	// allows. Errors: CodeUnsupported for a format it does not decode, CodeTooLarge, CodeInvalid for damage;
	// the digests are given all the same.
	Fingerprint(ctx context.Context, content []byte) ([]Fingerprint, error)
}
