// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"slices"
	"strings"

	"tocsin/match/canon/href"
)

// parameterNames are names of parameters that say how a reader came, not what is shown.
type parameterNames struct {
	exact    map[string]bool
	prefixes []string
}

func newParameterNames(names []string) *parameterNames {
	p := &parameterNames{exact: map[string]bool{}}
	for _, name := range names {
		name = strings.ToLower(name)
		if prefix, found := strings.CutSuffix(name, "*"); found && prefix != "" {
			p.prefixes = append(p.prefixes, prefix)
		} else {
			p.exact[name] = true
		}
	}
	return p
}

// has looks up a folded name.
func (p *parameterNames) has(name string) bool {
	if p.exact[name] {
		return true
	}
	for _, prefix := range p.prefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// keep returns the fields of a query that a test keeps; the query itself when it keeps all.
func keep(query string, keeps func(field string) bool) string {
	all := true
	for field := range strings.SplitSeq(query, "&") {
		all = all && keeps(field)
	}
	if all {
		return query
	}
	var kept []string
	for field := range strings.SplitSeq(query, "&") {
		if keeps(field) {
			kept = append(kept, field)
		}
	}
	return strings.Join(kept, "&")
}

func dropTracking(r *Rules, u *href.URL) {
	if u.Query == "" {
		return
	}
	providers := r.providersOf(*u)
	u.Query = keep(u.Query, func(field string) bool {
		name, _, _ := strings.Cut(field, "=")
		name = strings.ToLower(name)
		for names := range r.tracking.of(u.Host) {
			if names.has(name) {
				return false
			}
		}
		return !slices.ContainsFunc(providers, func(p provider) bool { return p.drops(name) })
	})
}

func dropEmptyParameters(_ *Rules, u *href.URL) {
	if u.HasQuery {
		u.Query = keep(u.Query, func(field string) bool { return field != "" })
		u.HasQuery = u.Query != ""
	}
}

// orderQuery sorts the parameters by name. Those of one name keep their order: it may mean something.
func orderQuery(_ *Rules, u *href.URL) {
	if !strings.Contains(u.Query, "&") {
		return
	}
	name := func(field string) string { name, _, _ := strings.Cut(field, "="); return name }
	previous, inOrder := "", true
	for field := range strings.SplitSeq(u.Query, "&") {
		if name(field) < previous {
			inOrder = false
			break
		}
		previous = name(field)
	}
	if inOrder {
		return
	}
	fields := strings.Split(u.Query, "&")
	slices.SortStableFunc(fields, func(a, b string) int { return strings.Compare(name(a), name(b)) })
	u.Query = strings.Join(fields, "&")
}
