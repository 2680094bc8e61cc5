// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strings"

	"tocsin/match/syntax"
)

// Name is the name of the signal type.
const Name = "pdq"

// What the authors of PDQ recommend; a bank may ask for another distance.
const (
	MatchDistance = 31  // two pictures match at this distance or less
	MinQuality    = 50  // a hash of lower quality is neither stored nor asked for
	MaxQuality    = 100 // the best quality
	MaxDistance   = 256 // between a hash and its complement
)

// Hash is a PDQ hash in the order of its text form: byte 0 holds bits 255 to 248, the most significant
// first.
type Hash [32]byte

// Parse reads the 64 hexadecimal digits of a hash, in either case and with spaces around. It refuses the
// all-zero hash (reason syntax.Sentinel): it stands for "too small or too flat to hash" and would match
// every other picture of that kind.
func Parse(text string) (Hash, error) {
	var h Hash
	text = strings.TrimSpace(text)
	if text == "" {
		return h, syntax.Errorf(Name, syntax.Empty, "no hash was given")
	}
	if len(text) != hex.EncodedLen(len(h)) {
		return h, syntax.Errorf(Name, syntax.Length, "a hash has 64 digits, not %d bytes", len(text))
	}
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		return Hash{}, syntax.Errorf(Name, syntax.Alphabet, "a hash has hexadecimal digits only")
	}
	if h.IsZero() {
		return h, syntax.Errorf(Name, syntax.Sentinel, "the zero hash stands for a picture without a hash")
	}
	return h, nil
}

// String gives the canonical form: 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero says whether h is the hash of a picture that cannot be hashed.
func (h Hash) IsZero() bool { return h == Hash{} }

// Distance is the number of bits in which two hashes differ, 0 to MaxDistance.
func Distance(a, b Hash) int {
	n := 0
	for i := 0; i < len(a); i += 8 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]))
	}
	return n
}

// set sets bit k, 0 to 255.
func (h *Hash) set(k int) { h[31-k/8] |= 1 << (k % 8) }
