// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"encoding/json"
	"errors"
	"time"
)

// Event is a CloudEvents 1.0 message in structured JSON form (§3 of its JSON format). Written by
// hand: the envelope is seven members, its library a dozen modules.
type Event struct {
	ID     string          // unique for the source, the same on every attempt
	Source string          // the node's address
	Type   string          // "tocsin.item.restricted"
	Time   time.Time       // when the fact occurred, not when it is sent
	Data   json.RawMessage // a JSON value
}

type envelope struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Time            string          `json:"time"`
	DataContentType string          `json:"datacontenttype"`
	Data            json.RawMessage `json:"data"`
}

// Encode returns the message. The same event always gives the same bytes.
func (e Event) Encode() ([]byte, error) {
	if e.ID == "" || e.Source == "" || e.Type == "" || e.Time.IsZero() || !json.Valid(e.Data) {
		return nil, errors.New("webhook: an event needs id, source, type, time and JSON data")
	}
	return json.Marshal(envelope{
		SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type,
		Time:            e.Time.UTC().Format(time.RFC3339Nano),
		DataContentType: "application/json",
		Data:            e.Data,
	})
}
