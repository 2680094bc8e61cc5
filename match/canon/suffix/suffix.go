// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package suffix finds the registrable domain of a host: the name that one party registered, below a public
// suffix. Private suffixes count, so that two people's sites at one hosting service never become one site. It
// must never be asked to judge at the level of a shared suffix, and gives none that would. Start reading at
// List.Registrable.
package suffix

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// List is a public suffix list, ICANN and private sections together. The zero List has no rules; Builtin is
// the one that was current when the program was built, Parse reads a newer file. A List does not change.
type List struct {
	builtin bool
	rules   map[string]rule
}

type rule uint8

const (
	exact     rule = 1 << iota // "example": the name is a suffix
	wildcard                   // "*.example": every name one label below is
	exception                  // "!www.example": this one is not, despite the wildcard
)

var builtin = &List{builtin: true}

// Builtin returns the list of the golang.org/x/net module.
func Builtin() *List { return builtin }

// Suffix returns the public suffix of a host, and whether a rule of the list names it. An unlisted last label
// counts as a suffix, as the list's own algorithm wants. The host is ASCII, lower case, without a final dot.
func (l *List) Suffix(host string) (suffix string, listed bool) {
	if l.builtin {
		suffix, icann := publicsuffix.PublicSuffix(host)
		return suffix, icann || strings.Contains(suffix, ".")
	}
	// From the longest name to the shortest; the first rule that fits prevails.
	for at := 0; ; {
		name := host[at:]
		dot := strings.IndexByte(name, '.')
		if dot >= 0 && l.rules[name]&exception != 0 {
			return name[dot+1:], true
		}
		if l.rules[name]&exact != 0 || dot >= 0 && l.rules[name[dot+1:]]&wildcard != 0 {
			return name, true
		}
		if dot < 0 {
			return name, false
		}
		at += dot + 1
	}
}

// Registrable returns the public suffix of a host and one label more. It answers false for a host that is a
// suffix itself, for addresses of numbers, and for names that are not well formed.
func (l *List) Registrable(host string) (string, bool) {
	if host == "" || strings.HasPrefix(host, "[") || Numeric(host) || strings.Contains(host, "..") ||
		host[0] == '.' || host[len(host)-1] == '.' {
		return "", false
	}
	suffix, _ := l.Suffix(host)
	if len(suffix) >= len(host) {
		return "", false
	}
	head := host[:len(host)-len(suffix)-1]
	return host[strings.LastIndexByte(head, '.')+1:], true
}

// Numeric says whether a host is an IPv4 address, as the URL standard writes one. No other host that the
// standard lets through ends in a label that begins with a digit and holds only digits.
func Numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	for i := range len(last) {
		if last[i] < '0' || last[i] > '9' {
			return false
		}
	}
	return last != ""
}
