// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build race

package winnow_test

import "flag"

// The race detector makes everything several times slower, and a property that one goroutine computes has
// nothing for it. It watches some cases; CI checks all of them without it (.ci/must-run-plain).
func init() {
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	hostileSize = 1 << 16
}
