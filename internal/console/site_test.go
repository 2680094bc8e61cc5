// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/platform"
	"tocsin/internal/webhook"
)

// site is the board, seen from the host's node.
type site struct {
	client *platform.Client
	files  func() int // how many files an item of the board shows: the same one so many times
}

func (s site) named(r platform.Resolution) flow.Named {
	n := flow.Named{Kind: string(r.Kind), Ref: r.Item.Ref, Address: r.Item.Address, Language: r.Language}
	for range s.files() {
		for _, m := range r.Media {
			n.Media = append(n.Media, flow.ItemMedium{Address: m.Address, Type: m.Type})
		}
	}
	return n
}

func (w *world) platform(secret webhook.Secret, source string) flow.Platform {
	w.t.Helper()
	messages, err := webhook.NewSigner(source, secret)
	check(w.t, err)
	client, err := platform.New(
		platform.Config{Callback: w.board.URL + "/tocsin/callback", Resolve: w.board.URL + "/tocsin/resolve",
			HTTP: http.DefaultClient, Messages: messages, Now: w.clock.Now},
	)
	check(w.t, err)
	return site{client, func() int { return max(1, int(w.files.Load())) }}
}

func (s site) Resolve(ctx context.Context, address string) (flow.Named, error) {
	r, err := s.client.Resolve(ctx, address)
	if err != nil {
		return flow.Named{}, fmt.Errorf("resolve: %w", err)
	}
	return s.named(r), nil
}

func (s site) Identify(ctx context.Context, ref string) (flow.Named, error) {
	r, err := s.client.Identify(ctx, ref)
	if err != nil {
		return flow.Named{}, fmt.Errorf("identify: %w", err)
	}
	return s.named(r), nil
}

func (s site) Apply(ctx context.Context, v flow.Visibility) (tocsin.Measure, error) {
	out := platform.Visibility{
		Event:   string(v.Event),
		At:      v.At,
		Item:    platform.Item{Ref: v.Ref, Address: v.Address},
		Version: v.Version,
	}
	for _, r := range v.Restrictions {
		term := platform.Term{ID: string(r.ID), From: r.From}
		for _, c := range r.Territory {
			term.Territory = append(term.Territory, string(c))
		}
		if r.Neutral {
			out.Restrictions = append(out.Restrictions, platform.Neutral{Term: term})
			continue
		}
		if own := r.Statement; own != nil {
			out.Restrictions = append(out.Restrictions, platform.Own{Term: term, Basis: own.Basis,
				Provision: own.Provision, Facts: own.Facts, Reasons: own.Reasons, Remedies: own.Remedies,
				Language: own.Language, Detection: string(own.Detection), Automated: own.Automated,
				Complaint: own.Complaint})
			continue
		}
		out.Restrictions = append(
			out.Restrictions,
			platform.Full{Term: term, Authority: r.Authority, Basis: r.Basis.Title(),
				OrderReference: r.OrderReference, Reasons: r.Reasons, Remedies: r.Remedies},
		)
	}
	m, err := s.client.Apply(ctx, out)
	if err != nil {
		return tocsin.Measure{}, fmt.Errorf("apply: %w", err)
	}
	return tocsin.Measure{Event: tocsin.EventID(m.Event), Action: string(m.Action), At: m.At}, nil
}

// twisting lets a test change what the board answers when it is asked what something is.
func (w *world) twisting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		twist := w.twisted.Load()
		if twist == nil || r.URL.Path != "/tocsin/resolve" {
			next.ServeHTTP(out, r)
			return
		}
		kept := httptest.NewRecorder()
		next.ServeHTTP(kept, r)
		answer := map[string]any{}
		if json.Unmarshal(kept.Body.Bytes(), &answer) == nil {
			(*twist)(answer)
		}
		out.Header().Set("Content-Type", kept.Header().Get("Content-Type"))
		out.WriteHeader(kept.Code)
		_ = json.NewEncoder(out).Encode(answer)
	})
}
