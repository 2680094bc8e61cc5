// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"unicode"

	"tocsin/decode/fold"
)

// again reads a letter once more as the same one.
func (w *ways) again(st *state, i, size int, letter uint16) {
	if st.last == 0 || st.between || letter != st.last || !unicode.IsLetter(w.d.plain.letters[letter]) {
		return
	}
	next := *st
	w.made(&next, i, i+size, fold.OpRepeat, "", fold.CostRepeat)
}

// apart reads a separator between letters: the same in every gap from the first on.
func (w *ways) apart(st *state, i int, r rune, size int) {
	if st.between || r == '\n' || st.apart != r && (st.apart != 0 || st.letters != 1) {
		return
	}
	next := *st
	next.apart, next.between = r, true
	w.made(&next, i, i+size, fold.OpSeparator, "", fold.CostSeparator)
}

func separates(r rune, class fold.Class) bool {
	return class == fold.Space || class == fold.Symbol && (unicode.IsPunct(r) || unicode.IsSymbol(r))
}

// gap reads what stands between the words of a form: white space, or something instead.
func (w *ways) gap(st *state, i int, r rune, size int, class fold.Class) {
	blank := w.d.plain.blank
	if blank == 0 {
		return
	}
	if class == fold.Space && st.last == blank {
		next := *st
		w.made(&next, i, i+size, fold.OpSpace, "", 0)
		return
	}
	node := w.d.plain.step(st.node, blank)
	if node == dead {
		return
	}
	next := *st
	next.node, next.last = node, blank
	next.between = st.apart != 0
	switch {
	case r == ' ':
		w.push(&next, i, i+size, &asWritten)
	case class == fold.Space:
		w.made(&next, i, i+size, fold.OpSpace, " ", 0)
	default:
		w.made(&next, i, i+size, fold.OpSeparator, " ", fold.CostSeparator)
	}
}

var asWritten fold.Edge

// leftOut reads the space of a form where none stands.
func (w *ways) leftOut(st *state, i int) {
	node := w.d.plain.step(st.node, w.d.plain.blank)
	if node == dead || st.last == w.d.plain.blank {
		return
	}
	next := *st
	next.node, next.last = node, w.d.plain.blank
	w.made(&next, i, i, fold.OpJoin, " ", fold.CostJoin)
}
