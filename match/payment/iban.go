// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package payment

import (
	"strings"

	"tocsin/match/syntax"
)

// ibanLengths are the lengths of each country's account numbers, from the IBAN registry that SWIFT keeps for
// ISO 13616-1. A country that joins later needs a row; until then its numbers are refused.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
	"BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
	"ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
	"LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
	"MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
	"PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
	"SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
	"YE": 30,
}

// groups are what people put between the groups of a number.
var groups = strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\u202f", "")

func parseIBAN(text string) (Identifier, error) {
	number := strings.ToUpper(groups.Replace(text))
	if len(number) < 5 || !letter(number[0]) || !letter(number[1]) || !digit(number[2]) || !digit(number[3]) {
		return Identifier{}, refuse(syntax.Structure, "no known kind of identifier begins like this")
	}
	for i := range len(number) {
		if !letter(number[i]) && !digit(number[i]) {
			return Identifier{}, refuse(syntax.Alphabet, "an IBAN has letters and digits only")
		}
	}
	length, known := ibanLengths[number[:2]]
	if !known {
		return Identifier{}, refuse(syntax.Structure, "no country with IBANs has these two letters")
	}
	if len(number) != length {
		return Identifier{}, syntax.Errorf(signalType, syntax.Length, "an IBAN of %s has %d characters",
			number[:2], length)
	}
	if !ibanChecks(number) {
		return Identifier{}, refuse(syntax.Checksum, "the check digits of the IBAN do not fit")
	}
	return Identifier{kind: IBAN, canonical: number, form: "an IBAN of " + number[:2], checked: true}, nil
}

// ibanChecks computes ISO/IEC 7064 MOD 97-10 over the number with its first four characters moved to the end,
// letters as 10 to 35. Check digits go from 02 to 98.
func ibanChecks(number string) bool {
	rest := 0
	for _, part := range []string{number[4:], number[:4]} {
		for i := range len(part) {
			if c := part[i]; digit(c) {
				rest = (rest*10 + int(c-'0')) % 97
			} else {
				rest = (rest*100 + int(c-'A') + 10) % 97
			}
		}
	}
	check := int(number[2]-'0')*10 + int(number[3]-'0')
	return rest == 1 && check >= 2 && check <= 98
}

func letter(c byte) bool { return 'A' <= c && c <= 'Z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }
