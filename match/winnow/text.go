// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"encoding/base64"
	"encoding/binary"
)

// Type is the name of this signal type.
const Type = "text"

// The text form is "tw1." and base64url without padding of: the key (8 bytes, zero for none), the digest
// (32), then as shortest base-128 integers the size, the runes and the number of shingles. Unless there are
// none, the hashes of the shingles follow (4 bytes each, least significant first), then the place of each,
// as integers: how many runes and how many bytes it begins behind the one before, and its length in bytes;
// then the sketch.
const (
	formPrefix = "tw1."
	// MaxForm is the length in bytes of the longest text form that Parse reads.
	MaxForm = 16 << 20
)

var formEncoding = base64.RawURLEncoding.Strict()

// String is the canonical text form, under which a fingerprint is stored and exchanged.
func (f *Fingerprint) String() string {
	data := f.Append(make([]byte, 0, 64+8*len(f.Shingles)))
	form := make([]byte, len(formPrefix)+formEncoding.EncodedLen(len(data)))
	copy(form, formPrefix)
	formEncoding.Encode(form[len(formPrefix):], data)
	return string(form)
}

// Append writes the bytes of the text form.
func (f *Fingerprint) Append(to []byte) []byte {
	to = append(to, f.Key[:]...)
	to = append(to, f.Digest[:]...)
	to = binary.AppendUvarint(to, uint64(f.Size))
	to = binary.AppendUvarint(to, uint64(f.Runes))
	to = binary.AppendUvarint(to, uint64(len(f.Shingles)))
	for _, s := range f.Shingles {
		to = binary.LittleEndian.AppendUint32(to, s.Hash)
	}
	var before Shingle
	for _, s := range f.Shingles {
		to = binary.AppendUvarint(to, uint64(s.Rune-before.Rune))
		to = binary.AppendUvarint(to, uint64(s.Start-before.Start))
		to = binary.AppendUvarint(to, uint64(s.End-s.Start))
		before = s
	}
	if !f.Short() {
		to = f.Sketch.Append(to)
	}
	return to
}
