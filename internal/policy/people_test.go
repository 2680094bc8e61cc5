// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/policy"
)

// TestPasskeyIsDemandedOfEachDutyThatNeedsOne holds the written rule and the domain's together, duty by duty.
func TestPasskeyIsDemandedOfEachDutyThatNeedsOne(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, d := range tocsin.Duties() {
		on := policy.Resource{Kind: "person", ID: self}
		for _, passkey := range []bool{true, false} {
			err := p.Decide(policy.PersonOf(self, []tocsin.Duty{d}, passkey), string(flow.ActionPersonRead), on)
			if want := passkey || !d.NeedsPasskey(); (err == nil) != want {
				t.Errorf("%s, passkey %v: %v", d, passkey, err)
			}
		}
		// Beside a weaker duty it is demanded all the same.
		both := policy.PersonOf(self, []tocsin.Duty{tocsin.DutyModerator, d}, false)
		if err := p.Decide(both, string(flow.ActionCaseClaim), policy.Resource{Kind: "case", ID: "cas_1"}); (err == nil) == d.NeedsPasskey() {
			t.Errorf("moderator and %s without a passkey: %v", d, err)
		}
	}
}

// TestEveryActionOnAPersonIsRefusedAgainstSomeoneStronger finds a new action on people that the rule forgot.
func TestEveryActionOnAPersonIsRefusedAgainstSomeoneStronger(t *testing.T) {
	t.Parallel()
	p := open(t)
	names, who := columns()
	asked := 0
	for _, action := range flow.Actions() {
		if action == flow.ActionPersonRead || !strings.HasPrefix(string(action), "person.") && action != flow.ActionRecordErase {
			continue
		}
		for i, principal := range who {
			for _, d := range tocsin.Duties() {
				if tocsin.Strength(d) <= principal.Strength {
					continue
				}
				asked++
				on := policy.Resource{Kind: "person", ID: "prs_1", Strength: tocsin.Strength(d)}
				if p.Decide(principal, string(action), on) == nil {
					t.Errorf("%s may %s a person who is %s", names[i], action, d)
				}
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d cells", asked)
	}
}
