// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"testing"

	"tocsin/wire"
)

// BenchmarkVerifyOrder is what a host pays before it may act: five signatures (the order's, two
// certificates', two passkeys') and every rule of the form.
func BenchmarkVerifyOrder(b *testing.B) {
	w := newWorld(b)
	signed, c := w.order(), w.context(host)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.Verify(signed, c); err != nil {
			b.Fatal(err)
		}
	}
}
