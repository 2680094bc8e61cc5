// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package fold

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// Misread are the letters that a program may have seen which reads pictures, where it wrote what stands at the beginning of
// a text; the longest first. They are for texts that came from pictures: elsewhere people write what they mean. Nobody may
// change them.
func (t *Tables) Misread(text string) iter.Seq[*Edge] {
	return func(yield func(*Edge) bool) {
		r, _ := utf8.DecodeRuneInString(text)
		edges := t.misread[r]
		for i := range edges {
			if strings.HasPrefix(text, edges[i].From) && !yield(&edges[i]) {
				return
			}
		}
	}
}

// Misreads are those that begin with a character, whatever follows it. Nobody may change them.
func (t *Tables) Misreads(r rune) []Edge { return t.misread[r] }

// BeginsMisread reports whether [Tables.Misread] finds something at the beginning of a text.
func (t *Tables) BeginsMisread(text string) bool {
	for range t.Misread(text) {
		return true
	}
	return false
}

func (t *Tables) takeMisread(s sheet) error {
	for _, row := range s.rows {
		r, _ := utf8.DecodeRuneInString(row[0])
		for letters := range strings.FieldsSeq(row[1]) {
			if letters == row[0] || Letters(letters) != letters {
				return fmt.Errorf("%q is read as %q, which is no other letter without case and marks", row[0], letters)
			}
			e := Edge{From: row[0]}
			e.stepFrom(s.cite(), OpOCR, letters, CostOCR)
			t.misread[r] = append(t.misread[r], e)
		}
	}
	return nil
}
