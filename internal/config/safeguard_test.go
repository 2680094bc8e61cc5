// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"testing"

	"tocsin/internal/config"
)

// TestWhatActsWithoutAPersonIsOffByDefault: a host that chose nothing waits for its people (design, refusal 2), and
// a node that chose nothing believes no software passkey.
func TestWhatActsWithoutAPersonIsOffByDefault(t *testing.T) {
	t.Parallel()
	c := config.Default()
	if c.AutomaticExecution.Enabled {
		t.Error("automatic execution is on")
	}
	if c.Demonstration {
		t.Error("demonstration passkeys are accepted")
	}
	if c.AutomaticExecution.TrustedFrom < 1 {
		t.Error("once switched on, an issuer nobody here ever dealt with is trusted at once")
	}
}
