// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// Types of the signed messages.
const (
	typeCalled  = "tocsin.alert.called"
	typeHandled = "tocsin.alert.handled"
)

// notice is the data of a signed message. It names people by their pseudonyms at the node.
type notice struct {
	Alert    tocsin.RecordID `json:"alert"`
	Topic    tocsin.Topic    `json:"topic"`
	About    tocsin.RecordID `json:"about,omitempty"`
	Person   tocsin.RecordID `json:"person"`
	Deadline *time.Time      `json:"deadline,omitempty"`
	Urgent   bool            `json:"urgent"`
	Link     string          `json:"link"`
}

// webhook posts a CloudEvents message, signed as Standard Webhooks want it. Its id is the message's key.
func (s *Service) webhook(ctx context.Context, m flow.Message) (string, error) {
	secret, err := reveal(s.Webhook.Secret)
	if err != nil {
		return "", err
	}
	kind := typeCalled
	if m.Handled {
		kind = typeHandled
	}
	data, err := json.Marshal(notice{Alert: m.Alert, Topic: m.Topic, About: m.About, Person: m.Person,
		Deadline: m.Deadline, Urgent: m.Urgent, Link: s.words(m).link})
	if err != nil {
		return "", err
	}
	header, body, err := s.Webhook.Sign(secret, m.Key, kind, m.At, s.Now(), data)
	if err != nil {
		return "", later(ReasonSecret, time.Minute, nil) // err could repeat a part of the secret
	}
	_, err = s.do(ctx, request{method: http.MethodPost, address: s.Webhook.Address, header: header, body: body})
	return "", err
}
