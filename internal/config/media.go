// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// validateMedia keeps media on an origin that shares nothing with the console: a browser sends cookies to every port
// of a host name, so that only loopback, where there is no other name, gets along with another port.
func (c Config) validateMedia(p *problems) {
	m := c.Media
	if !m.Shown() {
		p.check(m.PublicURL == "", "media.public_url", "needs media.listen")
		return
	}
	p.check(c.Platform.Configured(), "media.listen", "needs a platform, whose media they are")
	p.check(listenable(m.Listen), "media.listen", "must be host:port, such as 127.0.0.1:8430, or empty")
	p.check(m.Listen != c.Listen.Public || strings.HasSuffix(m.Listen, ":0"), "media.listen",
		"must differ from listen.public")
	p.check(m.Listen != c.Listen.Metrics || strings.HasSuffix(m.Listen, ":0"), "media.listen",
		"must differ from listen.metrics")
	address, err := url.Parse(m.PublicURL)
	if err != nil || address.Hostname() == "" || !bare(address) {
		p.check(false, "media.public_url", "must be scheme and host name only, such as https://media.node.example")
		return
	}
	loopback := loopbackName(address.Hostname())
	p.check(address.Scheme == "https" || address.Scheme == "http" && loopback, "media.public_url",
		"must be https; plain http is for loopback only")
	if own, err := url.Parse(c.PublicURL); err == nil {
		apart := !strings.EqualFold(own.Hostname(), address.Hostname()) || loopback && own.Port() != address.Port()
		p.check(apart, "media.public_url", "must be another host name than public_url; another port on loopback only")
	}
	if c.Demonstration {
		host, _, _ := net.SplitHostPort(m.Listen)
		p.check(loopback && loopbackName(host), "demonstration", "needs a loopback media.public_url and media.listen")
	}
	for i, origin := range m.Origins {
		o, err := url.Parse(origin)
		p.check(err == nil && (o.Scheme == "http" || o.Scheme == "https") && o.Hostname() != "" && bare(o), "media.origins",
			fmt.Sprintf("entry %d is no origin: scheme://host[:port]", i+1))
	}
}
