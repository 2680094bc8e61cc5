// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"slices"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// TestAccessIsRegainedFromTheMachineAloneAndWhoeverOverseesIsTold.
func TestAccessIsRegainedFromTheMachineAloneAndWhoeverOverseesIsTold(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})
	f, ctx := w.Host.Flow(), t.Context()
	people := []flow.Actor{w.Moderator.Actor, {ID: "svc_one", Scopes: []string{"person.invite"}}}
	for _, d := range tocsin.Duties() {
		people = append(people, flow.Actor{ID: "prs_aaaaaaaaaaaaaaaaaaaaaaaaaa", Duties: []tocsin.Duty{d}, Passkey: true})
	}
	for _, who := range people {
		if _, err := f.RegainAccess(ctx, who, "Somebody"); tocsin.CodeOf(err) != tocsin.CodeForbidden {
			t.Errorf("%v regains access: %v", who, err)
		}
	}
	invited, err := f.RegainAccess(ctx, testkit.Operator, "Duty administrator")
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Invited(ctx, invited.Token)
	if err != nil || !slices.Equal(p.Duties, []tocsin.Duty{tocsin.DutyAdministrator}) {
		t.Errorf("invited with %v, %v", p.Duties, err)
	}
	for _, d := range tocsin.Duties() {
		who := flow.Actor{ID: "prs_aaaaaaaaaaaaaaaaaaaaaaaaaa", Duties: []tocsin.Duty{d}, Passkey: true}
		list, _, err := f.Alerts(ctx, who, flow.AlertFilter{})
		told := slices.ContainsFunc(list, func(a flow.AlertView) bool {
			return a.Topic == tocsin.TopicAccess && a.About == invited.Person
		})
		want := slices.Contains([]tocsin.Duty{tocsin.DutyAdministrator, tocsin.DutySupervisor, tocsin.DutyReviewer}, d)
		if told != want || err != nil && tocsin.CodeOf(err) != tocsin.CodeForbidden {
			t.Errorf("%s is told %v, %v", d, told, err)
		}
	}
	acknowledge := func(id tocsin.RecordID) error {
		who := flow.Actor{ID: tocsin.ActorID(id), Duties: []tocsin.Duty{tocsin.DutyAdministrator}, Passkey: true}
		list, _, err := f.Alerts(ctx, who, flow.AlertFilter{})
		if err != nil || len(list) != 1 || list[0].Acknowledge == (id == invited.Person) {
			t.Fatalf("%+v, %v", list, err)
		}
		return f.AcknowledgeAlert(ctx, who, list[0].ID)
	}
	if err := acknowledge(invited.Person); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("she herself puts it out of sight: %v", err)
	}
	if err := acknowledge("prs_aaaaaaaaaaaaaaaaaaaaaaaaaa"); err != nil {
		t.Errorf("another sees it: %v", err)
	}
	page, err := f.Audit(ctx, flow.Actor{ID: "prs_aaaaaaaaaaaaaaaaaaaaaaaaaa", Duties: []tocsin.Duty{tocsin.DutyReviewer}, Passkey: true},
		flow.AuditFilter{Kind: tocsin.KindPerson})
	if err != nil || len(page.Events) == 0 || page.Events[0].Record != invited.Person || page.Events[0].Actor != testkit.Operator.ID {
		t.Errorf("the journal says %+v, %v", page.Events, err)
	}
	w.MustBeIntact(w.Host)
}
