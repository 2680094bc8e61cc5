// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tocsin/match/canon/browsing"
	"tocsin/match/canon/href"
	"tocsin/match/canon/refang"
)

const (
	ruleParse  = "parse:whatwg"
	ruleHost   = "host:name"
	ruleDomain = "domain:registrable"
)

// ErrReplay says that a step does not follow from its rule: it was made by other rules, or by nobody.
var ErrReplay = errors.New("canon: the step does not follow from its rule")

// Replay derives a key again from its trace and answers with an error where a step does not follow. Whoever
// contests a match can do so with the rules of the same version.
func (r *Rules) Replay(raw string, key Key) error {
	at := raw
	for i, step := range key.Trace {
		if step.Before != at {
			return fmt.Errorf("step %d: %w", i, ErrReplay)
		}
		if after, ok := r.apply(step.Rule, step.Before); !ok || after != step.After {
			return fmt.Errorf("step %d, %s: %w", i, step.Rule, ErrReplay)
		}
		at = step.After
	}
	if at != key.Value {
		return fmt.Errorf("end of trace: %w", ErrReplay)
	}
	return nil
}

// apply runs one rule by its name.
func (r *Rules) apply(rule, before string) (after string, ok bool) {
	if after, known := refang.Apply(rule, before); known {
		return after, true
	}
	family, name, _ := strings.Cut(rule, ":")
	switch {
	case rule == ruleParse:
		after, err := href.Serialise(before)
		return after, err == nil
	case rule == ruleScheme:
		return dropScheme(before), true
	case family == "identity":
		return r.applyIdentity(rule, before)
	case rule == ruleDomain:
		return r.suffixes.Registrable(before)
	case rule == ruleHost:
		return strings.TrimSuffix(href.Split(before).Host, "."), true
	case family == "resource":
		id, value, ok := r.resource(href.Split(before))
		return value, ok && id == name
	case family == "unwrap":
		id, target, ok := r.unwrap(href.Split(before))
		return target, ok && id == name
	}
	return r.applyNumbered(family, name, before)
}

func (r *Rules) applyIdentity(rule, before string) (string, bool) {
	for _, known := range identityRules {
		if known.id == rule {
			u := href.Split(before)
			known.apply(r, &u)
			return u.String(), true
		}
	}
	return "", false
}

// applyNumbered runs the rules that name one of several results: the n-th folder, the last n labels, the n-th
// expression.
func (r *Rules) applyNumbered(family, name, before string) (string, bool) {
	number, err := strconv.Atoi(name)
	if err != nil || number < 0 {
		return "", false
	}
	switch family {
	case "folder":
		for n, folder := range folders(before) {
			if n == number {
				return folder, true
			}
		}
	case "parent":
		labels := strings.Split(before, ".")
		if number < len(labels) {
			return strings.Join(labels[len(labels)-number:], "."), true
		}
	case "expression":
		canonical, err := browsing.Canonicalise(before)
		if err != nil {
			return "", false
		}
		if all := browsing.Expressions(canonical, r.suffixes); number < len(all) {
			return string(all[number]), true
		}
	}
	return "", false
}
