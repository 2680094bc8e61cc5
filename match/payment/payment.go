// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package payment reads the identifiers under which money is asked for in public: bank accounts and addresses
// of digital currencies, each with its own checksum. An identifier is a signal like a picture's hash: it says
// that two appeals name the same account, and nothing about whose it is. The package must never hold or look
// up a holder, and refuses card numbers. Start reading at Parse, then Scan.
package payment

import (
	"strings"

	"tocsin/match/syntax"
)

// Kind is a system of identifiers.
type Kind string

// The kinds.
const (
	IBAN     Kind = "iban"     // ISO 13616
	Bitcoin  Kind = "bitcoin"  // main network: base58check, bech32 and bech32m
	Ethereum Kind = "ethereum" // and the networks that share its addresses
	Tron     Kind = "tron"
)

// Identifier is a valid identifier. The zero Identifier is none.
type Identifier struct {
	kind      Kind
	canonical string
	form      string
	checked   bool
}

// Kind returns the system of the identifier.
func (i Identifier) Kind() Kind { return i.kind }

// String returns the canonical form: what Parse of any spelling gives, and what two parties compare.
func (i Identifier) String() string { return i.canonical }

// Checked says that the spelling carried a checksum that fits. Only an Ethereum address may lack one: in one
// case, small or capital, it has none.
func (i Identifier) Checked() bool { return i.checked }

// Explanation says which form was recognised and what vouches for it, for a person to read.
func (i Identifier) Explanation() string {
	if !i.checked {
		return i.form + "; written in one case, so without a checksum: a typing error would not show"
	}
	return i.form + "; its checksum fits"
}

// signalType is the name of the type.
const signalType = "payment"

// MaxLength is the longest identifier that is read, in bytes, with the spaces people put into it.
const MaxLength = 128

// ReasonCard is why a card number is no signal: it is the key to an account, not its name. It belongs to one
// person, whoever reads it can take money with it, and the rules of the card industry forbid passing it on.
const ReasonCard = "card"

// Parse reads an identifier of any kind. The error is a *syntax.Error; a checksum that does not fit has the
// reason syntax.Checksum.
func Parse(text string) (Identifier, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Identifier{}, refuse(syntax.Empty, "there is no identifier")
	case len(text) > MaxLength:
		return Identifier{}, refuse(syntax.Length, "an identifier has at most 128 characters")
	case cardNumber(text):
		return Identifier{}, refuse(ReasonCard, "a card number is a secret of its holder and never a signal")
	case strings.HasPrefix(text, "0x") || strings.HasPrefix(text, "0X"):
		return parseEthereum(text)
	case hasSegwitPrefix(text):
		return parseSegwit(text)
	case text[0] == '1' || text[0] == '3':
		return parseBase58(text)
	case text[0] == 'T' && len(text) == tronLength && !strings.ContainsAny(text, " -"):
		return parseBase58(text)
	}
	return parseIBAN(text)
}

func refuse(reason, detail string) error { return syntax.Errorf(signalType, reason, "%s", detail) }

// cardNumber says whether a text is a number of 13 to 19 digits, in groups or not, whose last digit checks
// the others: ISO/IEC 7812-1, annex B.
func cardNumber(text string) bool {
	sum, count := 0, 0
	for i := len(text) - 1; i >= 0; i-- {
		c := text[i]
		if c == ' ' || c == '-' {
			continue
		}
		if c < '0' || c > '9' {
			return false
		}
		digit := int(c - '0')
		if count%2 == 1 {
			digit = digit*2/10 + digit*2%10
		}
		sum += digit
		count++
	}
	return count >= 13 && count <= 19 && sum%10 == 0
}
