// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"regexp"
	"strings"
)

// Written is one paragraph of the rules: a rule with the remark above it, or a heading.
type Written struct {
	Rule string // its name; empty for a heading
	Text string
}

var ruleName = regexp.MustCompile(`(?m)^@id\("([a-z0-9-]+)"\)$`)

// Paragraphs cuts rules as they are written into what a reader takes in one by one.
func Paragraphs(rules string) []Written {
	var all []Written
	for paragraph := range strings.SplitSeq(strings.TrimSpace(rules), "\n\n") {
		w := Written{Text: strings.TrimSpace(paragraph)}
		if name := ruleName.FindStringSubmatch(paragraph); name != nil {
			w.Rule = name[1]
		}
		if w.Text != "" {
			all = append(all, w)
		}
	}
	return all
}
