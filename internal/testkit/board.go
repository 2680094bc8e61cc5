// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tocsin/examples/board"
	"tocsin/internal/config"
	"tocsin/internal/webhook"
)

const (
	adminToken = "test-board-administration"
	// posts are on every board, /post/1 and so on.
	posts = 6
)

// Board is the host's platform.
type Board struct {
	*board.Board
	door *door
	open func(context.Context) (*board.Board, error)
}

// Post is the address of a post.
func Post(n int) string { return fmt.Sprintf("%s/post/%d", BoardAddress, n) }

// Collection is the address of a page that names many posts.
func Collection() string { return BoardAddress + "/tag/bridge" }

// Down makes the board answer nothing, until [Board.Up].
func (b *Board) Down() { b.door.put(nil) }

// Up ends what [Board.Down] began.
func (b *Board) Up() { b.door.put(b.Handler()) }

func (w *World) openBoard(ctx context.Context) (err error) {
	dir := filepath.Join(w.dir, "board")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	secret, err := w.platformSecret()
	if err != nil {
		return err
	}
	b := &Board{open: func(ctx context.Context) (*board.Board, error) {
		return board.Open(ctx, board.Config{Dir: dir, PublicURL: BoardAddress, Title: "Plain Board",
			WebhookSecret: secret, AdminToken: adminToken, Seed: posts, Clock: w.Clock.Now, Log: w.log.of("board")})
	}}
	if b.door, err = w.network.open(boardName); err != nil {
		return err
	}
	if b.Board, err = b.open(ctx); err != nil {
		return err
	}
	b.door.put(b.Handler())
	w.Board = b
	return nil
}

// platformSecret is shared by the board and the host; it lies in the world's folder, so that a copy has it
// too.
func (w *World) platformSecret() (string, error) {
	path := filepath.Join(w.dir, "platform-secret")
	content, err := os.ReadFile(path)
	if err == nil {
		return string(content), nil
	}
	secret := webhook.NewSecret().Reveal()
	return secret, os.WriteFile(path, []byte(secret), 0o600)
}

// connectBoard tells the host's node where its platform answers.
func (w *World) connectBoard(c *config.Config) {
	at := "http://" + w.Board.door.listen.Addr().String()
	c.Platform = config.Platform{Callback: at + "/tocsin/callback", Resolve: at + "/tocsin/resolve",
		SecretFile: filepath.Join(w.dir, "platform-secret")}
}

// Measure is what the board did for one event.
type Measure struct {
	Seq        int64     `json:"seq"`
	Event      string    `json:"event"`
	Item       string    `json:"item"`
	Version    int64     `json:"version"`
	Action     string    `json:"action"`
	At         time.Time `json:"at"`
	Deliveries int64     `json:"deliveries"`
}

// Measures lists what the board did, in order, and how many changes its posts counted by themselves.
func (w *World) Measures() (list []Measure, changes int64) {
	w.Helper()
	var answer struct {
		Measures []Measure
		Changes  int64
	}
	body := w.fetch(BoardAddress+"/tocsin/measures", "Bearer "+adminToken)
	if err := json.Unmarshal(body, &answer); err != nil {
		w.Fatalf("list measures: %v", err)
	}
	return answer.Measures, answer.Changes
}

// fetch gets a page that must be there.
func (w *World) fetch(address, authorization string) []byte {
	w.Helper()
	status, body := w.visit(address, authorization)
	if status != http.StatusOK {
		w.Fatalf("%s answers %d", address, status)
	}
	return body
}

// Visit is somebody outside who opens an address.
func (w *World) Visit(address string) (status int, body []byte) {
	w.Helper()
	return w.visit(address, "")
}

func (w *World) visit(address, authorization string) (int, []byte) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodGet, address, nil)
	if err != nil {
		w.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	resp, err := w.network.client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	return resp.StatusCode, body
}

// RemoveByTerms takes a post down under the board's own terms, as its administrator would.
func (w *World) RemoveByTerms(post int) {
	w.Helper()
	form := url.Values{"post": {strconv.Itoa(post)}, "action": {"remove"}}
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, BoardAddress+"/admin",
		strings.NewReader(form.Encode()))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+adminToken)
	resp, err := w.network.client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		w.Fatalf("the board answers %d", resp.StatusCode)
	}
}
