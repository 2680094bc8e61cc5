// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package suffix

import (
	"bytes"
	"strings"

	"golang.org/x/net/idna"

	"tocsin/match/syntax"
)

// Bounds of a list's file. The published one has about 10,000 rules in 300 KiB.
const (
	MaxFile  = 8 << 20
	maxRules = 200_000
)

// Parse reads a list in the format of publicsuffix.org: a rule a line, up to the first space; "//" begins a
// comment. The error is a *syntax.Error.
func Parse(file []byte) (*List, error) {
	if len(file) > MaxFile {
		return nil, syntax.Errorf("suffix", syntax.Length, "a suffix list has at most %d bytes", MaxFile)
	}
	l := &List{rules: map[string]rule{}}
	number := 0
	for line := range bytes.Lines(file) {
		number++
		fields := strings.Fields(string(line))
		if len(fields) == 0 || strings.HasPrefix(fields[0], "//") {
			continue
		}
		if err := l.add(fields[0]); err != nil {
			return nil, syntax.Errorf("suffix", syntax.Structure, "line %d is no rule", number)
		}
		if len(l.rules) > maxRules {
			return nil, syntax.Errorf("suffix", syntax.Range, "a suffix list has at most %d rules", maxRules)
		}
	}
	if len(l.rules) == 0 {
		return nil, syntax.Errorf("suffix", syntax.Empty, "the suffix list has no rules")
	}
	return l, nil
}

func (l *List) add(text string) error {
	kind := exact
	if name, found := strings.CutPrefix(text, "!"); found {
		kind, text = exception, name
	} else if name, found := strings.CutPrefix(text, "*."); found {
		kind, text = wildcard, name
	}
	name, err := idna.Punycode.ToASCII(strings.ToLower(text))
	if err != nil || name == "" || len(name) > 253 || strings.ContainsAny(name, "*!/") ||
		strings.Contains("."+name+".", "..") {
		return syntax.Errorf("suffix", syntax.Structure, "not a name")
	}
	l.rules[name] |= kind
	return nil
}
