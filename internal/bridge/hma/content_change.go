// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"tocsin/internal/flow"
)

// Times until which a content is disabled that are none.
const (
	enabledTS  = 1
	disabledTS = 0 // for ever
)

const maxDisabled = 5 * 365 * 24 * time.Hour

// changedView is HMA's internal record, which it gives after a change.
type changedView struct {
	ID            int64               `json:"id"`
	DisabledUntil int64               `json:"disable_until_ts"`
	Collab        map[string][]string `json:"collab_metadata"`
	Address       *string             `json:"original_media_uri"`
	Bank          bankView            `json:"bank"`
	Metadata      *userView           `json:"user_metadata"`
	Note          *string             `json:"note"`
}

type userView struct {
	ID      *string         `json:"content_id"`
	Address *string         `json:"content_uri"`
	Free    json.RawMessage `json:"json"`
}

func changeContent(c *call) error {
	body, err := c.body(false)
	if err != nil {
		return err
	}
	until, given, err := c.until(body)
	if err != nil {
		return err
	}
	note, err := body.note()
	if err != nil {
		return err
	}
	v, err := c.content()
	if err != nil {
		return err
	}
	if given {
		if err := c.disable(v, until); err != nil {
			return err
		}
	}
	if _, ok := body["note"]; ok && note != v.Note {
		if err := c.s.contents.Annotate(c.r.Context(), c.actor, v, note); err != nil {
			return err
		}
	}
	if v, err = c.content(); err != nil {
		return err
	}
	view := changedView{ID: v.Number, DisabledUntil: disabledUntil(v), Collab: collab(v),
		Address: some(v.Origin.Address),
		Bank:    viewOf(v.Bank), Note: some(v.Note)}
	if view.Collab == nil {
		view.Collab = map[string][]string{}
	}
	if m := metadataOf(v); m != nil {
		view.Metadata = &userView{m.ID, m.Address, m.Free}
	}
	return c.ok(view)
}

// until reads the second until which a content is to be disabled.
func (c *call) until(body object) (ts int64, given bool, err error) {
	if !body.has("disable_until_ts") {
		return 0, false, nil
	}
	text, ok := body.scalar("disable_until_ts")
	if !ok {
		return 0, false, badRequest("Invalid int: an object or a list")
	}
	ts, err = strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, false, badRequest("Invalid int: '%s'", text)
	}
	if ts < 0 {
		return 0, false, badRequest("disable_until_ts must be a non-negative integer")
	}
	if ts > c.s.Clock.Now().Add(maxDisabled).Unix() {
		return 0, false, badRequest("disable_until_ts must be less than 5 years in the future")
	}
	return ts, true, nil
}

func (c *call) disable(v flow.Content, ts int64) error {
	until := time.Unix(ts, 0).UTC()
	switch {
	case ts == disabledTS:
		return c.s.contents.Disable(c.r.Context(), c.actor, v, nil)
	case !until.After(c.s.Clock.Now()): // also enabledTS
		return c.s.contents.Enable(c.r.Context(), c.actor, v)
	}
	return c.s.contents.Disable(c.r.Context(), c.actor, v, &until)
}

func deleteContent(c *call) error {
	v, err := c.content()
	if r, ok := err.(*refusal); ok && r.status == http.StatusNotFound {
		if _, err := c.bank(c.vars["bank_name"]); err != nil {
			return err
		}
		if _, err := strconv.ParseInt(c.vars["content_id"], 10, 64); err != nil {
			return r
		}
		return c.ok(map[string]int{"deleted": 0})
	}
	if err != nil {
		return err
	}
	err = c.s.contents.Retract(c.r.Context(), c.actor, v, "Deleted over the HMA-compatible interface.")
	if err != nil {
		return err
	}
	return c.ok(map[string]int{"deleted": 1})
}
