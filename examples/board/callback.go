// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"database/sql"
	"errors"
	"mime"
	"net/http"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// serveCallback applies what the node says about one post: POST /tocsin/callback. It answers 200 only after
// the change, and the claim of the event id with it, are on disk.
func (b *Board) serveCallback(w http.ResponseWriter, r *http.Request) {
	m, err := b.receive(w, r)
	if err != nil {
		b.writeProblem(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, "application/json", map[string]measure{"measure": m})
}

func (b *Board) receive(w http.ResponseWriter, r *http.Request) (measure, error) {
	body, err := b.authentic(w, r)
	if err != nil {
		return measure{}, err
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/cloudevents+json" {
		return measure{}, problemOf(http.StatusUnsupportedMediaType, "media-type",
			"Content-Type must be application/cloudevents+json.")
	}
	e, err := parseEvent(body)
	if err != nil {
		return measure{}, err
	}
	if e.ID != r.Header.Get(webhooks.HeaderWebhookID) {
		return measure{}, invalid("id", "is not the webhook-id")
	}
	id, err := b.namedItem(e.Data.Item)
	if err != nil {
		return measure{}, err
	}
	return b.apply(r.Context(), id, e)
}

// namedItem holds the node to one item: its reference and its address must name the same post.
func (b *Board) namedItem(item eventItem) (postID, error) {
	id, ok := parsePostID(item.Ref)
	place, err := locate(b.base, item.Address)
	if !ok || err != nil || place.kind != kindItem || place.post != id {
		return 0, invalid("data.item", "has a ref and an address that do not name one post of this board")
	}
	return id, nil
}

// apply does the event and records its measure, both or neither.
func (b *Board) apply(ctx context.Context, id postID, e event) (m measure, err error) {
	err = b.store.write(ctx, func(tx *sql.Tx) error {
		if m, err = redelivered(ctx, tx, id, e); err != nil || m.Event != "" {
			return err
		}
		m = measure{Event: e.ID, Version: e.Data.Version, Action: actionUnchanged, At: b.now()}
		newer, err := advance(ctx, tx, id, e.Data.Version)
		if err != nil {
			return err
		}
		if newer {
			if err := replaceRestrictions(ctx, tx, id, e.Data.Restrictions); err != nil {
				return err
			}
			m.Action = e.action(m.At)
		}
		return insertMeasure(ctx, tx, id, m)
	})
	if errors.Is(err, errNoPost) {
		err = problemOf(http.StatusNotFound, "unknown-item", "The board has no such post.")
	}
	return m, err
}
