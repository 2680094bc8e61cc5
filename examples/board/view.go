// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
)

// listPage is the data of a list. Next is the number to continue below, or zero.
type listPage struct {
	Tag   string
	Posts []post
	Next  postID
}

// serveList shows the newest posts, of all or of one tag.
func (b *Board) serveList(w http.ResponseWriter, r *http.Request) {
	list, before := listPage{Tag: r.PathValue("name")}, postID(math.MaxInt64)
	if list.Tag != "" && !tagPattern.MatchString(list.Tag) {
		b.serveNotFound(w, r)
		return
	}
	if raw := r.FormValue("before"); raw != "" {
		var ok bool
		if before, ok = parsePostID(raw); !ok {
			b.renderMessage(w, http.StatusBadRequest, "No such page", "“before” must be a number.")
			return
		}
	}
	err := b.store.read(r.Context(), func(tx *sql.Tx) (err error) {
		list.Posts, err = findVisible(r.Context(), tx, list.Tag, before, b.now())
		return err
	})
	if err != nil {
		b.serveFailure(w, r, err)
		return
	}
	if len(list.Posts) > pageSize {
		list.Posts = list.Posts[:pageSize]
		list.Next = list.Posts[pageSize-1].ID
	}
	heading := "Recent posts"
	if list.Tag != "" {
		heading = "Posts tagged " + list.Tag
	}
	b.render(w, http.StatusOK, cacheChecked, "list", heading, list)
}

// postPage is the data of a post that is shown.
type postPage struct {
	post
	Author bool // the reader came by the author link
}

// servePost shows one post, or says why it may not.
func (b *Board) servePost(w http.ResponseWriter, r *http.Request) {
	p, found := b.requested(w, r)
	if !found {
		return
	}
	author := p.isAuthor(r.FormValue("author"))
	if how, _ := p.answer(b.now()); how != answerShown {
		b.serveWithheld(w, p, author)
		return
	}
	cache := cacheChecked
	if author {
		cache = cacheNever
	}
	b.render(w, http.StatusOK, cache, "post", "Post "+p.ID.String(), postPage{p, author})
}

// requested is the post that a request names; when there is none, the request has been answered.
func (b *Board) requested(w http.ResponseWriter, r *http.Request) (p post, found bool) {
	id, ok := parsePostID(r.PathValue("id"))
	if !ok {
		b.serveNotFound(w, r)
		return post{}, false
	}
	err := b.store.read(r.Context(), func(tx *sql.Tx) (err error) {
		p, err = findPost(r.Context(), tx, id)
		return err
	})
	switch {
	case errors.Is(err, errNoPost):
		b.serveNotFound(w, r)
	case err != nil:
		b.serveFailure(w, r, err)
	}
	return p, err == nil
}

// serveMedia sends the picture of a post, and answers exactly as its page does when it may not.
func (b *Board) serveMedia(w http.ResponseWriter, r *http.Request) {
	name, png := strings.CutSuffix(r.PathValue("file"), ".png")
	id, ok := parsePostID(name)
	if !png || !ok {
		b.serveNotFound(w, r)
		return
	}
	var p post
	var content, sum []byte
	err := b.store.read(r.Context(), func(tx *sql.Tx) (err error) {
		if p, err = findPost(r.Context(), tx, id); err != nil {
			return err
		}
		content, sum, err = findPicture(r.Context(), tx, id)
		return err
	})
	if errors.Is(err, errNoPost) {
		b.serveNotFound(w, r)
		return
	}
	if err != nil {
		b.serveFailure(w, r, err)
		return
	}
	// Judged before If-None-Match is looked at: a copy in a cache gets 451, not 304.
	if how, _ := p.answer(b.now()); how != answerShown {
		b.serveWithheld(w, p, false)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", cacheChecked)
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sum))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func findPicture(ctx context.Context, tx *sql.Tx, id postID) (content, sum []byte, err error) {
	err = tx.QueryRowContext(ctx, `SELECT png, sha256 FROM picture WHERE post = $1`, id).Scan(&content, &sum)
	if err != nil {
		return nil, nil, fmt.Errorf("find picture: %w", err)
	}
	return content, sum, nil
}
