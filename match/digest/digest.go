// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package digest reads, writes and computes the digests that name a file exactly: MD5, SHA-1 and
// SHA-256. Two files with one digest are taken to be the same file, so there is a match or none, and no
// distance.
//
// MD5 and SHA-1 collide for whoever wants them to: they must never be the reason for a decision that no
// person looks at; see Algorithm.Forgeable. The package must never accept the digest of the empty file,
// which every failed download would match. Start reading at Parse.
package digest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"

	"tocsin/match/syntax"
)

// Algorithm is one way to compute a digest; its text is the name of the signal type.
type Algorithm string

// The algorithms in use among platforms.
const (
	MD5    Algorithm = "md5"
	SHA1   Algorithm = "sha1"
	SHA256 Algorithm = "sha256"
)

// Algorithms lists them all, the weakest first.
func Algorithms() []Algorithm { return []Algorithm{MD5, SHA1, SHA256} }

// Size is the number of bytes of a digest, 0 for an algorithm that is not one of these.
func (a Algorithm) Size() int {
	switch a {
	case MD5:
		return md5.Size
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	}
	return 0
}

// Forgeable says whether somebody can make two different files with one digest.
func (a Algorithm) Forgeable() bool { return a != SHA256 }

// New starts a digest of what will be written; nil for an algorithm that is not one of these. FromHash
// makes the Digest when all is written.
func (a Algorithm) New() hash.Hash {
	switch a {
	case MD5:
		return md5.New()
	case SHA1:
		return sha1.New()
	case SHA256:
		return sha256.New()
	}
	return nil
}

// Digest is the digest of a file. Digests are comparable with ==; the zero Digest is none.
type Digest struct {
	algorithm Algorithm
	bytes     [sha256.Size]byte // the first Size of them
}

// Parse reads hexadecimal digits in either case, with spaces around. It refuses (reason syntax.Sentinel)
// the digest of the empty file and the one of zeros only, which stand for "there was no file".
func Parse(a Algorithm, text string) (Digest, error) {
	size := a.Size()
	if size == 0 {
		return Digest{}, syntax.Errorf("digest", syntax.Structure, "the algorithm is not one of md5, sha1, sha256")
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return Digest{}, syntax.Errorf(string(a), syntax.Empty, "no digest was given")
	}
	if len(text) != hex.EncodedLen(size) {
		return Digest{}, syntax.Errorf(string(a), syntax.Length, "a digest has %d digits, not %d bytes",
			hex.EncodedLen(size), len(text))
	}
	d := Digest{algorithm: a}
	if _, err := hex.Decode(d.bytes[:], []byte(text)); err != nil {
		return Digest{}, syntax.Errorf(string(a), syntax.Alphabet, "a digest has hexadecimal digits only")
	}
	if d.IsSentinel() {
		return Digest{}, syntax.Errorf(string(a), syntax.Sentinel, "this digest stands for a file without content")
	}
	return d, nil
}

// Sum is the digest of data.
func Sum(a Algorithm, data []byte) Digest {
	h := a.New()
	if h == nil {
		return Digest{}
	}
	h.Write(data)
	return FromHash(a, h)
}

// FromHash is the digest of all that was written to a hash that a.New made.
func FromHash(a Algorithm, h hash.Hash) Digest {
	d := Digest{algorithm: a}
	copy(d.bytes[:], h.Sum(nil))
	return d
}

// Algorithm is how the digest was computed.
func (d Digest) Algorithm() Algorithm { return d.algorithm }

// Bytes are the bytes of the digest.
func (d Digest) Bytes() []byte { return d.bytes[:d.algorithm.Size()] }

// String gives the canonical form: lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d.Bytes()) }

// IsSentinel says whether d is what a file without content has, or zeros: a value that Parse refuses and
// that is not to be asked for.
func (d Digest) IsSentinel() bool {
	return d.bytes == [sha256.Size]byte{} || d == ofNothing[d.algorithm]
}

// ofNothing are the digests of a file without content.
var ofNothing = map[Algorithm]Digest{MD5: Sum(MD5, nil), SHA1: Sum(SHA1, nil), SHA256: Sum(SHA256, nil)}
