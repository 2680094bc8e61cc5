// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"testing"

	"tocsin/internal/bridge/hma"
	"tocsin/internal/outbound"
)

// TestEveryFailedFetchSaysWhy, and what leads into this node's own network is unsafe, whether the address, a
// name or a redirect led there.
func TestEveryFailedFetchSaysWhy(t *testing.T) {
	t.Parallel()
	for kind, want := range map[outbound.Kind]hma.Unfetched{
		outbound.KindInvalid: {Unsafe: true}, outbound.KindBlocked: {Unsafe: true},
		outbound.KindNotDeclared: {Unsafe: true},
		outbound.KindTooLarge:    {TooLarge: true}, outbound.KindUnreachable: {}, outbound.KindTLS: {},
		outbound.KindTimeout:  {},
		outbound.KindCanceled: {}, outbound.KindRedirect: {}, outbound.KindEncoding: {}, outbound.KindBroken: {},
	} {
		failed, ok := errors.AsType[*hma.Unfetched](unfetched(&outbound.Error{Kind: kind}))
		if !ok || failed.Unsafe != want.Unsafe || failed.TooLarge != want.TooLarge || failed.Why == "" {
			t.Errorf("%s: %+v", kind, failed)
		}
	}
}
