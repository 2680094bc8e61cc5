// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package payment

import (
	"strings"

	"tocsin/match/syntax"
)

// A segregated-witness address is "bc1", a version, a program and six characters of checksum: BIP-173 for
// version 0, BIP-350 for the others.
const (
	segwitPrefix   = "bc1"
	segwitLongest  = 90
	bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	checksumSize   = 6
	bech32         = 1          // constant of the checksum of version 0
	bech32m        = 0x2bc830a3 // of versions 1 to 16
)

func hasSegwitPrefix(text string) bool {
	return len(text) >= len(segwitPrefix) && strings.EqualFold(text[:len(segwitPrefix)], segwitPrefix)
}

func parseSegwit(text string) (Identifier, error) {
	lower := strings.ToLower(text)
	switch {
	case text != lower && text != strings.ToUpper(text):
		return Identifier{}, refuse(syntax.Alphabet,
			"a bech32 address is in small letters or in capitals, not both")
	case len(text) > segwitLongest || len(text) < len(segwitPrefix)+checksumSize+1:
		return Identifier{}, refuse(syntax.Length, "a bech32 address has 10 to 90 characters")
	}
	values := make([]byte, 0, segwitLongest)
	for i := len(segwitPrefix); i < len(lower); i++ {
		value := strings.IndexByte(bech32Alphabet, lower[i])
		if value < 0 {
			return Identifier{}, refuse(syntax.Alphabet, "a character that bech32 does not use")
		}
		values = append(values, byte(value))
	}
	version, constant := values[0], uint32(bech32)
	if version > 0 {
		constant = bech32m
	}
	if polymod(values) != constant {
		return Identifier{}, refuse(syntax.Checksum, "the checksum of the bech32 address does not fit")
	}
	size, ok := programSize(values[1 : len(values)-checksumSize])
	if version > 16 || !ok || size < 2 || size > 40 || version == 0 && size != 20 && size != 32 {
		return Identifier{}, refuse(syntax.Structure, "no witness version has a program like this")
	}
	return Identifier{kind: Bitcoin, canonical: lower, form: segwitForm(version, size), checked: true}, nil
}

func segwitForm(version byte, size int) string {
	switch {
	case version == 0 && size == 20:
		return "a Bitcoin address for one key (P2WPKH)"
	case version == 0:
		return "a Bitcoin address for a script (P2WSH)"
	case version == 1 && size == 32:
		return "a Bitcoin taproot address (P2TR)"
	}
	return "a Bitcoin address of a witness version not in use yet"
}

// polymod is the checksum of BIP-173 over the expanded prefix "bc" and the values.
func polymod(values []byte) uint32 {
	generator := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	check := uint32(1)
	step := func(value byte) {
		top := check >> 25
		check = check&0x1ffffff<<5 ^ uint32(value)
		for i, g := range generator {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	for _, value := range []byte{'b' >> 5, 'c' >> 5, 0, 'b' & 31, 'c' & 31} {
		step(value)
	}
	for _, value := range values {
		step(value)
	}
	return check
}

// programSize counts the bytes in groups of five bits. What is left over must be fewer than five bits, all
// zero.
func programSize(values []byte) (size int, ok bool) {
	bits := len(values) * 5
	left := bits % 8
	if left >= 5 || len(values) == 0 {
		return 0, false
	}
	return bits / 8, values[len(values)-1]&(1<<left-1) == 0
}
