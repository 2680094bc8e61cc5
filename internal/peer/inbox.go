// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package peer

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"

	"tocsin"
	"tocsin/internal/peer/hopsig"
	"tocsin/wire"
)

// Receiver takes an authenticated delivery and answers with a signed document.
type Receiver interface {
	Receive(ctx context.Context, sender tocsin.PartyID, receivedAt time.Time, b wire.Bundle) ([]byte, error)
	Directory() tocsin.Directory
}

// InboxConfig is what an inbox needs.
type InboxConfig struct {
	Receiver  Receiver
	Nonces    hopsig.NonceStore
	Key       tocsin.KeyID // hop key that signs answers
	Private   crypto.Signer
	Now       func() time.Time
	PublicURL string // base address under which others reach this node
	Log       *slog.Logger
}

// Inbox is the handler of [PathInbox].
type Inbox struct {
	InboxConfig
	external hopsig.External
	signer   *hopsig.Signer
	limits   *limits
}

// NewInbox checks the configuration.
func NewInbox(c InboxConfig) (*Inbox, error) {
	external, err := hopsig.NewExternal(c.PublicURL)
	if err != nil {
		return nil, err
	}
	signer, err := hopsig.NewSigner(string(c.Key), c.Private, c.Now)
	if err != nil {
		return nil, err
	}
	return &Inbox{InboxConfig: c, external: external, signer: signer, limits: newLimits()}, nil
}

// ServeHTTP reads the whole body, notes the time, and only then decides anything.
func (i *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		i.refuse(w, r, newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "Post a bundle here."))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxBundle))
	receivedAt := i.Now()
	if err != nil {
		i.refuse(w, r, bodyProblem(err))
		return
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != typeBundle {
		i.refuse(w, r, newProblem(http.StatusUnsupportedMediaType, "media_type", "A delivery is "+typeBundle+"."))
		return
	}
	sender, err := i.authenticate(r, body)
	if err != nil {
		i.Log.Warn("hop refused", "reason", hopsig.ReasonOf(err))
		i.refuse(w, r, newProblem(http.StatusUnauthorized, hopCode(err), "The hop signature was not accepted."))
		return
	}
	if wait := i.limits.wait(sender, receivedAt); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		i.refuse(w, r, newProblem(http.StatusTooManyRequests, "too_many_requests",
			"Too many deliveries at once; try again."))
		return
	}
	if _, err := wire.Negotiate(offered(r.Header)); err != nil {
		p := newProblem(http.StatusBadRequest, string(tocsin.RefusedVersion),
			"This node does not speak that protocol version.")
		p.Versions = wire.Versions()
		i.refuse(w, r, p)
		return
	}
	i.deliver(w, r, sender, receivedAt, body)
}

func (i *Inbox) deliver(w http.ResponseWriter, r *http.Request, sender tocsin.PartyID, receivedAt time.Time,
	body []byte) {
	bundle, err := wire.ParseBundle(body)
	if err != nil {
		i.refuse(w, r, newProblem(http.StatusBadRequest, string(tocsin.ReasonOf(err)),
			"The bundle cannot be read."))
		return
	}
	answer, err := i.Receiver.Receive(r.Context(), sender, receivedAt, bundle)
	if err != nil {
		i.Log.Error("delivery not recorded", "party", sender, "code", tocsin.CodeOf(err),
			"reason", tocsin.ReasonOf(err))
		w.Header().Set("Retry-After", "1")
		i.refuse(w, r, newProblem(http.StatusServiceUnavailable, "busy",
			"The delivery could not be recorded; try again."))
		return
	}
	i.answer(w, r, http.StatusOK, typeDocument, answer)
}

// authenticate establishes which party of the directory sent exactly these bytes, once.
func (i *Inbox) authenticate(r *http.Request, body []byte) (tocsin.PartyID, error) {
	dir := i.Receiver.Directory()
	var owner tocsin.PartyID
	verifier := hopsig.Verifier{Now: i.Now, Nonces: i.Nonces, External: i.external,
		Keys: func(id string) (ed25519.PublicKey, error) {
			party, key, ok := dir.KeyOwner(tocsin.KeyID(id))
			if !ok {
				return nil, hopsig.ErrUnknownKey
			}
			owner = party.ID
			return hopKey(key, i.Now())
		}}
	_, err := verifier.VerifyRequest(r.Context(), r, body)
	return owner, err
}

// hopCode tells a caller whose key is known why it was not let in; it helps an operator whose clock is wrong
// and tells a stranger nothing about anyone.
func hopCode(err error) string {
	if reason := hopsig.ReasonOf(err); reason != "" {
		return string(reason)
	}
	return "unauthenticated"
}

func bodyProblem(err error) problem {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return newProblem(http.StatusRequestEntityTooLarge, string(tocsin.RefusedTooLarge),
			"A delivery holds at most "+strconv.Itoa(wire.MaxBundle)+" bytes.")
	}
	return newProblem(http.StatusBadRequest, "broken_body", "The body broke off.")
}

func (i *Inbox) refuse(w http.ResponseWriter, r *http.Request, p problem) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}")
	}
	i.answer(w, r, p.Status, typeProblem, body)
}

// answer signs every answer, errors too, so that nobody between can invent one.
func (i *Inbox) answer(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	h.Set(HeaderProtocol, spoken())
	if err := i.signer.SignResponse(h, status, body, r); err != nil {
		i.Log.Error("answer not signed", "code", tocsin.CodeOf(err))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a peer that left will ask again
}
