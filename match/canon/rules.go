// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"bytes"
	_ "embed" // for rules.json
	"encoding/json"
	"iter"
	"strings"
	"sync"

	"tocsin/match/canon/suffix"
	"tocsin/match/syntax"
)

//go:embed rules.json
var builtin []byte

// MaxRules is the longest file of rules that is read, in bytes.
const MaxRules = 4 << 20

// Rules are what the chain knows about particular hosts. They do not change once made, and two nodes that
// derive different keys can compare their versions.
type Rules struct {
	Version   string
	suffixes  *suffix.List
	tracking  byHost[*parameterNames]
	imported  []provider
	aliases   map[string]string
	routes    map[string]bool
	resources byHost[*resource]
	wrappers  byHost[*wrapper]
}

// Default returns the rules that come with the package.
var Default = sync.OnceValue(func() *Rules {
	r, err := ParseRules(builtin)
	if err != nil {
		panic("canon: the built-in rules do not parse: " + err.Error())
	}
	return r
})

// rulesFile is the JSON form; rules.json is the example to follow.
type rulesFile struct {
	Version  string `json:"version"`
	Tracking []struct {
		Hosts []string `json:"hosts"`
		Names []string `json:"names"` // folded case; a final "*" stands for any ending
	} `json:"tracking"`
	Aliases   map[string]string `json:"aliases"` // a host → the host that stands for both
	Routes    []string          `json:"routes"`  // hosts whose fragment is part of the address
	Resources []resourceRule    `json:"resources"`
	Wrappers  []wrapperRule     `json:"wrappers"`
}

// ParseRules reads rules in the form of rules.json, one or several files; later files add to earlier ones,
// and the last version given stands. Hosts are exact, "*.example.org" for all below one, or "*". Unknown
// fields are refused. The error is a *syntax.Error.
func ParseRules(files ...[]byte) (*Rules, error) {
	r := &Rules{suffixes: suffix.Builtin(), aliases: map[string]string{}, routes: map[string]bool{}}
	for _, file := range files {
		if len(file) > MaxRules {
			return nil, syntax.Errorf("rules", syntax.Length, "a file of rules has at most %d bytes", MaxRules)
		}
		var f rulesFile
		decoder := json.NewDecoder(bytes.NewReader(file))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&f); err != nil {
			return nil, syntax.Errorf("rules", syntax.Structure, "the file is not in the form of rules.json: %v", err)
		}
		if err := r.add(f); err != nil {
			return nil, err
		}
	}
	for alias, host := range r.aliases {
		if _, again := r.aliases[host]; again {
			return nil, syntax.Errorf("rules", syntax.Structure, "alias %s leads to another alias", alias)
		}
	}
	return r, nil
}

// BuiltinRules returns the file behind Default, to be given to ParseRules before one's own.
func BuiltinRules() []byte { return bytes.Clone(builtin) }

// WithSuffixes returns the same rules with a newer suffix list.
func (r *Rules) WithSuffixes(list *suffix.List) *Rules {
	changed := *r
	changed.suffixes = list
	return &changed
}

func (r *Rules) add(f rulesFile) error {
	if f.Version != "" {
		r.Version = f.Version
	}
	for _, t := range f.Tracking {
		r.tracking.add(t.Hosts, newParameterNames(t.Names))
	}
	for alias, host := range f.Aliases {
		r.aliases[alias] = host
	}
	for _, host := range f.Routes {
		r.routes[host] = true
	}
	for _, rule := range f.Resources {
		compiled, err := rule.compile()
		if err != nil {
			return err
		}
		r.resources.add(rule.Hosts, compiled)
	}
	for _, rule := range f.Wrappers {
		compiled, err := rule.compile()
		if err != nil {
			return err
		}
		r.wrappers.add(rule.Hosts, compiled)
	}
	return nil
}

// byHost finds the rules of a host.
type byHost[T any] struct {
	exact, below map[string][]T
	all          []T
}

func (b *byHost[T]) add(hosts []string, value T) {
	if b.exact == nil {
		b.exact, b.below = map[string][]T{}, map[string][]T{}
	}
	for _, host := range hosts {
		if parent, found := strings.CutPrefix(host, "*."); found {
			b.below[parent] = append(b.below[parent], value)
		} else if host == "*" {
			b.all = append(b.all, value)
		} else {
			b.exact[host] = append(b.exact[host], value)
		}
	}
}

// maxParents bounds how many names above a host are looked up.
const maxParents = 8

// of yields the rules of a host, the most particular first.
func (b *byHost[T]) of(host string) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, value := range b.exact[host] {
			if !yield(value) {
				return
			}
		}
		parent := host
		for range maxParents {
			var found bool
			if _, parent, found = strings.Cut(parent, "."); !found {
				break
			}
			for _, value := range b.below[parent] {
				if !yield(value) {
					return
				}
			}
		}
		for _, value := range b.all {
			if !yield(value) {
				return
			}
		}
	}
}
