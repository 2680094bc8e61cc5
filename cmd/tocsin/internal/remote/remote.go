// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package remote asks a running node over its API, for commands.
//
// It must never send a token in the clear to another machine, and never print one. Start reading at New.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/outbound"
)

// ReasonUnreachable means that no node answered.
const ReasonUnreachable tocsin.Reason = "unreachable"

// timeout bounds one exchange; importing a large directory takes the longest.
const timeout = 60 * time.Second

// Client speaks to one node with one service key.
type Client struct {
	base    *url.URL
	token   string
	send    outbound.Sender
	patient outbound.Sender // for what takes as long as it takes
	stream  outbound.Sender // and is as large as it is
}

// Problem is what the node answered instead of a success.
type Problem struct {
	api.Problem
}

// Error gives the detail and the members that are wrong.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Detail)
	for _, e := range p.Errors {
		fmt.Fprintf(&b, "\n  %s: %s", e.Location, e.Message)
	}
	return b.String()
}

// Unwrap gives the class and the cause, as a command running here would have had them.
func (p *Problem) Unwrap() error {
	return &tocsin.Error{Code: p.Code, Reason: p.Reason, Public: p.Detail}
}

// New prepares to speak to the node at an address with the token in a file.
func New(address, tokenFile string) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, errors.New("the node's address must begin with https:// or, on this machine, http://")
	}
	if base.Scheme == "http" && !loopback(base.Hostname()) {
		return nil, errors.New("a service key travels over https only, save to this machine")
	}
	token, err := readToken(tokenFile)
	if err != nil {
		return nil, err
	}
	c := &Client{base: base.JoinPath(api.Base), token: token}
	config := outbound.Config{Declared: []string{base.Scheme + "://" + base.Host}, Timeout: timeout,
		UserAgent: "tocsin-command"}
	if c.send, err = sender(config); err != nil {
		return nil, err
	}
	config.Timeout = patience
	if c.patient, err = sender(config); err != nil {
		return nil, err
	}
	config.MaxBody = maxStream
	c.stream, err = sender(config)
	return c, err
}

func sender(config outbound.Config) (outbound.Sender, error) {
	out, err := outbound.New(config)
	if err != nil {
		return outbound.Sender{}, fmt.Errorf("prepare connection: %w", err)
	}
	return out.Declared(), nil
}

func loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func readToken(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read service key: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if !strings.HasPrefix(token, "tsk_") || strings.ContainsAny(token, " \r\n\t") {
		return "", fmt.Errorf("read service key: %s: does not hold exactly one token (tsk_…)", path)
	}
	return token, nil
}

// Call makes one request. body is encoded when it is not nil, and the answer is read into out when it is not.
func (c *Client) Call(ctx context.Context, method, path string, query url.Values, body, out any,
	headers ...string) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		content = bytes.NewReader(text)
	}
	contentType := ""
	if body != nil {
		contentType = "application/json"
	}
	resp, err := c.exchange(ctx, c.send.Do, request{method, path, query, content, contentType}, headers)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return read(resp, out)
}

// request is what is asked, whatever its body.
type request struct {
	method, path string
	query        url.Values
	body         io.Reader
	contentType  string
}

func (c *Client) exchange(ctx context.Context, by func(*http.Request) (*http.Response, error), r request,
	headers []string) (*http.Response, error) {
	address := c.base.JoinPath(r.path)
	address.RawQuery = r.query.Encode()
	req, err := http.NewRequestWithContext(ctx, r.method, address.String(), r.body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := by(req)
	if err != nil {
		return nil, &tocsin.Error{Code: tocsin.CodeBusy, Reason: ReasonUnreachable, Err: err,
			Public: "No node answers there. Is it running? Name another with --url"}
	}
	return resp, nil
}

func read(resp *http.Response, out any) error {
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return brokenOff(err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return problem(resp.StatusCode, text)
	}
	if out == nil || resp.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}

func brokenOff(err error) error {
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: ReasonUnreachable, Err: err,
		Public: "The answer broke off"}
}

func problem(status int, text []byte) error {
	p := &Problem{}
	if json.Unmarshal(text, &p.Problem) != nil || p.Code == "" {
		return fmt.Errorf("status %d, and no problem that a node would answer: is this the address of a node?",
			status)
	}
	return p
}
