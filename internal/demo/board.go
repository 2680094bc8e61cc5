// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tocsin/examples/board"
	"tocsin/internal/config"
	"tocsin/internal/webhook"
)

// adminToken opens the administration of the demonstration's board, which lives as long as it does.
const adminToken = "demonstration-board-administration"

// openBoard starts the platform on its own listener, with its own data.
func (w *World) openBoard(ctx context.Context, o WorldOptions) error {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(listen.Addr().String())
	if err != nil {
		return err
	}
	b := &Board{URL: "http://" + net.JoinHostPort("board.localhost", port), secret: webhook.NewSecret()}
	b.Board, err = board.Open(ctx, board.Config{Dir: filepath.Join(w.dir, "board"), PublicURL: b.URL, Title: "Plain Board",
		WebhookSecret: b.secret.Reveal(), AdminToken: adminToken, Seed: o.Posts, Clock: w.Clock.Now, Log: o.Log})
	if err != nil {
		return errors.Join(err, listen.Close())
	}
	b.server = &http.Server{Handler: b.Handler(), ReadHeaderTimeout: 5 * time.Second}
	w.Board = b
	w.running.Go(func() { _ = b.server.Serve(listen) }) // ends with close
	return nil
}

// connectBoard tells the host's node where its platform answers.
func (w *World) connectBoard(c *config.Config, o WorldOptions) error {
	c.Platform = config.Platform{Callback: w.Board.URL + "/tocsin/callback", Resolve: w.Board.URL + "/tocsin/resolve",
		SecretFile: filepath.Join(w.dir, "platform-secret")}
	c.AutomaticExecution.Enabled, c.AutomaticExecution.TrustedFrom = o.Automatic, o.Trusted
	c.AutomaticExecution.MaxPerHourPerIssuer = 1000
	return os.WriteFile(c.Platform.SecretFile, []byte(w.Board.secret.Reveal()+"\n"), 0o600)
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
