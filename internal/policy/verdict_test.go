// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/policy"
)

// TestVerdictIsThatOfTheRulesHoweverOftenTheyAreAsked asks questions that differ in one thing, and each twice.
func TestVerdictIsThatOfTheRulesHoweverOftenTheyAreAsked(t *testing.T) {
	t.Parallel()
	p := open(t)
	var who []policy.Principal
	for _, kind := range []string{policy.Person, policy.Service, policy.Operator} {
		for _, id := range []string{"one", "two"} {
			for _, words := range [][]string{nil, {"officer"}, {"approver", "officer"}, {"administrator"}, {"complaint_handler"}, {"order.approve", "bank.read"}} {
				who = append(who, policy.Principal{Kind: kind, ID: id, Duties: words, Passkey: true},
					policy.Principal{Kind: kind, ID: id, Duties: words, Passkey: true, Strength: 6},
					policy.Principal{Kind: kind, ID: id, Duties: words}, policy.Principal{Kind: kind, ID: id, Scopes: words})
			}
		}
	}
	on := []policy.Resource{{}, {Kind: "bank"}, {Kind: "person", ID: "one"}, {Kind: "issued_order", DraftedBy: "one"},
		{Kind: "person", ID: "two", Strength: 6}, {Kind: "person", ID: "two", Strength: 6, ProposedBy: "one"},
		{Kind: "complaint"}, {Kind: "complaint", Deciders: []string{"one"}}, {Kind: "complaint", Deciders: []string{"two", "one"}},
		{Kind: "issued_order", SubmittedBy: "one"}, {Kind: "issued_order", DraftedBy: "two", SubmittedBy: "two"}}
	for range 2 {
		for _, w := range who {
			for _, action := range []string{"bank.read", "order.approve", "order.submit", "person.read", "person.confirm",
				"complaint.handle", "nothing"} {
				for _, r := range on {
					got, want := p.Decide(w, action, r), p.Evaluate(w, action, r)
					if diff := cmp.Diff(told(want), told(got)); diff != "" {
						t.Fatalf("%+v %s %+v (-rules +answer):\n%s", w, action, r, diff)
					}
				}
			}
		}
	}
}

func told(err error) [2]string {
	if err == nil {
		return [2]string{"permitted"}
	}
	return [2]string{string(tocsin.ReasonOf(err)), err.Error()}
}

func TestScopeThatWasTakenAwayCountsAtOnce(t *testing.T) {
	t.Parallel()
	p := open(t)
	key := policy.Principal{Kind: policy.Service, ID: "svc_1", Scopes: []string{"bank.read", "content.screen"}}
	bank := policy.Resource{Kind: "bank", ID: "bnk_1"}
	if err := p.Decide(key, "bank.read", bank); err != nil {
		t.Fatal(err)
	}
	key.Scopes = key.Scopes[1:]
	if p.Decide(key, "bank.read", bank) == nil {
		t.Error("a key may still do what its scopes no longer name")
	}
}

func TestMemoryOfVerdictsIsBounded(t *testing.T) {
	t.Parallel()
	p := open(t)
	key := policy.Principal{Kind: policy.Service, ID: "svc_1", Scopes: []string{"bank.read"}}
	for i := range 2*policy.MostVerdicts + 10 {
		if err := p.Decide(key, "bank.read", policy.Resource{Kind: "bank", ID: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
		if n := p.Remembered(); n > policy.MostVerdicts {
			t.Fatalf("%d verdicts are remembered", n)
		}
	}
}
