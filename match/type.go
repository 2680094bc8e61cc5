// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package match finds what is, or nearly is, something known: pictures, videos, files, texts, addresses and
// payment identifiers. It is a library without I/O that a platform can embed alone. It proposes and explains;
// it never decides anything, and nothing in it knows who made or posted what it compares. Start reading at
// Type, then Set.
package match

// Type is one kind of signal.
type Type struct {
	Name    string // as in every interface and list: "pdq", "sha256", "url", …
	Exact   bool   // equal or not; there is no distance
	Default int    // distance at which a match is proposed unless a bank says otherwise
	Largest int    // greatest distance a bank may ask for
	// Parse reads any accepted text form and gives the canonical one, or a *syntax.Error. Of the type "text" it
	// takes a fingerprint, or the text itself and gives its fingerprint.
	Parse func(text string) (canonical string, err error)
	// Distance compares a known value with another. Types that are equal or not give 0 or 1. The unit is bits
	// for "pdq"; percent of the other's frames that the known lacks for "vpdq"; percent of the known that the
	// other lacks for "text"; that of package tlsh, without length, for "text_tlsh".
	Distance func(known, other string) (int, error)
}
