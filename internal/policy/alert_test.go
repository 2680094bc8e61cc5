// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/policy"
)

func TestEveryPersonIsCalledAndNoMachineAcknowledges(t *testing.T) {
	t.Parallel()
	p := open(t)
	on := policy.Resource{Kind: "alert", ID: "alr_1"}
	for _, duty := range []string{"officer", "approver", "moderator", "reviewer", "administrator"} {
		who := policy.PersonOf("prs_1", []tocsin.Duty{tocsin.Duty(duty)}, true)
		for action, want := range map[string]bool{"alert.read": true, "alert.acknowledge": true,
			"rota.change": duty == "administrator"} {
			if got := p.Decide(who, action, on) == nil; got != want {
				t.Errorf("%s %s: allowed %v, want %v", duty, action, got, want)
			}
		}
	}
	for _, who := range []policy.Principal{
		policy.ServiceOf("svc_1", []string{"alert.read", "alert.acknowledge", "rota.change"}),
		policy.OperatorOf("operator"),
	} {
		if p.Decide(who, "alert.read", on) != nil || p.Decide(who, "rota.change", on) != nil {
			t.Errorf("%s may not read alerts or change the rota", who.Kind)
		}
		if p.Decide(who, "alert.acknowledge", on) == nil {
			t.Errorf("%s acknowledged", who.Kind)
		}
	}
}
