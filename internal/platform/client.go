// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package platform is the node's side of the contract with the platform it serves: which item an
// address names (Resolve), and which restrictions hold for an item now (Apply).
//
// One call is one attempt. A caller repeats an Unknown outcome with the same event, which the platform
// answers with the measure it already took, and records a Refused one as final. The package must never
// retry by itself, decide anything, put an address or a word of the platform into an error's text, or
// send an authority's name under neutral disclosure: the type Neutral has no place for one.
//
// Start reading at Client.Apply, then outcome.go.
package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

const (
	maxAnswer = 64 << 10        // bytes of an answer; the contract needs a few hundred
	maxSkew   = 5 * time.Minute // how far a platform's clock may run ahead of ours
)

// Doer performs one HTTP exchange: outbound's declared sender, or an http.Client in a test.
type Doer interface {
	Do(req *http.Request) (*http.Response, error)
}

// Messages signs what the platform receives; webhook.Signer does.
type Messages interface {
	// Event wraps data as a CloudEvents message and returns its headers and body.
	Event(id, kind string, occurred, now time.Time, data json.RawMessage) (http.Header, []byte, error)
	// Sign returns the signature headers of a body.
	Sign(id string, now time.Time, body []byte) (http.Header, error)
}

// Config names the platform's two endpoints and what is needed to reach them. All are required.
type Config struct {
	Callback string // absolute URL that receives visibility
	Resolve  string // absolute URL that says what an address names
	HTTP     Doer
	Messages Messages
	Now      func() time.Time
}

// Client speaks to one platform. It is safe for concurrent use.
type Client struct {
	callback, resolve string
	http              Doer
	messages          Messages
	now               func() time.Time
}

// New checks the configuration.
func New(cfg Config) (*Client, error) {
	if cfg.HTTP == nil || cfg.Messages == nil || cfg.Now == nil {
		return nil, errors.New("platform: HTTP, Messages and Now are required")
	}
	if !isAddress(cfg.Callback) || !isAddress(cfg.Resolve) {
		return nil, errors.New("platform: callback and resolve must be absolute http or https URLs")
	}
	return &Client{
		callback: cfg.Callback, resolve: cfg.Resolve, http: cfg.HTTP, messages: cfg.Messages, now: cfg.Now,
	}, nil
}

// post sends one signed body and returns the JSON object of a 200 answer.
func (c *Client) post(ctx context.Context, to string, signed http.Header, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("platform: request could not be built") // err repeats the URL
	}
	maps.Copy(req.Header, signed)
	req.Header.Set("Accept", "application/json, application/problem+json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, noAnswer(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, &Unknown{Why: WhyNoAnswer, Sent: true, Status: resp.StatusCode, cause: err}
	}
	if len(answer) > maxAnswer {
		return nil, badAnswer(resp.StatusCode)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, outcomeOf(resp, answer, c.now())
	}
	if mediaType(resp.Header) != "application/json" {
		return nil, badAnswer(resp.StatusCode)
	}
	return answer, nil
}

// isAddress accepts an absolute http or https URL without user information.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
