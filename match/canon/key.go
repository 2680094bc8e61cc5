// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"fmt"
	"strings"

	"tocsin/match/canon/browsing"
)

// KeyLevel says how far a key is derived.
type KeyLevel uint8

// The levels of the chain, K0 to K7. KeyFolder and KeyParent are the folders of an identity and the names
// above a host that a Set looks up.
const (
	KeyRaw KeyLevel = iota
	KeyRefanged
	KeyHref
	KeyIdentity
	KeyResource
	KeyUnwrapped
	KeyFolder
	KeyHost
	KeyParent
	KeyDomain
	KeyExpression
)

var keyLevels = [...]string{
	"raw", "refanged", "href", "identity", "resource", "unwrapped", "folder", "host", "parent", "domain",
	"expression",
}

func (l KeyLevel) String() string { return keyLevels[l] }

// Key is one key of an address, with all steps from the raw text to it.
type Key struct {
	Level KeyLevel
	Value string
	Trace []Step
}

// Step is one step of a derivation: the rule applied to Before gives After, and Replay does it again.
type Step struct {
	Rule   string
	Before string
	After  string
}

// Bounds of what one address derives.
const (
	maxFolders = 16
)

// Keys returns the whole chain, in the order of the levels. Levels that an address has not are left out.
func (u URL) Keys() []Key {
	keys := []Key{{Level: KeyRaw, Value: u.raw}}
	refanged := u.raw
	if len(u.refanging) > 0 {
		refanged = u.refanging[len(u.refanging)-1].After
	}
	keys = append(keys, Key{KeyRefanged, refanged, u.refanging})
	trace := u.hrefTrace()
	keys = append(keys, Key{KeyHref, u.serial, trace})
	identity, steps := u.rules.identitySteps(u.serial)
	identityTrace := extend(trace, steps...)
	keys = append(keys, Key{KeyIdentity, identity, identityTrace})
	keys = u.resourceKey(keys, KeyResource, trace)
	keys = u.unwrappedKeys(keys, trace)
	for n, folder := range folders(identity) {
		step := Step{fmt.Sprintf("folder:%d", n), identity, folder}
		keys = append(keys, Key{KeyFolder, folder, extend(identityTrace, step)})
	}
	keys = u.hostKeys(keys, trace)
	return u.expressionKeys(keys, trace)
}

// hrefTrace returns the steps from the raw text to the href.
func (u URL) hrefTrace() []Step {
	refanged := u.raw
	if len(u.refanging) > 0 {
		refanged = u.refanging[len(u.refanging)-1].After
	}
	if refanged == u.serial {
		return u.refanging
	}
	return extend(u.refanging, Step{ruleParse, refanged, u.serial})
}

// extend returns a trace with more steps, never sharing what follows with another.
func extend(trace []Step, more ...Step) []Step {
	return append(trace[:len(trace):len(trace)], more...)
}

func (u URL) resourceKey(keys []Key, level KeyLevel, trace []Step) []Key {
	rule, value, ok := u.rules.resource(u.parts)
	if !ok {
		return keys
	}
	return append(keys, Key{level, value, extend(trace, Step{"resource:" + rule, u.serial, value})})
}

// unwrappedKeys adds, for each wrapper from the outside in, the number and the identity of what is inside.
func (u URL) unwrappedKeys(keys []Key, trace []Step) []Key {
	for at := u; at.inner != nil; at = *at.inner {
		inner := *at.inner
		rule, target, _ := at.rules.unwrap(at.parts)
		trace = extend(trace, Step{"unwrap:" + rule, at.serial, target})
		if target != inner.serial {
			trace = extend(trace, Step{ruleParse, target, inner.serial})
		}
		keys = inner.resourceKey(keys, KeyUnwrapped, trace)
		identity, steps := inner.rules.identitySteps(inner.serial)
		keys = append(keys, Key{KeyUnwrapped, identity, extend(trace, steps...)})
	}
	return keys
}

func (u URL) hostKeys(keys []Key, trace []Step) []Key {
	host := u.Host()
	trace = extend(trace, Step{ruleHost, u.serial, host})
	keys = append(keys, Key{KeyHost, host, trace})
	domain, ok := u.Domain()
	if !ok {
		return keys
	}
	for _, parent := range parents(host, domain) {
		step := Step{fmt.Sprintf("parent:%d", strings.Count(parent, ".")+1), host, parent}
		keys = append(keys, Key{KeyParent, parent, extend(trace, step)})
	}
	if domain == host {
		return append(keys, Key{KeyDomain, domain, trace})
	}
	return append(keys, Key{KeyDomain, domain, extend(trace, Step{ruleDomain, host, domain})})
}

func (u URL) expressionKeys(keys []Key, trace []Step) []Key {
	for i, expression := range u.Expressions() {
		step := Step{fmt.Sprintf("expression:%d", i), u.serial, string(expression)}
		keys = append(keys, Key{KeyExpression, string(expression), extend(trace, step)})
	}
	return keys
}

// Expressions returns what Safe Browsing lists may hold of the address, K7; Sum gives the hash of each.
func (u URL) Expressions() []browsing.Expression {
	canonical, err := browsing.Canonicalise(u.serial)
	if err != nil {
		return nil
	}
	return browsing.Expressions(canonical, u.rules.suffixes)
}

// folders yields the folders above an identity from the root down, the identity itself left out, with how
// many segments each has.
func folders(identity string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		path, _, _ := strings.Cut(identity, "?")
		path, _, _ = strings.Cut(path, "#")
		start := 0
		if at := strings.Index(path, "://"); at >= 0 {
			start = at + len("://")
		}
		for n := range maxFolders {
			slash := strings.IndexByte(path[start:], '/')
			if slash < 0 {
				return
			}
			start += slash + 1
			if start == len(identity) || !yield(n, path[:start]) {
				return
			}
		}
	}
}

// parents returns the names between a host and its registrable domain, at most maxParents, longest first.
func parents(host, domain string) []string {
	var names []string
	for len(names) < maxParents {
		_, parent, found := strings.Cut(host, ".")
		if !found || len(parent) <= len(domain) {
			break
		}
		names = append(names, parent)
		host = parent
	}
	return names
}
