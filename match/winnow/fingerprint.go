// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"encoding/hex"

	"tocsin/match/minhash"
)

const (
	// ShingleRunes is how many runes a shingle has: no shared passage that is shorter is seen.
	ShingleRunes = 12
	// Window is how many neighbouring shingles compete: of every shared passage of
	// ShingleRunes+Window-1 runes at least one shingle is seen.
	Window = 8
	// MinWords and MinRunes: a text with fewer words and fewer runes is only ever equal to another or not.
	MinWords = 8
	MinRunes = 60
)

// KeyID names the key a fingerprint was made with; zero for none. Only fingerprints of one key are compared.
type KeyID [8]byte

func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// Shingle is one of the shingles kept of a text.
type Shingle struct {
	Hash       uint32
	Rune       uint32 // its place in the folded text, counted in runes
	Start, End uint32 // where it came from: bytes of the text as it was given
}

// Fingerprint is what is kept of a text to recognise it.
type Fingerprint struct {
	Key      KeyID
	Digest   [32]byte  // of the folded text: SHA-256, or HMAC-SHA-256 with a key
	Size     uint32    // of the text as it was given, in bytes
	Runes    uint32    // of the folded text
	Shingles []Shingle // in the order of the text; none when the text is short
	Sketch   minhash.Signature
}

// Short says that the text is only ever equal to another or not.
func (f *Fingerprint) Short() bool { return len(f.Shingles) == 0 }
