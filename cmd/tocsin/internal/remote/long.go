// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strconv"
	"time"

	"tocsin/internal/api"
)

// Limits of an exchange that may take long: millions of signals go in or come out.
const (
	patience  = 2 * time.Hour
	maxStream = 1 << 40 // bytes, never in memory
)

// Send makes one request with a body of any kind, and reads the answer into out. progress is told how much of a list
// the node has taken so far; nil where that is no list.
func (c *Client) Send(ctx context.Context, path string, query url.Values, body io.Reader, contentType string,
	out any, progress func(rows int64), headers ...string) error {
	if progress != nil {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
				if rows, err := strconv.ParseInt(h.Get(api.HeaderRows), 10, 64); err == nil {
					progress(rows)
				}
				return nil
			},
		})
		headers = append(headers, api.HeaderProgress, "rows")
	}
	resp, err := c.exchange(ctx, c.patient.Do, request{http.MethodPost, path, query, body, contentType}, headers)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return read(resp, out)
}

// Fetch copies the answer to a GET, as it is, and gives its length in bytes.
func (c *Client) Fetch(ctx context.Context, path string, query url.Values, to io.Writer) (int64, error) {
	counted := &counter{to: to}
	stream := func(req *http.Request) (*http.Response, error) { return c.stream.Stream(req, counted) }
	resp, err := c.exchange(ctx, stream, request{method: http.MethodGet, path: path, query: query}, nil)
	switch {
	case counted.err != nil:
		return counted.size, fmt.Errorf("write answer: %w", counted.err)
	case err != nil && counted.size > 0:
		return counted.size, brokenOff(err)
	case err != nil:
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode < http.StatusBadRequest {
		return counted.size, nil
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, brokenOff(err)
	}
	return 0, problem(resp.StatusCode, text)
}

// counter passes bytes on and keeps what went wrong with that.
type counter struct {
	to   io.Writer
	size int64
	err  error
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.size += int64(n)
	c.err = err
	return n, err
}
