// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/policy"
)

func TestKeyIsToldWhyItMayNot(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	var rules api.PolicyView
	l.want(http.StatusOK, l.send("GET", "/policy", nil)).read(t, &rules)
	if rules.Digest != policy.Digest() || len(rules.Adopted) != 1 || rules.Text != string(policy.Rules()) {
		t.Errorf("digest %s, adopted %v", rules.Digest, rules.Adopted)
	}
	d := l.draft("FR-1")
	var x api.ExplanationView
	l.want(http.StatusOK, l.send("GET", "/policy/explanation?action=order.approve&record="+string(d.ID), nil)).read(t, &x)
	if x.Permitted || x.Rule == "" || len(x.Duties) != 1 || x.Duties[0] != tocsin.DutyApprover {
		t.Errorf("%+v", x)
	}
	l.want(http.StatusOK, l.send("GET", "/policy/explanation?action=order.draft", nil)).read(t, &x)
	if !x.Permitted {
		t.Errorf("%+v", x)
	}
	l.want(http.StatusUnprocessableEntity, l.send("GET", "/policy/explanation?action=everything", nil))
	unknown := tocsin.NewRecordID(tocsin.KindIssuedOrder)
	l.want(http.StatusNotFound, l.send("GET", "/policy/explanation?action=order.read&record="+string(unknown), nil))
	body := api.InviteBody{Name: "Nobody", Duties: []tocsin.Duty{tocsin.DutyOfficer}}
	if p := l.want(http.StatusForbidden, l.send("POST", "/people", body)).problem(t); p.Rule != "nobody-acts-on-someone-stronger" {
		t.Errorf("problem %+v", p)
	}
}
