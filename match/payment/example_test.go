// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package payment_test

import (
	"fmt"

	"tocsin/match/payment"
)

// An identifier has one canonical form, whatever its spelling.
func ExampleParse() {
	identifier, err := payment.Parse("gb82 west 1234 5698 7654 32")
	fmt.Println(identifier, identifier.Kind(), err)
	fmt.Println(identifier.Explanation())
	_, err = payment.Parse("GB82 WEST 1234 5698 7654 33")
	fmt.Println(err)
	// Output:
	// GB82WEST12345698765432 iban <nil>
	// an IBAN of GB; its checksum fits
	// payment: the check digits of the IBAN do not fit
}

// Only what stands alone and has a fitting checksum is found in text.
func ExampleScan() {
	text := "For the garden: BE68 5390 0754 7034, not BE68 5390 0754 7035."
	for _, found := range payment.Scan(text) {
		fmt.Println(found.Start, found.End, found.Identifier)
	}
	// Output:
	// 16 35 BE68539007547034
}
