// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/syntax"
)

// resourceRule says how a service numbers what it publishes.
type resourceRule struct {
	ID       string   `json:"id"` // names the numbering; several rules may share one
	Hosts    []string `json:"hosts"`
	Shapes   []string `json:"shapes"`
	Alphabet string   `json:"alphabet"`
	Min      int      `json:"min"` // length of a number
	Max      int      `json:"max"`
	Fold     bool     `json:"fold"` // upper and lower case are the same number; never assumed
}

type resource struct {
	id       string
	shapes   []shape
	alphabet string
	min, max int
	fold     bool
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

var alphabets = map[string]string{
	"digits":    digits,
	"hex":       digits + "abcdefABCDEF",
	"alnum":     digits + letters,
	"base64url": digits + letters + "-_",
	"name":      digits + letters + "-_.",
}

func (r resourceRule) compile() (*resource, error) {
	alphabet, known := alphabets[r.Alphabet]
	if r.ID == "" || len(r.Hosts) == 0 || !known || r.Min < 1 || r.Max < r.Min {
		return nil, syntax.Errorf("rules", syntax.Structure, "resource %s lacks hosts, alphabet or lengths", r.ID)
	}
	compiled := &resource{id: r.ID, alphabet: alphabet, min: r.Min, max: r.Max, fold: r.Fold}
	for _, text := range r.Shapes {
		s, err := parseShape(text)
		if err != nil {
			return nil, err
		}
		compiled.shapes = append(compiled.shapes, s)
	}
	return compiled, nil
}

// number returns the service's number in an address, in its canonical case.
func (r *resource) number(u href.URL) (string, bool) {
	for _, s := range r.shapes {
		number, ok := s.match(u)
		if !ok || len(number) < r.min || len(number) > r.max || strings.Trim(number, r.alphabet) != "" {
			continue
		}
		if r.fold {
			number = strings.ToLower(number)
		}
		return number, true
	}
	return "", false
}

// resource returns the numbering and the number of an address: "youtube:…".
func (r *Rules) resource(u href.URL) (rule, value string, ok bool) {
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", "", false
	}
	for rule := range r.resources.of(r.standing(u.Host)) {
		if number, ok := rule.number(u); ok {
			return rule.id, rule.id + ":" + number, true
		}
	}
	return "", "", false
}
