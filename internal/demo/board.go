// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"tocsin/examples/board"
	"tocsin/internal/config"
	"tocsin/internal/webhook"
)

// adminToken opens the administration of the demonstration's board, which lives as long as it does.
const adminToken = "demonstration-board-administration"

// Board is a host's platform, in this process but known to nodes over HTTP alone.
type Board struct {
	*board.Board
	URL     string
	server  *http.Server
	secret  webhook.Secret
	serving sync.WaitGroup
}

// OpenBoard starts a platform on its own listener, with its own data.
func OpenBoard(ctx context.Context, dir string, posts int, clock *Clock, log *slog.Logger) (*Board, error) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listen.Addr().String())
	if err != nil {
		return nil, err
	}
	b := &Board{URL: "http://" + net.JoinHostPort("board.localhost", port), secret: webhook.NewSecret()}
	b.Board, err = board.Open(ctx, board.Config{Dir: dir, PublicURL: b.URL, Title: "Plain Board",
		WebhookSecret: b.secret.Reveal(), AdminToken: adminToken, Seed: posts, Clock: clock.Now, Log: log})
	if err != nil {
		return nil, errors.Join(err, listen.Close())
	}
	b.server = &http.Server{Handler: b.Handler(), ReadHeaderTimeout: 5 * time.Second}
	b.serving.Go(func() { _ = b.server.Serve(listen) }) // ends with Close
	return b, nil
}

// Connect tells a host's node where its platform answers, and keeps the secret they share in a file.
func (b *Board) Connect(c *config.Config, secretFile string) error {
	c.Platform = config.Platform{Callback: b.URL + "/tocsin/callback", Resolve: b.URL + "/tocsin/resolve",
		SecretFile: secretFile}
	return os.WriteFile(secretFile, []byte(b.secret.Reveal()+"\n"), 0o600)
}

// Close ends the platform.
func (b *Board) Close() error {
	err := b.server.Close()
	b.serving.Wait()
	return errors.Join(err, b.Board.Close())
}

// removeByTerms takes a post down under the board's own terms, as its administrator would.
func (b *Board) removeByTerms(ctx context.Context, post string) error {
	form := url.Values{"post": {post}, "action": {"remove"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, local(b.URL+"/admin"), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+adminToken)
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the board answers %d", resp.StatusCode)
	}
	return nil
}
