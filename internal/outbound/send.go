// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
)

// Sender performs exchanges with one class of destination.
type Sender struct {
	client  *Client
	foreign bool
}

// Do sends one request and reads the whole answer. Unlike http.Client's, the returned body is already
// in memory, within the limit, and needs no closing. Any status but a redirect is an answer, not an
// error. The request is not modified; its Cookie and Accept-Encoding headers are not sent. A failure
// is always an *Error.
func (s Sender) Do(req *http.Request) (*http.Response, error) { return s.do(req, nil) }

// Stream is [Sender.Do] for an answer too large for memory: the body of a success goes to a writer as it arrives
// and is gone from what is returned. After a failure the writer may hold a part of it.
func (s Sender) Stream(req *http.Request, to io.Writer) (*http.Response, error) { return s.do(req, to) }

func (s Sender) do(req *http.Request, to io.Writer) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), s.client.timeout)
	defer cancel()
	x := &exchange{Sender: s, to: to}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// From here on the transport may write: a later failure leaves the outcome unknown.
		GotConn: func(httptrace.GotConnInfo) { x.sent.Store(true) },
	})
	req = x.prepare(ctx, req)
	if s.foreign {
		return x.followForeign(req)
	}
	return x.askDeclared(req)
}

// exchange is one call of Do: at most 1 + MaxRedirects requests.
type exchange struct {
	Sender
	host string    // what an error may print
	to   io.Writer // for the body of a success; nil is memory
	sent atomic.Bool
}

func (x *exchange) prepare(ctx context.Context, req *http.Request) *http.Request {
	out := req.Clone(ctx)
	if out.Header == nil {
		out.Header = make(http.Header)
	}
	out.Header.Set("User-Agent", x.client.agent)
	out.Header.Set("Accept-Encoding", "identity")
	out.Header.Del("Cookie")
	return out
}

func (x *exchange) askDeclared(req *http.Request) (*http.Response, error) {
	o, ok := OriginOf(req.URL)
	if !ok || !hostMatches(req) {
		return nil, x.fail(KindInvalid, nil)
	}
	if !x.client.IsDeclared(o) {
		return nil, x.fail(KindNotDeclared, nil)
	}
	x.host = o.Host
	resp, err := x.roundTrip(x.client.near, req)
	if err != nil {
		return nil, err
	}
	// A pinned origin that points elsewhere is a change the administrator must make, not follow.
	if isRedirect(resp.StatusCode) {
		return nil, x.fail(KindRedirect, nil)
	}
	return resp, nil
}

// roundTrip sends one request and reads its answer into memory.
func (x *exchange) roundTrip(via *http.Transport, req *http.Request) (*http.Response, error) {
	resp, err := via.RoundTrip(req)
	if err != nil {
		return nil, x.fail(kindOfCause(err, x.sent.Load()), err)
	}
	defer resp.Body.Close()
	if !isIdentity(resp.Header) {
		return nil, x.fail(KindEncoding, nil)
	}
	limit := x.client.maxBody
	if resp.ContentLength > limit && req.Method != http.MethodHead {
		return nil, x.fail(KindTooLarge, nil)
	}
	var body bytes.Buffer
	into := io.Writer(&body)
	if x.to != nil && resp.StatusCode < http.StatusMultipleChoices {
		into = x.to
	}
	size, err := io.Copy(into, io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, x.fail(kindOfCause(err, true), err)
	}
	if size > limit {
		return nil, x.fail(KindTooLarge, nil)
	}
	resp.Body = io.NopCloser(&body)
	return resp, nil
}

func (x *exchange) fail(kind Kind, cause error) error {
	return &Error{Kind: kind, Host: x.host, Sent: x.sent.Load(), cause: cause}
}

func isIdentity(h http.Header) bool {
	for _, coding := range h.Values("Content-Encoding") {
		if coding != "" && !strings.EqualFold(coding, "identity") {
			return false
		}
	}
	return true
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// hostMatches refuses a Host header that names another server than the one dialled.
func hostMatches(req *http.Request) bool { return req.Host == "" || req.Host == req.URL.Host }
