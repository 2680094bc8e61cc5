// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package outbound is the only way a node speaks HTTP to anybody else.
//
// It knows two classes of destination. A declared endpoint is an exact origin an administrator
// pinned: it may be private, loopback or plain http, and is never redirected. A foreign address came
// from outside (an order, a notice, a directory entry): https only, ports 80 and 443, and the address
// actually dialled must be global unicast, checked in the dialer so that neither a name, a rebinding
// nor a redirect can reach the node's own network.
//
// It must never follow a proxy from the environment, keep a cookie, decompress, print an address in
// an error, or wait or read without a limit. Nothing else in the module may build an http.Client or
// an http.Transport. Start reading at Client, then Sender.Do.
package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Limits of one exchange, redirects and body included.
const (
	DefaultTimeout = 10 * time.Second
	DefaultMaxBody = 20 << 20 // bytes of an answer's body
	MaxRedirects   = 3        // foreign GET and HEAD only

	maxHeaderBytes = 64 << 10
)

// Config says what a Client may do. Its zero value declares nothing and allows foreign https only.
type Config struct {
	// Declared lists exact origins ("https://node.example:8443", "http://127.0.0.1:4000").
	// Danger: whoever can add one can make the node speak to its own network.
	Declared []string
	// UserAgent names the software and a contact; "tocsin" when empty.
	UserAgent string
	// Timeout is the total time of one exchange; DefaultTimeout when zero.
	Timeout time.Duration
	// MaxBody is the largest answer body in bytes; DefaultMaxBody when zero.
	MaxBody int64
	// RootCAs replaces the system's certificate authorities when not nil.
	RootCAs *x509.CertPool
	// ForeignPlainHTTP also lets foreign addresses use http, for pages served in no other way.
	ForeignPlainHTTP bool
}

// Client holds the connections of a node. It is safe for concurrent use.
type Client struct {
	agent    string
	timeout  time.Duration
	maxBody  int64
	declared atomic.Pointer[map[Origin]struct{}]
	foreign  foreignRule
	near     *http.Transport // declared endpoints
	far      *http.Transport // foreign addresses
}

// controlFunc has the shape of net.Dialer.Control: it sees the address really dialled.
type controlFunc func(network, address string, conn syscall.RawConn) error

// New checks the configuration and returns a Client.
func New(cfg Config) (*Client, error) {
	c := &Client{
		agent: cfg.UserAgent, timeout: cfg.Timeout, maxBody: cfg.MaxBody,
		foreign: foreignRule{plain: cfg.ForeignPlainHTTP, ports: []uint16{80, 443}},
	}
	if c.agent == "" {
		c.agent = "tocsin"
	}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	if c.maxBody == 0 {
		c.maxBody = DefaultMaxBody
	}
	if c.timeout < 0 || c.maxBody < 0 || strings.ContainsFunc(c.agent, isControl) {
		return nil, errors.New("outbound: negative limit or control character in the user agent")
	}
	if err := c.SetDeclared(cfg.Declared...); err != nil {
		return nil, err
	}
	c.near = transport(&net.Dialer{}, cfg.RootCAs)
	c.near.DialContext = dialNear
	// A foreign connection leaves nothing behind that a later request could be steered to.
	c.far = transport(&net.Dialer{Control: refuseNonGlobal(ssrf.New().Safe)}, cfg.RootCAs)
	c.far.DisableKeepAlives = true
	return c, nil
}

// SetDeclared replaces the declared origins, all or none.
func (c *Client) SetDeclared(origins ...string) error {
	set := make(map[Origin]struct{}, len(origins))
	for i, text := range origins {
		o, err := ParseOrigin(text)
		if err != nil {
			return fmt.Errorf("declare origin %d: %w", i, err)
		}
		set[o] = struct{}{}
	}
	c.declared.Store(&set)
	return nil
}

// IsDeclared says whether an administrator pinned this origin.
func (c *Client) IsDeclared(o Origin) bool {
	_, ok := (*c.declared.Load())[o]
	return ok
}

// Declared returns the sender that reaches declared endpoints and nothing else.
func (c *Client) Declared() Sender { return Sender{client: c} }

// Foreign returns the sender that reaches public addresses and nothing else.
func (c *Client) Foreign() Sender { return Sender{client: c, foreign: true} }

// Close drops idle connections. A Client may be used again afterwards.
func (c *Client) Close() {
	c.near.CloseIdleConnections()
	c.far.CloseIdleConnections()
}

// transport speaks HTTP/1.1 without proxy, compression or upgrade: fewer parsers face the outside.
func transport(dialer *net.Dialer, roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		DisableCompression:     true,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// dialNear takes every name under "localhost" for this machine without asking a resolver (RFC 6761, 6.3),
// as browsers do, so that several nodes on one machine can each have a host name.
func dialNear(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if name := strings.ToLower(strings.TrimSuffix(host, ".")); name == "localhost" || strings.HasSuffix(name, ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

// refuseNonGlobal hides the guard's own words, which name the address.
func refuseNonGlobal(guard controlFunc) controlFunc {
	return func(network, address string, conn syscall.RawConn) error {
		if guard(network, address, conn) != nil {
			return errNotGlobal
		}
		return nil
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
