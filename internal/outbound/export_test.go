// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"net"
	"net/http"
	"syscall"

	"code.dny.dev/ssrf"
)

// Lab is what a test may bend to see the foreign class work on one machine. The guard stays: only
// exact addresses in Doors pass it.
type Lab struct {
	Port     uint16          // allowed besides 80 and 443
	Doors    map[string]bool // "ip:port" the guard lets through
	Resolver *net.Resolver
	Reached  func(address string) error // called instead of connecting once the guard has agreed
}

// UseLab rebuilds the foreign transport.
func (c *Client) UseLab(lab Lab) {
	ports := []uint16{80, 443}
	if lab.Port != 0 {
		ports = append(ports, lab.Port)
	}
	c.foreign.ports = ports
	guard := refuseNonGlobal(ssrf.New(ssrf.WithPorts(ports...)).Safe)
	roots := c.far.TLSClientConfig.RootCAs
	c.far = transport(&net.Dialer{
		Resolver: lab.Resolver,
		Control: func(network, address string, conn syscall.RawConn) error {
			if lab.Doors[address] {
				return nil
			}
			if err := guard(network, address, conn); err != nil {
				return err
			}
			if lab.Reached != nil {
				return lab.Reached(address)
			}
			return nil
		},
	}, roots)
	c.far.DisableKeepAlives = true
}

// DialForeign skips the spelling check, so that the dialer's guard stands alone.
func (c *Client) DialForeign(req *http.Request) error {
	x := &exchange{Sender: c.Foreign()}
	_, err := x.roundTrip(c.far, x.prepare(req.Context(), req))
	return err
}

// IsPublicHost exposes the spelling check.
var IsPublicHost = isPublicHost
