// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"net/http"
)

// blockedPage is the data of the 451 page.
type blockedPage struct {
	Restrictions []restriction
	Own          []restriction // the board's own decisions; only for the author
	Author       bool          // the reader came by the author link, and may read the reasons
}

// serveWithheld answers for the page and the picture of a post that may not be shown.
//
// Posts that are removed, gagged or decided on get one page that takes nothing from the post or the request. That is
// the whole defence of a gag: there is no second page to tell apart. It holds for the author too. Only where the board
// decided itself, with a statement of reasons, does the author get that: she is owed it (DSA Art. 17).
func (b *Board) serveWithheld(w http.ResponseWriter, p post, author bool) {
	how, disclosed := p.answer(b.now())
	var own []restriction
	if author {
		own = p.decided(b.now())
	}
	switch {
	case how == answerRemoved && len(own) > 0:
		b.render(w, http.StatusGone, cacheNever, "decided", "This post is no longer shown", own)
		return
	case how == answerRemoved:
		b.render(w, http.StatusGone, cacheNever, "removed", "This post is no longer shown", nil)
		return
	}
	// RFC 7725 §4: the link names who implements the block, not who ordered it.
	w.Header().Set("Link", "<"+b.base.String()+`/>; rel="blocked-by"`)
	b.render(w, http.StatusUnavailableForLegalReasons, cacheNever, "blocked",
		"Unavailable for legal reasons", blockedPage{disclosed, own, author})
}
