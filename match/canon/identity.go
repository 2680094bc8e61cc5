// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"strings"

	"tocsin/match/canon/href"
)

// identityRules make of an href the identity of what it names. Each changes the parts and leaves an address
// that is still one; the last step, ruleScheme, cuts the scheme off. The order matters: the host stands
// first, because rules for hosts follow.
var identityRules = []struct {
	id    string
	apply func(*Rules, *href.URL)
}{
	{"identity:user", func(_ *Rules, u *href.URL) { u.User = "" }},
	{"identity:host", func(r *Rules, u *href.URL) { u.Host = r.standing(u.Host) }},
	{"identity:content-id", foldContentID},
	{"identity:root-path", rootPath},
	{"identity:fragment", dropFragment},
	{"identity:percent", normalisePercent},
	{"identity:tracking", dropTracking},
	{"identity:empty-parameters", dropEmptyParameters},
	{"identity:query-order", orderQuery},
}

const ruleScheme = "identity:scheme"

// identity applies all rules without keeping the steps.
func (r *Rules) identity(u href.URL, serialised string) string {
	before := u
	for _, rule := range identityRules {
		rule.apply(r, &u)
	}
	if u != before {
		serialised = u.String()
	}
	return dropScheme(serialised)
}

// identitySteps applies the same rules and keeps them.
func (r *Rules) identitySteps(serialised string) (string, []Step) {
	var steps []Step
	u := href.Split(serialised)
	for _, rule := range identityRules {
		before := u
		if rule.apply(r, &u); u != before {
			steps = append(steps, Step{Rule: rule.id, Before: serialised, After: u.String()})
			serialised = u.String()
		}
	}
	identity := dropScheme(serialised)
	if identity != serialised {
		steps = append(steps, Step{Rule: ruleScheme, Before: serialised, After: identity})
	}
	return identity, steps
}

// standing returns the host that stands for a host: without the dot of the root, and by the table of aliases.
func (r *Rules) standing(host string) string {
	if len(host) > 1 {
		host = strings.TrimSuffix(host, ".")
	}
	if alias, known := r.aliases[host]; known {
		return alias
	}
	return host
}

// dropScheme cuts "http://" and "https://" off: the same place answers both. It keeps them before the port
// that is the other's default, which would not be there without its scheme.
func dropScheme(serialised string) string {
	if rest, found := strings.CutPrefix(serialised, "https://"); found && !hasPort(rest, ":80") {
		return rest
	}
	if rest, found := strings.CutPrefix(serialised, "http://"); found && !hasPort(rest, ":443") {
		return rest
	}
	return serialised
}

func hasPort(rest, port string) bool {
	authority, _, _ := strings.Cut(rest, "/")
	return strings.HasSuffix(authority, port) // an IPv6 address ends in a bracket
}

// foldContentID writes an identifier of content in one version.
func foldContentID(_ *Rules, u *href.URL) {
	if u.Scheme != "ipfs" {
		return
	}
	if id, ok := contentID(u.Host); ok {
		u.Host = id
	}
}

func rootPath(_ *Rules, u *href.URL) {
	if u.Path == "" {
		u.Path = "/"
	}
}

// dropFragment drops what a server never sees, unless it says which page: "#!" by old agreement, and on hosts
// that route by fragment.
func dropFragment(r *Rules, u *href.URL) {
	if u.HasFragment && (u.Fragment == "" || u.Fragment[0] != '!' && !r.routes[u.Host]) {
		u.HasFragment, u.Fragment = false, ""
	}
}

// normalisePercent decodes what needs no encoding and writes the others with capitals: RFC 3986, sections
// 6.2.2.1 and 6.2.2.2.
func normalisePercent(_ *Rules, u *href.URL) {
	u.Path, u.Query = percent(u.Path), percent(u.Query)
}

func percent(text string) string {
	at := strings.IndexByte(text, '%')
	if at < 0 {
		return text
	}
	const capitals = "0123456789ABCDEF"
	out := make([]byte, 0, len(text))
	out = append(out, text[:at]...)
	for i := at; i < len(text); i++ {
		c, ok := escaped(text[i:])
		switch {
		case text[i] != '%':
			out = append(out, text[i])
			continue
		case !ok: // a stray "%" might begin an escape once its neighbours are decoded: leave all as it is
			return text
		case unreserved(c):
			out = append(out, c)
		default:
			out = append(out, '%', capitals[c>>4], capitals[c&15])
		}
		i += 2
	}
	if string(out) == text {
		return text
	}
	return string(out)
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
