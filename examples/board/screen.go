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
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

// Times of screening.
const (
	screenTimeout = 60 * time.Second // for one answer of the node
	firstPause    = time.Second      // after a failure; doubled each time
	longestPause  = 5 * time.Minute
)

// maxAnswer is more than the node says about one picture.
const maxAnswer = 4 << 20

// ScreenAt makes the board ask a node what each new post is known as. Those posted before and not asked about come
// first. key is a service key of the node. Call it at most once, and before Close.
//
// The board does nothing with an answer. What the node came upon waits there for a person, and what she decides
// comes by the callback: a match alone hides nothing.
func (b *Board) ScreenAt(node, key string) error {
	base, err := parseBase(node)
	if err != nil || key == "" {
		return errors.New("screen posts: need the root address of a node and a service key of it")
	}
	ctx, stop := context.WithCancel(context.Background())
	b.stopScreening = stop
	asked := &screener{address: base.String() + "/api/v1/screen", key: key, client: &http.Client{
		Timeout: screenTimeout,
		// The key is for this node alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	b.screening.Go(func() { b.screenAll(ctx, asked) })
	return nil
}

// willScreen notes, in the transaction that stores a post, that the node is to be asked about it.
func willScreen(ctx context.Context, tx *sql.Tx, id postID) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO unscreened (post) VALUES ($1)`, id); err != nil {
		return fmt.Errorf("note post to screen: %w", err)
	}
	return nil
}

func (b *Board) wakeScreening() {
	select {
	case b.posted <- struct{}{}:
	default: // it has been woken already
	}
}

// screenAll asks about one post after the other until ctx ends. A node that does not answer is asked again later, and
// nobody who posts waits for it.
func (b *Board) screenAll(ctx context.Context, node *screener) {
	pause := firstPause
	for ctx.Err() == nil {
		more, err := b.screenNext(ctx, node)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				b.cfg.Log.Warn("board could not screen a post and will try again", "err", err)
			}
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
			pause = min(2*pause, longestPause)
		case more:
			pause = firstPause
		default:
			select {
			case <-b.posted:
			case <-ctx.Done():
			}
		}
	}
}

// screenNext asks about the oldest post that waits, and forgets that it waited once the node has answered. One that is
// no longer shown is not asked about: the board's word to the node is that what it sends is public.
func (b *Board) screenNext(ctx context.Context, node *screener) (more bool, err error) {
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
		err := node.ask(ctx, p.ID, content)
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

// screener is the node as the board asks it.
type screener struct {
	address, key string
	client       *http.Client
}

// errRefused is an answer that asking again would not change.
type errRefused string

func (e errRefused) Error() string { return string(e) }

// ask sends one picture with the board's word that it is public, and its own reference of the post. Fields stand before
// the file: the node computes nothing before it has read them.
func (s *screener) ask(ctx context.Context, id postID, content []byte) error {
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
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := s.client.Do(r)
	if err != nil {
		return errors.New("the node does not answer") // the cause names addresses
	}
	defer resp.Body.Close()
	return understand(resp)
}

// understand takes from an answer whether the node has examined the picture. What it found is not the board's to
// act on.
func understand(resp *http.Response) error {
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return errRefused(fmt.Sprintf("the node answers %d", resp.StatusCode))
	default: // it is busy or down, or the key is wrong: all of that somebody will mend
		return fmt.Errorf("the node answers %d", resp.StatusCode)
	}
	var answer struct {
		Answers []struct {
			Error *struct {
				Reason string `json:"reason"`
			} `json:"error"`
		} `json:"answers"`
	}
	err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&answer)
	if err != nil || len(answer.Answers) != 1 {
		return errors.New("the node answers something else than was asked")
	}
	if failed := answer.Answers[0].Error; failed != nil {
		return errRefused("the node could not examine it: " + failed.Reason)
	}
	return nil
}
