// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform

import (
	"context"
	"net/http"
	"time"
)

// Action is what the platform says it did.
type Action string

// The actions a platform can confirm.
const (
	ActionRestricted Action = "restricted"
	ActionReinstated Action = "reinstated"
	ActionUnchanged  Action = "unchanged" // it had applied the same or a newer version
)

// Measure is what the platform did and when it says it did it.
type Measure struct {
	Event  string
	Action Action
	At     time.Time // by the platform's clock, UTC
}

// Apply tells the platform which restrictions hold for an item and returns the measure it confirms.
// The error is a *Refused, an *Unknown, or wraps ErrInvalid.
func (c *Client) Apply(ctx context.Context, v Visibility) (Measure, error) {
	if err := v.check(); err != nil {
		return Measure{}, err
	}
	data, err := v.data()
	if err != nil {
		return Measure{}, invalid("visibility cannot be encoded")
	}
	now := c.now()
	header, body, err := c.messages.Event(v.Event, v.kind(), v.At, now, data)
	if err != nil {
		return Measure{}, invalid("visibility cannot be signed")
	}
	answer, err := c.post(ctx, c.callback, header, body)
	if err != nil {
		return Measure{}, err
	}
	m, err := parseMeasure(answer)
	if err != nil || !m.answers(v) || m.At.After(c.now().Add(maxSkew)) {
		return Measure{}, badAnswer(http.StatusOK)
	}
	return m, nil
}

// answers refuses the measure of another event and an action nobody knows. Any known action will do: a
// platform that applied this event before answers what it did then, and the state may have moved on.
func (m Measure) answers(v Visibility) bool {
	known := m.Action == ActionRestricted || m.Action == ActionReinstated || m.Action == ActionUnchanged
	return known && m.Event == v.Event
}

func parseMeasure(answer []byte) (Measure, error) {
	outer, err := object(answer, "measure")
	if err != nil {
		return Measure{}, err
	}
	inner, err := object(outer["measure"], "event", "action", "at")
	if err != nil {
		return Measure{}, err
	}
	texts, err := texts(inner)
	if err != nil {
		return Measure{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, texts["at"])
	if err != nil {
		return Measure{}, errAnswer
	}
	return Measure{Event: texts["event"], Action: Action(texts["action"]), At: at.UTC()}, nil
}
