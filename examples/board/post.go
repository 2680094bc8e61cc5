// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"tocsin/examples/board/picture"
)

// pageSize is how many posts a list shows at once.
const pageSize = 12

// postID is the number of a post, and its "ref" towards the node.
type postID int64

var postIDPattern = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)

// parsePostID accepts the one spelling the board itself prints, so that an address names one post.
func parsePostID(s string) (postID, bool) {
	if !postIDPattern.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return postID(n), err == nil
}

func (id postID) String() string { return strconv.FormatInt(int64(id), 10) }
func (id postID) path() string   { return "/post/" + id.String() }
func (id postID) media() string  { return "/media/" + id.String() + ".png" }

// post is one text with one picture; it is the item of the platform contract.
type post struct {
	ID            postID
	Text, Alt     string
	Tags          []string
	Width, Height int
	PostedAt      time.Time
	Language      string // what the author chose to be told things in; or none

	authorHash   []byte
	removed      bool          // under the board's own terms
	restrictions []restriction // the whole set the node named last
}

// Path and Media are the addresses of the post and of its picture, for the pages.
func (p post) Path() string  { return p.ID.path() }
func (p post) Media() string { return p.ID.media() }

// isAuthor compares token with the stored hash in constant time.
func (p post) isAuthor(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], p.authorHash) == 1
}

var errNoPost = errors.New("no such post")

func findPost(ctx context.Context, tx *sql.Tx, id postID) (post, error) {
	p := post{ID: id}
	var postedAt int64
	var removedAt sql.NullInt64
	err := tx.QueryRowContext(ctx,
		`SELECT text, alt, width, height, posted_at, author_hash, removed_at FROM post WHERE id = $1`, id).
		Scan(&p.Text, &p.Alt, &p.Width, &p.Height, &postedAt, &p.authorHash, &removedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return post{}, errNoPost
	}
	if err != nil {
		return post{}, fmt.Errorf("find post: %w", err)
	}
	p.PostedAt, p.removed = time.UnixMicro(postedAt).UTC(), removedAt.Valid
	if p.Tags, err = findTags(ctx, tx, id); err != nil {
		return post{}, err
	}
	p.restrictions, err = findRestrictions(ctx, tx, id)
	return p, err
}

func findTags(ctx context.Context, tx *sql.Tx, id postID) (tags []string, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		tags = append(tags, name)
		return nil
	}, `SELECT name FROM tag WHERE post = $1 ORDER BY name`, id)
	if err != nil {
		return nil, fmt.Errorf("find tags: %w", err)
	}
	return tags, nil
}

// findVisible lists posts below before, newest first, one more than a page so that the caller knows of a next
// page. A post that is removed or under any active restriction is in no list.
func findVisible(ctx context.Context, tx *sql.Tx, tag string, before postID, now time.Time) ([]post, error) {
	var posts []post
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var p post
		var postedAt int64
		if err := rows.Scan(&p.ID, &p.Text, &p.Alt, &p.Width, &p.Height, &postedAt); err != nil {
			return err
		}
		p.PostedAt = time.UnixMicro(postedAt).UTC()
		posts = append(posts, p)
		return nil
	}, `SELECT id, text, alt, width, height, posted_at FROM post
		WHERE id < $1 AND removed_at IS NULL
		  AND ($2 = '' OR EXISTS (SELECT 1 FROM tag WHERE tag.name = $2 AND tag.post = post.id))
		  AND NOT EXISTS (SELECT 1 FROM restriction r
		                  WHERE r.post = post.id AND (r.until_at IS NULL OR r.until_at > $3))
		ORDER BY id DESC LIMIT $4`, before, tag, now.UnixMicro(), pageSize+1)
	if err != nil {
		return nil, fmt.Errorf("list posts: %w", err)
	}
	return posts, nil
}

// insertPost stores a post with its picture and returns its number.
func insertPost(ctx context.Context, tx *sql.Tx, p post, pic picture.Picture) (postID, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO post (text, alt, width, height, posted_at, language, author_hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		p.Text, p.Alt, pic.Width, pic.Height, p.PostedAt.UnixMicro(), p.Language, p.authorHash)
	if err != nil {
		return 0, fmt.Errorf("insert post: %w", err)
	}
	n, err := res.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("insert post: %w", err)
	}
	sum := sha256.Sum256(pic.PNG)
	if _, err := tx.ExecContext(ctx, `INSERT INTO picture (post, png, sha256) VALUES ($1, $2, $3)`,
		n, pic.PNG, sum[:]); err != nil {
		return 0, fmt.Errorf("insert picture: %w", err)
	}
	for _, name := range p.Tags {
		_, err := tx.ExecContext(ctx, `INSERT INTO tag (name, post) VALUES ($1, $2)`, name, n)
		if err != nil {
			return 0, fmt.Errorf("insert tag: %w", err)
		}
	}
	return postID(n), nil
}

// setRemoved removes a post under the board's own terms, or puts it back. Nothing is deleted.
func setRemoved(ctx context.Context, tx *sql.Tx, id postID, removed bool, now time.Time) error {
	at := sql.NullInt64{Int64: now.UnixMicro(), Valid: removed}
	res, err := tx.ExecContext(ctx, `UPDATE post SET removed_at = $1 WHERE id = $2`, at, id)
	if err != nil {
		return fmt.Errorf("update post: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errNoPost)
	}
	return nil
}
