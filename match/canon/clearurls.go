// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/syntax"
)

// provider is one provider of an imported list.
type provider struct {
	addresses  *regexp.Regexp
	names      *regexp.Regexp
	exceptions []*regexp.Regexp
}

func (p provider) drops(name string) bool { return p.names.MatchString(name) }

// Skipped is a rule of an imported list that was left out, and why.
type Skipped struct {
	Provider string
	Rule     string
	Reason   string
}

// MaxProviders bounds an imported list.
const MaxProviders = 2000

// WithClearURLs returns the same rules with the tracking parameters of a list in the ClearURLs form
// (data.min.json) added. The list itself is under the LGPL and is not part of this program: an operator
// fetches it. Its redirections and rules on whole addresses are not used. A rule that Go's regular
// expressions do not take is skipped and reported; only a file of another form is an error, a *syntax.Error.
func (r *Rules) WithClearURLs(file []byte) (*Rules, []Skipped, error) {
	if len(file) > MaxRules {
		return nil, nil, syntax.Errorf("clearurls", syntax.Length, "a list has at most %d bytes", MaxRules)
	}
	var list struct {
		Providers map[string]clearProvider `json:"providers"`
	}
	if err := json.Unmarshal(file, &list); err != nil || len(list.Providers) == 0 {
		return nil, nil, syntax.Errorf("clearurls", syntax.Structure, "the file is not in the ClearURLs form")
	}
	if len(list.Providers) > MaxProviders {
		return nil, nil, syntax.Errorf("clearurls", syntax.Range, "a list has at most %d providers", MaxProviders)
	}
	changed := *r
	changed.imported = slices.Clone(r.imported)
	var skipped []Skipped
	for _, name := range slices.Sorted(maps.Keys(list.Providers)) {
		imported, left, ok := list.Providers[name].compile(name)
		skipped = append(skipped, left...)
		if ok {
			changed.imported = append(changed.imported, imported)
		}
	}
	return &changed, skipped, nil
}

// clearProvider is a provider as the file has it. A referral is tracking here: it names who recommended, not
// what is shown.
type clearProvider struct {
	Pattern    string   `json:"urlPattern"`
	Rules      []string `json:"rules"`
	Referrals  []string `json:"referralMarketing"`
	Exceptions []string `json:"exceptions"`
}

func (c clearProvider) compile(name string) (provider, []Skipped, bool) {
	var skipped []Skipped
	compile := func(rule, before, after string) *regexp.Regexp {
		compiled, err := regexp.Compile(before + rule + after)
		if err != nil {
			skipped = append(skipped, Skipped{Provider: name, Rule: rule, Reason: "not a regular expression of Go"})
		}
		return compiled
	}
	p := provider{addresses: compile(c.Pattern, "(?i)", "")}
	var names []string
	for _, rule := range append(slices.Clone(c.Rules), c.Referrals...) {
		if rule != "" && compile(rule, "(?i)^(?:", ")$") != nil {
			names = append(names, rule)
		}
	}
	for _, exception := range c.Exceptions {
		compiled := compile(exception, "(?i)", "")
		if compiled == nil { // without its exception the provider would drop too much
			return provider{}, skipped, false
		}
		p.exceptions = append(p.exceptions, compiled)
	}
	if p.addresses == nil || len(names) == 0 {
		return provider{}, skipped, false
	}
	p.names = compile(strings.Join(names, "|"), "(?i)^(?:", ")$")
	return p, skipped, p.names != nil
}

// providersOf returns the imported providers that an address belongs to.
func (r *Rules) providersOf(u href.URL) []provider {
	if len(r.imported) == 0 {
		return nil
	}
	text := u.String()
	var found []provider
	for _, p := range r.imported {
		excepted := func(e *regexp.Regexp) bool { return e.MatchString(text) }
		if p.addresses.MatchString(text) && !slices.ContainsFunc(p.exceptions, excepted) {
			found = append(found, p)
		}
	}
	return found
}
