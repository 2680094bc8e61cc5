// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// Origin is a scheme, a host and a port in normal form: lower case, port always written.
type Origin struct {
	Scheme, Host string
	Port         uint16
}

var errOrigin = errors.New("not an origin: want scheme://host[:port] and nothing more")

// ParseOrigin reads "scheme://host[:port]", http or https, a single trailing slash allowed.
func ParseOrigin(text string) (Origin, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Origin{}, errOrigin // the parser's own error repeats the text
	}
	if (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return Origin{}, errOrigin
	}
	o, ok := OriginOf(u)
	if !ok {
		return Origin{}, errOrigin
	}
	return o, nil
}

// OriginOf returns the origin of an absolute http or https URL without user information.
func OriginOf(u *url.URL) (Origin, bool) {
	if u == nil {
		return Origin{}, false
	}
	o := Origin{Scheme: strings.ToLower(u.Scheme), Host: strings.ToLower(u.Hostname())}
	if o.Host == "" || u.User != nil || u.Opaque != "" || strings.HasSuffix(u.Host, ":") {
		return Origin{}, false
	}
	switch o.Scheme {
	case "http":
		o.Port = 80
	case "https":
		o.Port = 443
	default:
		return Origin{}, false
	}
	if text := u.Port(); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return Origin{}, false
		}
		o.Port = uint16(port)
	}
	return o, true
}
