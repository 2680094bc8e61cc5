// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"net/http"
	"strings"
)

// serveAdmin shows the form by which the board removes a post under its own terms, or puts it back.
func (b *Board) serveAdmin(w http.ResponseWriter, _ *http.Request) {
	b.render(w, http.StatusOK, cacheNever, "admin", "Moderation", nil)
}

// moderate takes the token with each form, or as a bearer token from a program; there is no session to steal.
func (b *Board) moderate(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := r.ParseForm(); err != nil {
		b.renderMessage(w, http.StatusBadRequest, "Nothing changed", "The form could not be read.")
		return
	}
	if !b.isAdmin(r.PostForm.Get("token")) && !b.isAdmin(bearer(r)) {
		b.renderMessage(w, http.StatusForbidden, "Nothing changed", "The admin token is not right.")
		return
	}
	id, ok := parsePostID(strings.TrimSpace(r.PostForm.Get("post")))
	action := r.PostForm.Get("action")
	if !ok || (action != "remove" && action != "restore") {
		b.renderMessage(w, http.StatusUnprocessableEntity, "Nothing changed",
			"Give the number of a post, and choose to remove or to restore it.")
		return
	}
	err := b.store.write(r.Context(), func(tx *sql.Tx) error {
		return setRemoved(r.Context(), tx, id, action == "remove", b.now())
	})
	switch {
	case errors.Is(err, errNoPost):
		b.renderMessage(w, http.StatusNotFound, "Nothing changed", "The board has no such post.")
	case err != nil:
		b.serveFailure(w, r, err)
	default:
		http.Redirect(w, r, id.path(), http.StatusSeeOther)
	}
}

// isAdmin compares hashes, so that the time taken tells nothing of the token, not even its length.
func (b *Board) isAdmin(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], b.adminHash[:]) == 1
}

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}
