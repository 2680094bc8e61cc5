// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package notify carries messages about alerts to people: by mail, over a signed webhook, and by push through
// ntfy, Matrix, Slack and Mattermost.
//
// A message holds a reference, a time and a link to the node, and no more: the package must never be given
// content, and has no place for it. It must never open a connection by itself (it is handed the one outgoing
// client), keep a secret (each is read when it is needed), retry (a call is one attempt), or put an address, a
// secret or a word of the other side into an error.
//
// Start reading at Service.Send, then text.go and one of the channels.
package notify

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Doer performs one HTTP exchange with a declared endpoint: outbound's sender.
type Doer interface {
	Do(req *http.Request) (*http.Response, error)
}

// Dial opens a connection to the mail server, and to no other.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Secret reads a secret when it is needed.
type Secret func() (string, error)

// Mail is the server that takes mail.
type Mail struct {
	Host     string
	Port     int
	From     string
	Security string // "tls", "starttls" or "none"
	Login    string // empty: none
	Password Secret
	Dial     Dial
	TLS      *tls.Config // for starttls
}

// Hook is the one receiver of signed webhooks.
type Hook struct {
	Address string
	Secret  Secret // whsec_…
	// Sign gives headers and body of a CloudEvents message signed with a secret.
	Sign func(secret, id, kind string, occurred, now time.Time, data json.RawMessage) (http.Header, []byte, error)
}

// Server is a server that people are reached through: scheme and host, and a token where it wants one.
type Server struct {
	Address string
	Token   Secret // nil: none
}

// Config says which channels there are. A nil channel is not configured.
type Config struct {
	Node       *url.URL // where people reach the node
	Mail       *Mail
	Webhook    *Hook
	Ntfy       *Server
	Matrix     *Server
	Slack      *Server
	Mattermost *Server
	HTTP       Doer
	Words      *locale.Catalogues
	Now        func() time.Time
}

// Service carries messages over the channels of a node. It is safe for concurrent use.
type Service struct{ Config }

// New checks the configuration.
func New(c Config) (*Service, error) {
	if c.Node == nil || c.HTTP == nil || c.Words == nil || c.Now == nil {
		return nil, errors.New("notify: Node, HTTP, Words and Now are required")
	}
	return &Service{c}, nil
}

// Channels lists those that are configured.
func (s *Service) Channels() (list []flow.Channel) {
	for _, c := range flow.Channels() {
		if s.sender(c) != nil {
			list = append(list, c)
		}
	}
	return list
}

// sender is how a channel sends; nil where it is not configured.
func (s *Service) sender(c flow.Channel) func(context.Context, flow.Message) (string, error) {
	switch {
	case c == flow.ChannelMail && s.Mail != nil:
		return s.mail
	case c == flow.ChannelWebhook && s.Webhook != nil:
		return s.webhook
	case c == flow.ChannelNtfy && s.Ntfy != nil:
		return s.ntfy
	case c == flow.ChannelMatrix && s.Matrix != nil:
		return s.matrix
	case c == flow.ChannelSlack && s.Slack != nil:
		return s.slack
	case c == flow.ChannelMattermost && s.Mattermost != nil:
		return s.mattermost
	}
	return nil
}

// Send makes one attempt.
func (s *Service) Send(ctx context.Context, m flow.Message) (string, error) {
	send := s.sender(m.Channel)
	if send == nil {
		return "", &tocsin.Error{Code: tocsin.CodeUnsupported, Reason: ReasonNotConfigured,
			Public: "This channel is not configured at this node."}
	}
	return send(ctx, m)
}

// Reasons for which a message is not taken.
const (
	ReasonNotConfigured tocsin.Reason = "channel_not_configured"
	ReasonSecret        tocsin.Reason = "channel_secret"      // its file cannot be read
	ReasonUnreachable   tocsin.Reason = "channel_unreachable" // no answer, or a broken one
	ReasonBusy          tocsin.Reason = "channel_busy"        // later, it says
	ReasonSignIn        tocsin.Reason = "channel_sign_in"     // it does not take our password or token
	ReasonAddress       tocsin.Reason = "channel_address"     // it knows no such address
)

// later is an error worth another attempt.
func later(reason tocsin.Reason, after time.Duration, cause error) error {
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: reason, RetryAfter: after,
		Public: "The message was not taken; it will be tried again.", Err: cause}
}

// never is an error that stays until a person changes something.
func never(reason tocsin.Reason) error {
	return &tocsin.Error{Code: tocsin.CodeInvalid, Reason: reason, Public: "The message is refused."}
}

// reveal reads a secret. Its error may name a path, and is for the operator's eyes, never for a log line.
func reveal(secret Secret) (string, error) {
	if secret == nil {
		return "", nil
	}
	text, err := secret()
	if err != nil {
		return "", later(ReasonSecret, time.Minute, err)
	}
	return text, nil
}
