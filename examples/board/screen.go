// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
)

// willScreen notes, in the transaction that stores a post, that the node is to be asked about it.
func willScreen(ctx context.Context, tx *sql.Tx, id postID) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO unscreened (post) VALUES ($1)`, id); err != nil {
		return fmt.Errorf("note post to screen: %w", err)
	}
	return nil
}

// screenNext asks about the oldest post that waits, and forgets that it waited once the node has answered. One that is
// no longer shown is not asked about: the board's word to the node is that what it sends is public.
func (b *Board) screenNext(ctx context.Context, node *node) (more bool, err error) {
	var p post
	var content []byte
	err = b.store.read(ctx, func(tx *sql.Tx) error {
		var id postID
		err := tx.QueryRowContext(ctx, `SELECT post FROM unscreened ORDER BY post LIMIT 1`).Scan(&id)
		if err != nil {
			return err
		}
		if p, err = findPost(ctx, tx, id); err != nil {
			return err
		}
		content, _, err = findPicture(ctx, tx, id)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if how, _ := p.answer(b.now()); how == answerShown {
		err := node.screen(ctx, p.ID, content)
		if _, refused := errors.AsType[errRefused](err); refused {
			b.cfg.Log.Warn("node did not examine a post", "post", p.ID.String(), "err", err)
			err = nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, b.store.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM unscreened WHERE post = $1`, p.ID)
		return err
	})
}

// screen sends one picture with the board's word that it is public, and its own reference of the post. Fields stand before
// the file: the node computes nothing before it has read them.
func (n *node) screen(ctx context.Context, id postID, content []byte) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err := errors.Join(form.WriteField("assertion", "public"), form.WriteField("item", id.String()))
	file, fileErr := form.CreateFormFile("file", "post.png")
	if err := errors.Join(err, fileErr); err != nil {
		return err
	}
	_, err = file.Write(content)
	if err := errors.Join(err, form.Close()); err != nil {
		return err
	}
	answer, err := n.post(ctx, "/api/v1/screen", form.FormDataContentType(), &body)
	if err != nil {
		return err
	}
	return examined(answer)
}

// examined takes from an answer whether the node has examined the picture. What it found is not the board's to act on.
func examined(body []byte) error {
	var answer struct {
		Answers []struct {
			Error *struct {
				Reason string `json:"reason"`
			} `json:"error"`
		} `json:"answers"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Answers) != 1 {
		return errors.New("the node answers something else than was asked")
	}
	if failed := answer.Answers[0].Error; failed != nil {
		return errRefused("the node could not examine it: " + failed.Reason)
	}
	return nil
}
