// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package payment

import (
	"strings"

	"golang.org/x/crypto/sha3"

	"tocsin/match/syntax"
)

// ethereumLength is "0x" and 20 bytes in hexadecimal digits.
const ethereumLength = 42

func parseEthereum(text string) (Identifier, error) {
	if len(text) != ethereumLength {
		return Identifier{}, refuse(syntax.Length, "an Ethereum address has 42 characters")
	}
	written := text[2:]
	lower := strings.ToLower(written)
	if strings.Trim(lower, "0123456789abcdef") != "" {
		return Identifier{}, refuse(syntax.Alphabet, "an Ethereum address is written in hexadecimal digits")
	}
	mixed := mixedCase(lower)
	oneCase := written == lower || written == strings.ToUpper(written)
	if written != mixed && !oneCase {
		return Identifier{}, refuse(syntax.Checksum, "the capitals of the Ethereum address do not fit its checksum")
	}
	return Identifier{
		kind: Ethereum, canonical: "0x" + mixed, form: "an Ethereum address",
		checked: written == mixed && strings.ContainsAny(lower, "abcdef"),
	}, nil
}

// mixedCase writes a letter as a capital where the digit of the text's hash at its place is 8 or more:
// EIP-55.
func mixedCase(lower string) string {
	keccak := sha3.NewLegacyKeccak256()
	keccak.Write([]byte(lower))
	hash := keccak.Sum(nil)
	out := []byte(lower)
	for i, c := range out {
		high := hash[i/2] >> (4 * (1 - i%2)) & 8
		if 'a' <= c && c <= 'f' && high != 0 {
			out[i] = c - 'a' + 'A'
		}
	}
	return string(out)
}
