// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

// ID names one entry of a [Set], as whoever added it chose.
type ID uint64

// Hit is one entry that a query came upon.
type Hit struct {
	ID       ID
	Type     string
	Value    string // of the entry, canonical
	Distance int    // in the unit of the type; 0 where a type is equal or not
	Why      Why
}

// Why is how a hit came about, for a person to follow. Only the part of the hit's type is set.
type Why struct {
	Rotated  string    `json:"rotated,omitempty"`  // which dihedral image matched, unless the original
	Passages []Passage `json:"passages,omitempty"` // of a text
	Share    float64   `json:"share,omitempty"`    // of the known text that the query contains, 0–1
	Embedded bool      `json:"embedded,omitempty"` // the known text stands inside a longer one: a quotation?
	Frames   []Frame   `json:"frames,omitempty"`   // of a video
	Query    float64   `json:"query_percent,omitempty"`
	Stored   float64   `json:"stored_percent,omitempty"`
	Level    string    `json:"level,omitempty"` // of an address: resource, exact, identity, unwrapped, …
	Steps    []Step    `json:"steps,omitempty"` // how the address became the key that matched
	Context  bool      `json:"context,omitempty"`
	Caveat   string    `json:"caveat,omitempty"` // a code: why hits of this type are less certain than they look
}

// Passage is a stretch of the query that also stands in the known text: byte offsets, end exclusive.
type Passage struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Frame is one frame of the query with the stored frame nearest to it; times in seconds.
type Frame struct {
	At       float64 `json:"at"`
	StoredAt float64 `json:"stored_at"`
	Distance int     `json:"distance"`
}

// Step is one step of a derivation.
type Step struct {
	Rule   string `json:"rule"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Query asks a [Set] for one value. Value is the text form of a signal of the type; for the type "text" it is
// the text itself, for "url" the address as found.
type Query struct {
	Type    string
	Value   string
	Radius  int      // hits at most this far; the type's default when negative
	Rotated []string // for pdq: the seven other dihedral hashes, in the order of pdq.Dihedral; may be empty
	Limit   int      // most hits wanted, up to 65,536; 0 for DefaultLimit
}

// DefaultLimit bounds the hits of one query.
const DefaultLimit = 1000

// Answer is what a query came upon. More says that there are more hits than the limit: never a silent cut.
type Answer struct {
	Hits []Hit
	More bool
}
