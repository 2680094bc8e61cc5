// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import "tocsin/decode"

// Reader reads texts for the entries of a node's lexicons. What it finds is no finding of anything: it is shown to whoever
// asked, with its steps, and restricts nothing.
type Reader interface {
	Read(text string, about decode.About) decode.Result
}

// read reads what a piece says, where it is a text and this node has a lexicon.
func (f *Flow) read(p Piece) decode.Result {
	if f.Reader == nil || p.Text == "" {
		return decode.Result{}
	}
	return f.Reader.Read(p.Text, decode.About{})
}
