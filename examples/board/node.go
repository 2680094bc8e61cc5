// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Times of asking the node.
const (
	answerTime   = 60 * time.Second
	firstPause   = time.Second // after a failure; doubled each time
	longestPause = 5 * time.Minute
)

// maxAnswer is more than the node says about one picture.
const maxAnswer = 4 << 20

// Join makes the board ask a node what each new post is known as, and pass on what is reported. What waited since before
// comes first. key is a service key of the node. Call it at most once, and before Close.
//
// The board does nothing with an answer. What the node came upon waits there for a person, and what she decides
// comes by the callback: neither a match nor a report hides anything.
func (b *Board) Join(address, key string) error {
	base, err := parseBase(address)
	if err != nil || key == "" {
		return errors.New("join node: need its root address and a service key of it")
	}
	ctx, stop := context.WithCancel(context.Background())
	b.leave = stop
	n := &node{base: base.String(), key: key, client: &http.Client{
		Timeout: answerTime,
		// The key is for this node alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	b.asking.Go(func() { b.workOff(ctx, n, b.posted, b.screenNext) })
	b.asking.Go(func() { b.workOff(ctx, n, b.reported, b.reportNext) })
	return nil
}

// wake tells whoever works something off that there is more.
func wake(waiting chan struct{}) {
	select {
	case waiting <- struct{}{}:
	default: // it has been told already
	}
}

// workOff does one after the other of what waits, until ctx ends. A node that does not answer is asked again later, and
// nobody who posts waits for it.
func (b *Board) workOff(ctx context.Context, n *node, waiting chan struct{},
	next func(context.Context, *node) (more bool, err error),
) {
	pause := firstPause
	for ctx.Err() == nil {
		more, err := next(ctx, n)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				b.cfg.Log.Warn("board could not ask the node and will try again", "err", err)
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
			case <-waiting:
			case <-ctx.Done():
			}
		}
	}
}

// node is the node as the board asks it.
type node struct {
	base, key string
	client    *http.Client
}

// errRefused is an answer that asking again would not change.
type errRefused string

func (e errRefused) Error() string { return string(e) }

// post gives what the node answers to a request that it took.
func (n *node) post(ctx context.Context, path, mediaType string, body io.Reader) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, n.base+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Authorization", "Bearer "+n.key)
	resp, err := n.client.Do(r)
	if err != nil {
		return nil, errors.New("the node does not answer") // the cause names addresses
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated:
		return io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return nil, errRefused(fmt.Sprintf("the node answers %d", resp.StatusCode))
	}
	// It is busy or down, or the key is wrong: all of that somebody will mend.
	return nil, fmt.Errorf("the node answers %d", resp.StatusCode)
}
