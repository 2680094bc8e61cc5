// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/policy"
)

func open(t *testing.T) *policy.Policy {
	t.Helper()
	p, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSecondSignatureNeverComesFromTheFirst(t *testing.T) {
	t.Parallel()
	p := open(t)
	both := policy.Principal{Kind: policy.Person, ID: "prs_1", Duties: []string{"officer", "approver"}, Passkey: true}
	for _, order := range []policy.Resource{
		{Kind: "issued_order", DraftedBy: "prs_1", SubmittedBy: "prs_2"},
		{Kind: "issued_order", DraftedBy: "prs_2", SubmittedBy: "prs_1"},
	} {
		if err := p.Decide(both, "order.approve", order); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
			t.Errorf("approve own draft: %v", err)
		}
	}
}

func TestNothingButAPasskeySigns(t *testing.T) {
	t.Parallel()
	p := open(t)
	order := policy.Resource{Kind: "issued_order", DraftedBy: "prs_2", SubmittedBy: "prs_3"}
	for _, who := range []policy.Principal{
		{Kind: policy.Person, ID: "prs_1", Duties: []string{"approver"}},
		{Kind: policy.Service, ID: "svc_1", Scopes: []string{"order.submit", "order.approve", "order.read"}},
		{Kind: policy.Operator, ID: "operator"},
	} {
		if p.Decide(who, "order.approve", order) == nil {
			t.Errorf("%s signed without a passkey", who.Kind)
		}
	}
}

func TestServiceKeyStaysWithinItsScopesAndNeverDecides(t *testing.T) {
	t.Parallel()
	p := open(t)
	who := policy.Principal{Kind: policy.Service, ID: "svc_1", Scopes: []string{"order.draft", "order.read", "order.answer"}}
	for action, want := range map[string]bool{"order.draft": true, "order.read": true, "order.withdraw": false, "order.answer": false} {
		if got := p.Decide(who, action, policy.Resource{Kind: "received_order"}) == nil; got != want {
			t.Errorf("%s: allowed %v, want %v", action, got, want)
		}
	}
}

func TestModeratorAnswersReceivedOrders(t *testing.T) {
	t.Parallel()
	who := policy.Principal{Kind: policy.Person, ID: "prs_1", Duties: []string{"moderator"}, Passkey: true}
	if err := open(t).Decide(who, "order.answer", policy.Resource{Kind: "received_order"}); err != nil {
		t.Error(err)
	}
}

func TestUnknownPrincipalAndActionAreRefused(t *testing.T) {
	t.Parallel()
	p := open(t)
	if p.Decide(policy.Principal{Kind: "Stranger"}, "order.read", policy.Resource{}) == nil {
		t.Error("a stranger may read")
	}
	if p.Decide(policy.Principal{Kind: policy.Person, Duties: []string{"administrator"}}, "everything", policy.Resource{}) == nil {
		t.Error("an unknown action is allowed")
	}
}
