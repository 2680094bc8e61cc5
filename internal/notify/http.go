// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxAnswer bounds what is read of an answer; the longest useful one is Matrix' event id.
const maxAnswer = 16 << 10

// request is one call of a server that people are reached through.
type request struct {
	method, address string
	header          http.Header
	body            []byte
	token           string
}

// under builds an address below a server from parts that are escaped one by one.
func under(server string, parts ...string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = url.PathEscape(p)
	}
	return strings.TrimSuffix(server, "/") + "/" + strings.Join(escaped, "/")
}

func (s *Service) do(ctx context.Context, r request) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, r.address, bytes.NewReader(r.body))
	if err != nil {
		return nil, never(ReasonNotConfigured) // err repeats the address
	}
	maps.Copy(req.Header, r.header)
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	resp, err := s.HTTP.Do(req)
	if err != nil {
		return nil, later(ReasonUnreachable, 0, err) // outbound's errors name kinds and hosts only
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, later(ReasonUnreachable, 0, nil)
	}
	if resp.StatusCode/100 == 2 {
		return answer, nil
	}
	return nil, s.refused(resp)
}

// refused tells what passes from what stays, by the status; the other side's words stay out.
func (s *Service) refused(resp *http.Response) error {
	kept := fmt.Errorf("HTTP status %d", resp.StatusCode)
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return later(ReasonSignIn, time.Minute, kept)
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		return later(ReasonBusy, s.retryAfter(resp.Header), kept)
	}
	return never(ReasonAddress)
}

// retryAfter reads what a server asks for, within an hour.
func (s *Service) retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(text); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(s.Now())
	}
	return min(max(wait, 0), time.Hour)
}

func encode(v any) []byte {
	b, _ := json.Marshal(v) // structures of strings and numbers always encode
	return b
}
