// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package href

// Fast and Slow are the two ways, for the tests that compare them.
var (
	Fast = fast
	Slow = slow
)
