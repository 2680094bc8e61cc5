// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"strings"
	"unicode/utf8"

	"tocsin/match/minhash"
)

// MinKeySize is the least size in bytes of the key of a group.
const MinKeySize = 16

// ErrKeySize says that a key is shorter than MinKeySize.
var ErrKeySize = errors.New("winnow: the key of a group has at least 16 bytes")

// Hasher makes fingerprints. It is never changed and may be used by many goroutines.
type Hasher struct {
	id     KeyID
	digest func() hash.Hash
	base   uint64 // of the rolling hashes, odd
	seed   uint64
	drawn  sipKey // what leaves a fingerprint has passed through it
	ascii  [utf8.RuneSelf]uint64
}

// Public makes fingerprints without a key: for use inside an organisation, because the fingerprint of a short
// text tells the text to whoever guesses it.
var Public = newHasher(nil)

// WithKey makes fingerprints that only holders of the key can make or guess, to share within a group. The
// error is ErrKeySize.
func WithKey(key []byte) (*Hasher, error) {
	if len(key) < MinKeySize {
		return nil, ErrKeySize
	}
	return newHasher(key), nil
}

func newHasher(key []byte) *Hasher {
	derive := func(purpose string) []byte {
		mac := hmac.New(sha256.New, key)
		io.WriteString(mac, "tocsin winnow 1 "+purpose)
		return mac.Sum(nil)
	}
	h := &Hasher{digest: sha256.New}
	if key != nil {
		forDigests := derive("digest")
		h.digest = func() hash.Hash { return hmac.New(sha256.New, forDigests) }
		copy(h.id[:], derive("id"))
	}
	secret := derive("shingles")
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(secret[8*i:]) }
	h.base, h.seed, h.drawn = word(0)|1, word(1), sipKey{word(2), word(3)}
	for c := range h.ascii {
		h.ascii[c] = mix(uint64(c) ^ h.seed)
	}
	return h
}

// Key names the key of the hasher.
func (h *Hasher) Key() KeyID { return h.id }

// Sum folds a text with Fold and makes its fingerprint. The only error is ErrLong.
func (h *Hasher) Sum(text string) (Fingerprint, error) {
	folded, err := Fold(text)
	if err != nil {
		return Fingerprint{}, err
	}
	return h.SumFolded(folded)
}

// SumFolded makes the fingerprint of a text folded in any way. The only error is ErrLong.
func (h *Hasher) SumFolded(text Folded) (Fingerprint, error) {
	if len(text.Text) > MaxSize || text.Size > MaxSize {
		return Fingerprint{}, ErrLong
	}
	digest := h.digest()
	io.WriteString(digest, text.Text)
	f := Fingerprint{Key: h.id, Size: uint32(text.Size)}
	digest.Sum(f.Digest[:0])
	if short(text.Text) {
		f.Runes = uint32(utf8.RuneCountInString(text.Text))
		return f, nil
	}
	scan := scan{
		hasher: h, sketch: new(minhash.Sketch),
		starts: cursor{pieces: text.pieces}, ends: cursor{pieces: text.pieces},
		kept: make([]Shingle, 0, len(text.Text)*2/(Window+1)+Window),
	}
	scan.sketch.Reset()
	f.Runes = uint32(scan.text(text.Text))
	f.Shingles = scan.kept
	f.Sketch = scan.sketch.Signature(h.drawn.sum)
	return f, nil
}

// short says whether a folded text has too little to compare.
func short(text string) bool {
	if len(text) >= MinRunes*utf8.UTFMax {
		return false
	}
	runes, words := utf8.RuneCountInString(text), 1+strings.Count(text, " ")
	return runes < ShingleRunes || runes < MinRunes && words < MinWords
}

// mix is the finisher of SplitMix64: every bit of the result depends on every bit given.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
