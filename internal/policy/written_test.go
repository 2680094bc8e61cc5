// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"strings"
	"testing"

	"tocsin/internal/policy"
)

func TestEveryRuleHasANameOfItsOwnAndAParagraph(t *testing.T) {
	t.Parallel()
	text := string(policy.Rules())
	seen := map[string]bool{}
	for _, w := range policy.Paragraphs(text) {
		rules := strings.Count("\n"+w.Text, "\npermit (") + strings.Count("\n"+w.Text, "\nforbid (")
		if (w.Rule != "") != (rules == 1) || rules > 1 {
			t.Errorf("a paragraph with %d rules is named %q:\n%s", rules, w.Rule, w.Text)
		}
		if w.Rule != "" && seen[w.Rule] {
			t.Errorf("two rules are named %s", w.Rule)
		}
		seen[w.Rule] = true
	}
	if n := strings.Count(text, "@id("); len(seen) != n+1 {
		t.Errorf("%d names shown, %d written", len(seen)-1, n)
	}
}

func TestEveryRuleThatForbidsExplainsItself(t *testing.T) {
	t.Parallel()
	for _, w := range policy.Paragraphs(string(policy.Rules())) {
		if strings.Contains("\n"+w.Text, "\nforbid (") && !policy.Explains(w.Rule) {
			t.Errorf("%s forbids and says not why", w.Rule)
		}
	}
}
