// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"context"
	"crypto/tls"
	"net"
)

// Dialer opens connections to one declared server that does not speak HTTP: the mail server that an administrator
// pinned. It never opens one to any other address, whatever it is asked for.
type Dialer struct {
	address string // host:port
	tls     *tls.Config
}

// Server gives the dialer of one server, "host:port". With encrypted, TLS begins with the connection; else the
// caller begins it with TLS, or not at all.
func (c *Client) Server(address string, encrypted bool) Dialer {
	d := Dialer{address: address}
	if encrypted {
		host, _, _ := net.SplitHostPort(address)
		d.tls = c.near.TLSClientConfig.Clone()
		d.tls.ServerName = host
	}
	return d
}

// Dial has the shape of net.Dialer.DialContext. Its errors name a kind and, as the administrator wrote it, the host.
func (d Dialer) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(d.address)
	if err != nil || address != d.address {
		return nil, &Error{Kind: KindNotDeclared}
	}
	conn, err := dialNear(ctx, "tcp", d.address)
	if err != nil {
		return nil, &Error{Kind: kindOfCause(err, false), Host: host, cause: err}
	}
	if d.tls == nil {
		return conn, nil
	}
	secured := tls.Client(conn, d.tls)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &Error{Kind: KindTLS, Host: host, cause: err}
	}
	return secured, nil
}

// TLS is how the caller begins TLS by itself, as STARTTLS does.
func (c *Client) TLS(host string) *tls.Config {
	t := c.near.TLSClientConfig.Clone()
	t.ServerName = host
	return t
}
