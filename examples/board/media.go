// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http"
)

// medium is one file of a post, as the node is told of it.
type medium struct {
	Address string `json:"address"`
	Type    string `json:"type"`
}

// mediaOf are the files of a post. They stand at addresses that nobody else is told, because whoever judges a
// complaint must see what the public may not.
func (b *Board) mediaOf(id postID) []medium {
	return []medium{{b.base.String() + "/tocsin/media/" + id.String() + "/" + b.mediaKey(id), "image/png"}}
}

// mediaKey proves that an address came from the board.
func (b *Board) mediaKey(id postID) string {
	sum := hmac.New(sha256.New, b.mediaSecret[:])
	sum.Write([]byte(id.String()))
	return hex.EncodeToString(sum.Sum(nil))
}

// serveMediaToNode sends the picture of a post to the node, whatever restricts the post.
func (b *Board) serveMediaToNode(w http.ResponseWriter, r *http.Request) {
	id, ok := parsePostID(r.PathValue("id"))
	if !ok || !hmac.Equal([]byte(r.PathValue("key")), []byte(b.mediaKey(id))) {
		b.serveNoSuchEndpoint(w, r)
		return
	}
	var content []byte
	err := b.store.read(r.Context(), func(tx *sql.Tx) (err error) {
		content, _, err = findPicture(r.Context(), tx, id)
		return err
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		b.serveNoSuchEndpoint(w, r)
		return
	case err != nil:
		b.serveFailure(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(content) // the node notices when it breaks off
}
