// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"cmp"
	"slices"
)

// Hit is a known address or domain that a query came upon.
type Hit struct {
	ID    uint64
	Level MatchLevel
	Key   Key // of the query: the key that was known, with its trace
}

// Lookup returns what an address comes upon, strongest first, at most limit of them; each id once, at its
// strongest level. More says that there are others.
func (s *Set) Lookup(u URL, limit int) (hits []Hit, more bool) {
	l := lookup{set: s, limit: limit}
	l.addresses(u)
	l.wrapped(u)
	l.folders(u)
	l.domains(u)
	if len(l.hits) == 0 {
		return nil, false
	}
	hits = l.strongest()
	if len(hits) > limit {
		hits, more = hits[:limit], true
	}
	explain(u, hits)
	return hits, more || l.more
}

type lookup struct {
	set   *Set
	limit int
	hits  []Hit
	more  bool
}

// find collects the entries of one key.
func (l *lookup) find(kind kind, value string, level MatchLevel, key KeyLevel) {
	l.findExact(kind, value, level, key, level, 0)
}

// findExact collects them at a stronger level where the href is the same too.
func (l *lookup) findExact(
	kind kind, value string, level MatchLevel, key KeyLevel, same MatchLevel, href uint32,
) {
	found := 0
	l.set.each(kind, value, func(id uint64, known uint32) bool {
		if found++; found > l.limit {
			l.more = true
			return false
		}
		hit := Hit{ID: id, Level: level, Key: Key{Level: key, Value: value}}
		if known == href {
			hit.Level = same
		}
		l.hits = append(l.hits, hit)
		return true
	})
}

func (l *lookup) addresses(u URL) {
	if u.resource != "" {
		l.find(kindResource, u.resource, MatchResource, KeyResource)
		l.find(kindUnwrapped, u.resource, MatchUnwrapped, KeyResource)
	}
	l.findExact(kindIdentity, u.identity, MatchIdentity, KeyIdentity, MatchExact, l.set.hrefHash(u.serial))
	l.find(kindUnwrapped, u.identity, MatchUnwrapped, KeyIdentity)
}

// wrapped looks up what the address leads to.
func (l *lookup) wrapped(u URL) {
	for inner := u.inner; inner != nil; inner = inner.inner {
		if inner.resource != "" {
			l.find(kindResource, inner.resource, MatchUnwrapped, KeyUnwrapped)
			l.find(kindUnwrapped, inner.resource, MatchUnwrapped, KeyUnwrapped)
		}
		l.find(kindIdentity, inner.identity, MatchUnwrapped, KeyUnwrapped)
		l.find(kindUnwrapped, inner.identity, MatchUnwrapped, KeyUnwrapped)
	}
}

// folders looks up the folders above. The root of a host stands for the host.
func (l *lookup) folders(u URL) {
	for n, folder := range folders(u.identity) {
		level := MatchPathPrefix
		if n == 0 {
			level = MatchHost
		}
		l.find(kindIdentity, folder, level, KeyFolder)
	}
}

func (l *lookup) domains(u URL) {
	host := u.Host()
	l.find(kindDomain, host, MatchHost, KeyHost)
	if u.domain == "" || u.domain == host {
		return
	}
	for _, parent := range parents(host, u.domain) {
		l.find(kindDomain, parent, MatchDomain, KeyParent)
	}
	l.find(kindDomain, u.domain, MatchDomain, KeyDomain)
}

// strongest orders the hits and keeps the first of each id.
func (l *lookup) strongest() []Hit {
	slices.SortStableFunc(l.hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Level, b.Level))
	})
	hits := slices.CompactFunc(l.hits, func(a, b Hit) bool { return a.ID == b.ID })
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(a.Level, b.Level) })
	return hits
}

// explain gives each hit the trace of its key.
func explain(u URL, hits []Hit) {
	keys := u.Keys()
	for i := range hits {
		at := slices.IndexFunc(keys, func(k Key) bool {
			return k.Level == hits[i].Key.Level && k.Value == hits[i].Key.Value
		})
		if at >= 0 {
			hits[i].Key.Trace = keys[at].Trace
		}
	}
}
