// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/bridge/hma"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/outbound"
	"tocsin/internal/telemetry"
)

// fetchTime is how long an address that a client of the HMA-compatible interface names may take to answer.
const fetchTime = 30 * time.Second

// openCompat makes the interfaces of other programs that the configuration asks for, once the node is
// started.
func (n *Node) openCompat(ctx context.Context) (err error) {
	if !n.Config.Compat.HMA {
		return nil
	}
	n.fetching, err = outbound.New(outbound.Config{UserAgent: "tocsin/" + telemetry.ReadBuild().Version,
		Timeout: fetchTime, MaxBody: hma.MaxContent, ForeignPlainHTTP: true})
	if err != nil {
		return err
	}
	asserted := map[string]flow.Assertion{}
	for name, word := range n.Config.Compat.Asserted() {
		asserted[name] = flow.Assertion(word)
	}
	n.hma, err = hma.New(ctx, hma.Deps{Flow: n.Flow, Keys: NewHMAKeys(n.Keys, n.clock), Web: Web{n.fetching.Foreign()},
		Clock: n.clock, Log: n.log, Operator: Operator, Assertions: asserted, Files: n.Config.Compat.HMAFiles})
	return err
}

// fetchSources fetches what banks are fetched from, while the node runs.
func (n *Node) fetchSources(ctx context.Context) error {
	if n.hma == nil {
		return nil
	}
	return n.hma.Run(ctx)
}

// beforeMux serves what a mux would answer with a redirect, which in this case would repeat a token.
func (n *Node) beforeMux(mux http.Handler) http.Handler {
	if n.hma == nil {
		return mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hma.Mine(r.URL.Path) {
			r.Pattern = hma.Base + "/"
			n.hma.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// HMAKeys are service keys as the HMA-compatible interface knows them.
type HMAKeys struct {
	ring  *keyring.Ring
	clock tocsin.Clock
}

// NewHMAKeys gives the service keys of a key folder.
func NewHMAKeys(ring *keyring.Ring, clock tocsin.Clock) HMAKeys { return HMAKeys{ring, clock} }

// Check gives the key of a token.
func (k HMAKeys) Check(token string) (hma.Key, error) {
	key, err := k.ring.CheckServiceKey(token, k.clock.Now())
	return hma.Key{ID: key.ID, Name: key.Name, Scopes: key.Scopes, Banks: key.Banks}, err
}

// List gives all service keys.
func (k HMAKeys) List() ([]hma.Key, error) {
	keys, err := k.ring.ServiceKeys()
	var list []hma.Key
	for _, key := range keys {
		list = append(list, hma.Key{ID: key.ID, Name: key.Name, Scopes: key.Scopes, Banks: key.Banks})
	}
	return list, err
}

// Web fetches addresses through the one outgoing client.
type Web struct{ Sender outbound.Sender }

// Fetch gets an address. The error never holds it.
func (w Web) Fetch(ctx context.Context, address string) (hma.Fetched, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return hma.Fetched{}, &hma.Unfetched{Unsafe: true, Why: "no address"}
	}
	answer, err := w.Sender.Do(request)
	if err != nil {
		return hma.Fetched{}, unfetched(err)
	}
	if answer.StatusCode != http.StatusOK {
		return hma.Fetched{}, &hma.Unfetched{Why: fmt.Sprintf("it answers with status %d", answer.StatusCode)}
	}
	var body bytes.Buffer
	if _, err := io.Copy(&body, answer.Body); err != nil {
		return hma.Fetched{}, &hma.Unfetched{Why: "the answer broke off"}
	}
	return hma.Fetched{ContentType: answer.Header.Get("Content-Type"), Body: body.Bytes()}, nil
}

var unfetchable = map[outbound.Kind]string{
	outbound.KindUnreachable: "nobody answers there",
	outbound.KindTLS:         "its certificate is refused",
	outbound.KindTimeout:     "it took too long",
	outbound.KindCanceled:    "the request was given up",
	outbound.KindRedirect:    "it redirects where nothing is followed",
	outbound.KindEncoding:    "it answers in a coding nobody asked for",
	outbound.KindBroken:      "the answer broke off",
}

func unfetched(err error) error {
	failed, ok := errors.AsType[*outbound.Error](err)
	if !ok {
		return err
	}
	switch failed.Kind {
	case outbound.KindInvalid, outbound.KindBlocked, outbound.KindNotDeclared:
		return &hma.Unfetched{Unsafe: true, Why: "it may not be fetched"}
	case outbound.KindTooLarge:
		return &hma.Unfetched{TooLarge: true, Why: "it is too large"}
	}
	return &hma.Unfetched{Why: unfetchable[failed.Kind]}
}
