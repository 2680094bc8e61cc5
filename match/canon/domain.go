// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/canon/refang"
	"tocsin/match/canon/suffix"
	"tocsin/match/syntax"
)

// Domain is a signal of the type "domain": a registrable domain or a name below one. A match on it is
// context.
type Domain struct{ name string }

// String returns the canonical form: ASCII, lower case, without the dot of the root.
func (d Domain) String() string { return d.name }

// ParseDomain reads a signal of the type "domain", with the default rules.
func ParseDomain(text string) (Domain, error) { return Default().ParseDomain(text) }

// maxName is the length of a name in the DNS, RFC 1035 section 3.1, without the dot of the root.
const maxName = 253

// ParseDomain reads a name, perhaps defanged or international. Numbers and public suffixes are refused: under
// a suffix, everybody may live. The error is a *syntax.Error.
func (r *Rules) ParseDomain(text string) (Domain, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Domain{}, syntax.Errorf("domain", syntax.Empty, "there is no name")
	case len(text) > 4*maxName:
		return Domain{}, syntax.Errorf("domain", syntax.Length, "a name has at most %d bytes", maxName)
	}
	if refanged := refang.Undo("https://" + text); refanged.Text != "" {
		text = strings.TrimPrefix(refanged.Text, "https://")
	}
	u, err := href.Parse("https://" + text)
	if err != nil || u.User != "" || u.Port != "" || u.Path != "/" || u.HasQuery || u.HasFragment {
		return Domain{}, syntax.Errorf("domain", syntax.Structure, "this is no name of a host alone")
	}
	name := strings.TrimSuffix(u.Host, ".")
	if len(name) > maxName {
		return Domain{}, syntax.Errorf("domain", syntax.Length, "a name has at most %d bytes", maxName)
	}
	if suffix.Numeric(name) || !refang.PlainHost(name) || strings.HasPrefix(name, "[") {
		return Domain{}, syntax.Errorf("domain", syntax.Alphabet, "a number or a name that cannot be registered")
	}
	if _, ok := r.suffixes.Registrable(name); !ok {
		return Domain{}, syntax.Errorf("domain", "suffix",
			"a public suffix, below which many parties register names")
	}
	return Domain{name: name}, nil
}
