// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package payment

import (
	"bytes"
	"crypto/sha256"
	"strings"

	"tocsin/match/syntax"
)

// base58Alphabet leaves out what looks alike: 0, O, I and l.
const base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// A base58check address is a version byte, 20 bytes of hash and 4 of checksum.
const (
	base58Bytes   = 25
	base58Longest = 35
	tronLength    = 34
)

// versions of main networks. Test networks have no money.
var versions = map[byte]struct {
	kind Kind
	form string
}{
	0x00: {Bitcoin, "a Bitcoin address for one key (P2PKH)"},
	0x05: {Bitcoin, "a Bitcoin address for a script (P2SH)"},
	0x41: {Tron, "a Tron address"},
}

func parseBase58(text string) (Identifier, error) {
	if len(text) < base58Bytes || len(text) > base58Longest {
		return Identifier{}, refuse(syntax.Length, "a base58 address has 25 to 35 characters")
	}
	decoded, ok := decodeBase58(text)
	switch {
	case strings.Trim(text, base58Alphabet) != "":
		return Identifier{}, refuse(syntax.Alphabet, "a character that base58 does not use")
	case !ok:
		return Identifier{}, refuse(syntax.Structure, "a base58 address encodes 25 bytes")
	}
	body, checksum := decoded[:base58Bytes-4], decoded[base58Bytes-4:]
	once := sha256.Sum256(body)
	if twice := sha256.Sum256(once[:]); !bytes.Equal(twice[:4], checksum) {
		return Identifier{}, refuse(syntax.Checksum, "the checksum of the base58 address does not fit")
	}
	version, known := versions[decoded[0]]
	if !known {
		return Identifier{}, refuse(syntax.Structure, "a base58 address of another network")
	}
	return Identifier{kind: version.kind, canonical: text, form: version.form, checked: true}, nil
}

// decodeBase58 decodes an address to exactly 25 bytes. Each leading "1" is a leading zero byte, so that bytes
// have one spelling only.
func decodeBase58(text string) (decoded [base58Bytes]byte, ok bool) {
	for i := range len(text) {
		carry := strings.IndexByte(base58Alphabet, text[i])
		if carry < 0 {
			return decoded, false
		}
		for at := base58Bytes - 1; at >= 0; at-- {
			carry += int(decoded[at]) * 58
			decoded[at] = byte(carry)
			carry >>= 8
		}
		if carry != 0 {
			return decoded, false
		}
	}
	ones := len(text) - len(strings.TrimLeft(text, "1"))
	zeros := base58Bytes - len(bytes.TrimLeft(decoded[:], "\x00"))
	return decoded, ones == zeros
}
