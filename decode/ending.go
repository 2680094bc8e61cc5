// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import "tocsin/decode/fold"

// mayEnd reports whether a word may end at a place (gate G8).
func (w *ways) mayEnd(st *state, i int) bool {
	if w.letterAfter(i) {
		return false
	}
	return st.apart == 0 || w.aloneApart(st.apart, i)
}

// end keeps a reading.
func (w *ways) end(st *state, i int) {
	c := candidate{start: w.start, end: i, sure: int(st.sure), masks: int(st.masks), apart: st.apart, steps: w.room.empty()}
	chain := w.lattice.chain[:0]
	for n := st.path; n >= 0; n = w.lattice.links[n].before {
		chain = append(chain, &w.lattice.links[n])
	}
	w.lattice.chain = chain
	for n := len(chain) - 1; n >= 0; n-- {
		l := chain[n]
		if l.edge != nil {
			c.take(int(l.from), int(l.to), l.edge)
		} else {
			c.made(int(l.from), int(l.to), fold.Step{Op: l.op, From: w.text[l.from:l.to], To: l.is, Source: rules})
		}
	}
	c.tier, c.cost = st.tier, st.cost
	c.trim(w.scan)
	w.keepAll(c, w.d.plain.ended(st.node))
}
