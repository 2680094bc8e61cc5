// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// office is a host's node with two administrators and whoever else is hired.
type office struct {
	*testing.T
	f           *flow.Flow
	at          *testkit.Node
	clock       *testkit.Clock
	first, next *testkit.Person
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return officeOn(t, testkit.SQLite, nil)
}

func officeOn(t *testing.T, on testkit.Engine, change func(*config.Config)) *office {
	t.Helper()
	w := testkit.New(t, testkit.Options{On: on, Configure: change,
		Down: []tocsin.PartyID{testkit.Supervisor, testkit.Host}})
	o := &office{T: t, f: w.Authority.Flow(), at: w.Authority, clock: w.Clock}
	o.first, o.next = o.hire(tocsin.DutyAdministrator), o.hire(tocsin.DutyAdministrator)
	return o
}

// hire lets the operator of a demonstration enrol somebody.
func (o *office) hire(duties ...tocsin.Duty) *testkit.Person {
	o.Helper()
	p, err := o.at.Hire(o.Context(), duties...)
	if err != nil {
		o.Fatal(err)
	}
	return p
}

// who reads a person's record as it stands.
func (o *office) who(id tocsin.RecordID) flow.Individual {
	o.Helper()
	all, err := o.f.People(o.Context(), o.first.Actor)
	if err != nil {
		o.Fatal(err)
	}
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	o.Fatalf("nobody is %s", id)
	return flow.Individual{}
}

// confirm lets a person confirm duties with her passkey.
func (o *office) confirm(by *testkit.Person, id tocsin.RecordID) error {
	o.Helper()
	c, err := o.f.BeginConfirmingDuties(o.Context(), by.Actor, id)
	if err != nil {
		return err
	}
	a, err := by.Assert(c.Challenge)
	if err != nil {
		o.Fatal(err)
	}
	return o.f.ConfirmDuties(o.Context(), by.Actor, c, a)
}

func id(p *testkit.Person) tocsin.RecordID { return tocsin.RecordID(p.ID) }

func TestOneAdministratorCannotEnrolBothEyes(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, duty := range []tocsin.Duty{tocsin.DutyOfficer, tocsin.DutyApprover, tocsin.DutyReviewer,
		tocsin.DutyAdministrator} {
		inv, err := o.f.InvitePerson(t.Context(), o.first.Actor, "Somebody", []tocsin.Duty{duty})
		if err != nil {
			t.Fatal(err)
		}
		if p := o.who(inv.Person); len(p.Duties) != 0 || len(p.Proposed) != 1 {
			t.Errorf("%s: has %v, proposed %v", duty, p.Duties, p.Proposed)
		}
		if err := o.confirm(o.first, inv.Person); tocsin.ReasonOf(err) != "second_person" {
			t.Errorf("who proposed %s confirmed it: %v", duty, err)
		}
		if err := o.confirm(o.next, inv.Person); err != nil {
			t.Errorf("another administrator confirmed %s: %v", duty, err)
		}
		if p := o.who(inv.Person); len(p.Duties) != 1 || p.Proposed != nil {
			t.Errorf("%s: has %v, proposed %v", duty, p.Duties, p.Proposed)
		}
	}
}

func TestOfficerIsCertifiedOnceASecondPersonConfirmed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.hire(tocsin.DutyAnalyst)
	duties := []tocsin.Duty{tocsin.DutyAnalyst, tocsin.DutyOfficer}
	if err := o.f.ChangeDuties(t.Context(), o.first.Actor, id(p), duties, "She passed the course."); err != nil {
		t.Fatal(err)
	}
	if o.who(id(p)).File.Certificate != "" {
		t.Error("a certificate was issued before anybody confirmed")
	}
	if err := o.confirm(o.next, id(p)); err != nil {
		t.Fatal(err)
	}
	if o.who(id(p)).File.Certificate == "" {
		t.Error("an officer without a certificate")
	}
	err := o.f.ChangeDuties(t.Context(), o.first.Actor, id(p), []tocsin.Duty{tocsin.DutyAnalyst}, "She returns.")
	if err != nil || o.who(id(p)).File.Certificate != "" {
		t.Errorf("a certificate remains: %v", err)
	}
}

func TestConfirmationHoldsForWhatWasSignedOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	inv, err := o.f.InvitePerson(t.Context(), o.first.Actor, "Somebody", []tocsin.Duty{tocsin.DutyOfficer})
	if err != nil {
		t.Fatal(err)
	}
	c, err := o.f.BeginConfirmingDuties(t.Context(), o.next.Actor, inv.Person)
	if err != nil {
		t.Fatal(err)
	}
	a, err := o.next.Assert(c.Challenge)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := o.next.Assert([]byte("something else entirely, of 32 b"))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.f.ConfirmDuties(t.Context(), o.next.Actor, c, wrong); tocsin.ReasonOf(err) != tocsin.RefusedApprovalOtherDocument {
		t.Errorf("another challenge: %v", err)
	}
	if err := o.f.ChangeDuties(t.Context(), o.first.Actor, inv.Person,
		[]tocsin.Duty{tocsin.DutyOfficer, tocsin.DutyApprover}, "Both, after all."); err != nil {
		t.Fatal(err)
	}
	if err := o.f.ConfirmDuties(t.Context(), o.next.Actor, c, a); tocsin.ReasonOf(err) != tocsin.ReasonStale {
		t.Errorf("a proposal that changed meanwhile: %v", err)
	}
	other := o.hire(tocsin.DutyAdministrator)
	stolen, err := o.f.BeginConfirmingDuties(t.Context(), o.next.Actor, inv.Person)
	if err != nil {
		t.Fatal(err)
	}
	if a, err = other.Assert(stolen.Challenge); err != nil {
		t.Fatal(err)
	}
	if err := o.f.ConfirmDuties(t.Context(), o.next.Actor, stolen, a); tocsin.ReasonOf(err) != tocsin.RefusedApprovalCertificate {
		t.Errorf("another person's passkey: %v", err)
	}
}

func TestNobodyActsOnSomeoneStronger(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	lead, officer, moderator := o.hire(tocsin.DutySupervisor), o.hire(tocsin.DutyOfficer), o.hire(tocsin.DutyModerator)
	if err := o.f.SuspendPerson(t.Context(), lead.Actor, id(officer), "Out of turn."); tocsin.ReasonOf(err) != "stronger" {
		t.Errorf("a supervisor suspended an officer: %v", err)
	}
	if err := o.f.ChangeDuties(t.Context(), lead.Actor, id(moderator), []tocsin.Duty{tocsin.DutyOfficer},
		"Out of turn."); tocsin.ReasonOf(err) != "stronger" {
		t.Errorf("a supervisor proposed an officer: %v", err)
	}
	if p := o.who(id(moderator)); p.Proposed != nil {
		t.Errorf("what was refused is proposed: %v", p.Proposed)
	}
	if err := o.f.ChangeDuties(t.Context(), lead.Actor, id(moderator), []tocsin.Duty{tocsin.DutySeniorModerator},
		"Three good years."); err != nil {
		t.Errorf("a supervisor keeps her team: %v", err)
	}
	machine := flow.Actor{ID: "svc_aaaaaaaaaaaaaaaaaaaaaaaaaa", Scopes: []string{"person.invite", "person.suspend", "person.read"}}
	for _, strong := range []tocsin.RecordID{id(moderator), id(officer), id(o.first)} {
		if err := o.f.SuspendPerson(t.Context(), machine, strong, "Out of turn."); tocsin.ReasonOf(err) != "stronger" {
			t.Errorf("a machine suspended someone stronger: %v", err)
		}
	}
	if err := o.f.SuspendPerson(t.Context(), moderator.Actor, id(officer), "Out of turn."); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("somebody who may not read people learns of one: %v", err)
	}
}

func TestSuspendedPersonComesBackWithoutHerGraveDuties(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.hire(tocsin.DutyModerator, tocsin.DutyApprover)
	if err := o.f.SuspendPerson(t.Context(), o.first.Actor, id(p), "Away for a season."); err != nil {
		t.Fatal(err)
	}
	if _, err := o.f.ByID(t.Context(), id(p)); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("a session outlives a suspension: %v", err)
	}
	if err := o.f.ReinstatePerson(t.Context(), o.first.Actor, id(p), "She is back."); err != nil {
		t.Fatal(err)
	}
	back, err := o.f.ByID(t.Context(), id(p))
	if err != nil || back.Has(tocsin.DutyApprover) || !back.Has(tocsin.DutyModerator) || back.File.Certificate != "" {
		t.Errorf("%v: has %v, certificate %q", err, back.Duties, back.File.Certificate)
	}
	if err := o.confirm(o.next, id(p)); err != nil || o.who(id(p)).File.Certificate == "" {
		t.Errorf("confirmed: %v", err)
	}
}

func TestFirstAdministratorNamesTheSecondAndNoThird(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Host}})
	o := &office{T: t, f: w.Authority.Flow(), at: w.Authority, clock: w.Clock}
	o.first = o.hire(tocsin.DutyAdministrator)
	for i, alone := range []bool{true, false, false} {
		inv, err := o.f.InvitePerson(t.Context(), o.first.Actor, "Somebody", []tocsin.Duty{tocsin.DutyAdministrator})
		if err != nil {
			t.Fatal(err)
		}
		if p := o.who(inv.Person); (p.Proposed == nil) != alone {
			t.Errorf("invitation %d: proposed %v", i+1, p.Proposed)
		}
	}
	inv, err := o.f.InvitePerson(t.Context(), o.first.Actor, "Somebody", []tocsin.Duty{tocsin.DutyOfficer})
	if err != nil || o.who(inv.Person).Proposed == nil {
		t.Errorf("one administrator makes an officer: %v", err)
	}
}
