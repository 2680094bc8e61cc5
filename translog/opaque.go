// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"encoding/json"
	"fmt"
)

// Opaque stands in the log for a leaf whose very existence is confidential for now. All opaque entries
// have the same size and show neither type nor party. An opening must follow by EmbargoMax.
type Opaque struct {
	Epoch      Hour   `json:"epoch"`  // the day, no finer
	Digest     string `json:"digest"` // SHA-256 of the inner entry's exact bytes, in base64url
	EmbargoMax Hour   `json:"embargo_max"`
}

type opaqueForm struct {
	V int `json:"v"`
	Opaque
}

var opaquePrefix = []byte(`{"v":1,"epoch":`)

func (Opaque) entry() {}

// Concealable reports whether the leaf may be replaced by an opaque one: it must end by itself, and its
// salted digests must make it impossible to guess.
func (l Leaf) Concealable() bool {
	return l.EmbargoMax != 0 && len(l.SD) > 0
}

// Conceal gives the opaque entry for a leaf, and the leaf's own bytes, which the caller keeps secret until
// it writes them as Inner of an opening.
func Conceal(l Leaf) (o Opaque, inner []byte, err error) {
	if !l.Concealable() {
		return Opaque{}, nil, fmt.Errorf("conceal leaf: %w: needs hidden fields and an end date", ErrMalformed)
	}
	if inner, err = l.Encode(); err != nil {
		return Opaque{}, nil, fmt.Errorf("conceal leaf: %w", err)
	}
	return Opaque{Epoch: l.Hour.Day(), Digest: DigestOf(inner), EmbargoMax: l.EmbargoMax}, inner, nil
}

// Reveal checks that inner is what the opaque entry stood for, down to its dates, and gives it.
func (o Opaque) Reveal(inner []byte) (Leaf, error) {
	if DigestOf(inner) != o.Digest {
		return Leaf{}, fmt.Errorf("reveal opaque leaf: %w: another leaf than the one committed to", ErrUnverified)
	}
	l, err := ParseLeaf(inner)
	if err != nil {
		return Leaf{}, fmt.Errorf("reveal opaque leaf: %w", err)
	}
	if !l.Concealable() || l.Hour.Day() != o.Epoch || l.EmbargoMax != o.EmbargoMax {
		return Leaf{}, fmt.Errorf("reveal opaque leaf: %w: its dates differ from those shown", ErrUnverified)
	}
	return l, nil
}

// Encode gives the opaque entry, always of the same length.
func (o Opaque) Encode() ([]byte, error) {
	switch {
	case o.Epoch <= 0 || o.Epoch != o.Epoch.Day():
		return nil, fmt.Errorf("encode opaque leaf: %w", bad("epoch", "is not a day"))
	case o.EmbargoMax < o.Epoch || o.EmbargoMax > maxHour:
		return nil, fmt.Errorf("encode opaque leaf: %w", bad("embargo_max", "is out of range"))
	case !validDigest(o.Digest):
		return nil, fmt.Errorf("encode opaque leaf: %w", bad("digest", "is not a SHA-256 in base64url"))
	}
	b, err := json.Marshal(opaqueForm{V: schemaVersion, Opaque: o})
	if err != nil {
		return nil, fmt.Errorf("encode opaque leaf: %w", err)
	}
	return b, nil
}

// ParseOpaque reads an entry that must be an [Opaque].
func ParseOpaque(b []byte) (Opaque, error) {
	var form opaqueForm
	if err := parseStrict(b, &form); err != nil {
		return Opaque{}, fmt.Errorf("parse opaque leaf: %w", err)
	}
	if err := sameBytes(form.Opaque, b); err != nil {
		return Opaque{}, fmt.Errorf("parse opaque leaf: %w", err)
	}
	return form.Opaque, nil
}
