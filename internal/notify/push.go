// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"tocsin/internal/flow"
)

// The bodies below are what each service documents for its plain message; docs/notify.md shows them.

// ntfyMessage is published as JSON to the root of an ntfy server.
type ntfyMessage struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Click    string   `json:"click"`
	Priority int      `json:"priority"`
	Tags     []string `json:"tags"`
	// Sequence makes a later message take the place of an earlier one, from ntfy 2.16 on.
	Sequence string `json:"sequence_id,omitempty"`
}

func (s *Service) ntfy(ctx context.Context, m flow.Message) (string, error) {
	token, err := reveal(s.Ntfy.Token)
	if err != nil {
		return "", err
	}
	t := s.words(m)
	body := ntfyMessage{Topic: m.Address, Title: t.title, Message: strings.Join(t.lines, "\n"), Click: t.link,
		Priority: 3, Tags: []string{"bell"}, Sequence: string(m.Alert)}
	switch {
	case m.Handled:
		body.Priority, body.Tags = 2, []string{"white_check_mark"}
	case m.Urgent:
		body.Priority, body.Tags = 5, []string{"rotating_light"}
	}
	_, err = s.do(ctx, request{method: http.MethodPost, address: s.Ntfy.Address, body: encode(body), token: token})
	return "", err
}

// matrixMessage is an m.room.message; with New set it replaces an earlier one (m.replace).
type matrixMessage struct {
	Type   string          `json:"msgtype"`
	Body   string          `json:"body"`
	New    *matrixMessage  `json:"m.new_content,omitempty"`
	Relate *matrixRelation `json:"m.relates_to,omitempty"`
}

type matrixRelation struct {
	Type  string `json:"rel_type"`
	Event string `json:"event_id"`
}

// matrix puts a message into a room under its key, so that the server takes each once. What is handled replaces
// the message that called.
func (s *Service) matrix(ctx context.Context, m flow.Message) (string, error) {
	token, err := reveal(s.Matrix.Token)
	if err != nil {
		return "", err
	}
	t := s.words(m)
	plain := matrixMessage{Type: "m.text", Body: t.title + "\n" + t.body()}
	body := plain
	if m.Handled && m.Earlier != "" {
		body.Body, body.New = "* "+body.Body, &plain
		body.Relate = &matrixRelation{Type: "m.replace", Event: m.Earlier}
	}
	answer, err := s.do(ctx, request{method: http.MethodPut, token: token, body: encode(body),
		address: under(s.Matrix.Address, "_matrix", "client", "v3", "rooms", m.Address, "send", "m.room.message", m.Key)})
	if err != nil {
		return "", err
	}
	var taken struct {
		Event string `json:"event_id"`
	}
	if json.Unmarshal(answer, &taken) != nil || len(taken.Event) > 255 {
		return "", nil // it was taken; it can only not be replaced
	}
	return taken.Event, nil
}

// chatMessage is what incoming webhooks of Slack and Mattermost take.
type chatMessage struct {
	Text string `json:"text"`
}

func (s *Service) slack(ctx context.Context, m flow.Message) (string, error) {
	parts := append([]string{"services"}, strings.Split(m.Address, "/")...)
	return s.chat(ctx, under(s.Slack.Address, parts...), m)
}

func (s *Service) mattermost(ctx context.Context, m flow.Message) (string, error) {
	return s.chat(ctx, under(s.Mattermost.Address, "hooks", m.Address), m)
}

func (s *Service) chat(ctx context.Context, address string, m flow.Message) (string, error) {
	t := s.words(m)
	_, err := s.do(ctx, request{method: http.MethodPost, address: address,
		body: encode(chatMessage{Text: t.title + "\n" + t.body()})})
	return "", err
}
