// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"strings"
	"unicode/utf8"
)

// Guard puts an apostrophe before a cell that a spreadsheet would take for a formula, and before one that
// unguard would otherwise change. The value of a signal is chosen by whoever it is about, as is much else that is
// exported.
func Guard(cell string) string {
	if risky(cell) {
		return "'" + cell
	}
	return cell
}

// unguard takes away what Guard put there, and nothing else.
func unguard(cell string) string {
	if bare, guarded := strings.CutPrefix(cell, "'"); guarded && risky(bare) {
		return bare
	}
	return cell
}

// risky reports whether the first sign after apostrophes and spaces begins a formula, in the usual or the
// fullwidth form. Tab and line ends do, because some programs pass over them.
func risky(cell string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, "' "))
	switch first {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return true
	}
	return false
}
