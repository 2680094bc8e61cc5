// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon

import (
	"bytes"
	_ "embed"
)

//go:embed demo.json
var demo []byte

// Demonstration is a lexicon of invented words in English, French and Arabic that mean nothing. It shows what entries are
// like; no node reads by it unless it is told to.
func Demonstration() *Snapshot {
	s, err := Parse(bytes.NewReader(demo))
	if err != nil {
		panic(err) // it is part of the program, and a test reads it
	}
	return s
}
