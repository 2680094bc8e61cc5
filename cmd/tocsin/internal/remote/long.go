// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Limits of an exchange that may take long: millions of signals go in or come out.
const (
	patience  = 2 * time.Hour
	maxAnswer = 2 << 30 // bytes, held in memory
)

// Send makes one request with a body of any kind, and reads the answer into out.
func (c *Client) Send(ctx context.Context, path string, query url.Values, body io.Reader, contentType string,
	out any, headers ...string) error {
	resp, err := c.exchange(ctx, c.patient, request{http.MethodPost, path, query, body, contentType}, headers)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return read(resp, out)
}

// Fetch copies the answer to a GET, as it is, and gives its length in bytes.
func (c *Client) Fetch(ctx context.Context, path string, query url.Values, to io.Writer) (int64, error) {
	resp, err := c.exchange(ctx, c.patient, request{method: http.MethodGet, path: path, query: query}, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode < http.StatusBadRequest {
		return io.Copy(to, resp.Body)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, brokenOff(err)
	}
	return 0, problem(resp.StatusCode, text)
}
