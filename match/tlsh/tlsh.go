// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package tlsh computes and compares TLSH T1 digests (128 buckets, one byte of checksum), the form in which
// other systems exchange near-duplicate text. A digest describes a text as a whole: it misses quotations and
// edited posts under about 1 kB, which tocsin/match/winnow finds. It must never be the only way a text is
// recognised, and never says that a text is unlawful. Start reading at Sum, then Compare.
package tlsh

import (
	"encoding/hex"
	"strings"

	"tocsin/match/syntax"
)

// Type is the name of this signal type.
const Type = "tlsh"

const (
	bodySize = buckets / 4 // two bits a bucket
	hashSize = 3 + bodySize
	version  = "T1"
)

// Hash is a digest, its bytes in the order of the text form: checksum and length class with their half-bytes
// swapped, the two quartile ratios, then the buckets from the last to the first.
type Hash [hashSize]byte

// Parse reads a digest of 70 hexadecimal digits, with or without the mark T1, in any case. Every error is a
// *syntax.Error.
func Parse(text string) (Hash, error) {
	var h Hash
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return h, syntax.Errorf(Type, syntax.Empty, "no digest given")
	case strings.EqualFold(text, "TNULL"):
		return h, syntax.Errorf(Type, syntax.Sentinel, "TNULL says that there was no digest")
	}
	if len(text) >= len(version) && strings.EqualFold(text[:len(version)], version) {
		text = text[len(version):]
	}
	if len(text) != hex.EncodedLen(hashSize) {
		return h, syntax.Errorf(Type, syntax.Length, "after T1 stand %d hexadecimal digits, not %d",
			hex.EncodedLen(hashSize), len(text))
	}
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		return Hash{}, syntax.Errorf(Type, syntax.Alphabet, "a digest is written in hexadecimal digits only")
	}
	return h, nil
}

// String is the canonical form: T1 and 70 upper-case hexadecimal digits.
func (h Hash) String() string { return version + strings.ToUpper(hex.EncodeToString(h[:])) }

func (h Hash) checksum() byte    { return h[0] }
func (h Hash) lengthClass() byte { return swapHalves(h[1]) }

// quartiles are the first and the second quartile, each as hundredths of the third modulo 16.
func (h Hash) quartiles() (first, second byte) { return h[2] >> 4, h[2] & 15 }

func (h Hash) body() []byte { return h[3:] }

func swapHalves(b byte) byte { return b<<4 | b>>4 }
