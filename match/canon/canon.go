// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/canon/refang"
	"tocsin/match/syntax"
)

// MaxLength is the longest address that is read, in bytes.
const MaxLength = href.MaxLength

// URL is an address with what derives its keys. The zero URL is none; make one with Canonicalise or Parse.
type URL struct {
	rules     *Rules
	raw       string
	refanging []Step
	serial    string // the href
	parts     href.URL
	identity  string
	resource  string // empty where no rule knows one
	domain    string // empty where there is none
	inner     *URL   // what it leads to
	ambiguous bool
}

// Canonicalise reads an address as found in text, with the default rules.
func Canonicalise(raw string) (URL, error) { return Default().Canonicalise(raw) }

// Parse reads a signal of the type "url", with the default rules.
func Parse(text string) (URL, error) { return Default().Parse(text) }

// Canonicalise reads an address as found in text: it may be defanged, or lack its scheme. The error is a
// *syntax.Error.
func (r *Rules) Canonicalise(raw string) (URL, error) {
	switch {
	case raw == "":
		return URL{}, syntax.Errorf("url", syntax.Empty, "there is no address")
	case len(raw) > MaxLength:
		return URL{}, syntax.Errorf("url", syntax.Length, "an address has at most %d bytes, this one %d",
			MaxLength, len(raw))
	}
	if u, err := r.read(raw, MaxUnwraps); err == nil && !strings.Contains(raw, `\.`) {
		u.raw = raw
		return u, nil
	}
	refanged := refang.Undo(raw)
	u, err := r.read(refanged.Text, MaxUnwraps)
	if err != nil {
		return URL{}, err
	}
	u.raw, u.ambiguous = raw, refanged.Ambiguous
	for _, step := range refanged.Steps {
		u.refanging = append(u.refanging, Step(step))
	}
	return u, nil
}

// Parse reads a signal: an identity as String writes it, or anything that Canonicalise reads. Parse of String
// is the identity. The error is a *syntax.Error.
func (r *Rules) Parse(text string) (URL, error) {
	text = strings.TrimSpace(text)
	if len(text) < MaxLength && text != "" && !refang.Plain(text) {
		whole := "https://" + text
		if u, err := r.read(whole, MaxUnwraps); err == nil && u.identity == text {
			u.raw = text
			u.refanging = []Step{{Rule: refang.AssumeScheme, Before: text, After: whole}}
			return u, nil
		}
	}
	return r.Canonicalise(text)
}

// read takes an address on the web as it stands, and so many addresses inside it.
func (r *Rules) read(text string, unwraps int) (URL, error) {
	serial, err := href.Serialise(text)
	if err != nil {
		return URL{}, err
	}
	parts := href.Split(serial)
	if !refang.Web(parts.Scheme) || !parts.HasAuthority {
		return URL{}, syntax.Errorf("url", "scheme", "nothing on the web is addressed by that scheme")
	}
	if !refang.PlainHost(parts.Host) {
		return URL{}, syntax.Errorf("url", syntax.Alphabet,
			"the host is no name that can be registered, and no number")
	}
	u := URL{rules: r, raw: text, serial: serial, parts: parts}
	u.identity = r.identity(parts, serial)
	_, u.resource, _ = r.resource(parts)
	u.domain, _ = r.suffixes.Registrable(u.Host())
	if _, target, ok := r.unwrap(parts); ok && unwraps > 0 {
		if inner, err := r.read(target, unwraps-1); err == nil {
			u.inner = &inner
		}
	}
	return u, nil
}

// String returns the identity, K3: the canonical form of the signal.
func (u URL) String() string { return u.identity }

// Raw returns the address as received, K0.
func (u URL) Raw() string { return u.raw }

// Href returns the address as a browser writes it, K2.
func (u URL) Href() string { return u.serial }

// Host returns the host, K6: ASCII, without the dot of the root, before any alias.
func (u URL) Host() string { return strings.TrimSuffix(u.parts.Host, ".") }

// Domain returns the registrable domain, private suffixes included. Numbers and public suffixes have none.
func (u URL) Domain() (string, bool) { return u.domain, u.domain != "" }

// Resource returns the number a service gives the content, K4.
func (u URL) Resource() (string, bool) { return u.resource, u.resource != "" }

// Ambiguous says that the address rests on a guess: words or spaces stood for dots, or it had no scheme.
func (u URL) Ambiguous() bool { return u.ambiguous }

// Unwrapped returns the address inside this one, K5, when a rule knows the wrapper.
func (u URL) Unwrapped() (URL, bool) {
	if u.inner == nil {
		return URL{}, false
	}
	return *u.inner, true
}
