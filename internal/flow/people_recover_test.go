// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/softkey"
	"tocsin/internal/testkit"
)

// agree lets the second person agree with her passkey.
func (o *office) agree(by *testkit.Person, id tocsin.RecordID) error {
	o.Helper()
	c, err := o.f.BeginAgreeing(o.Context(), by.Actor, id)
	if err != nil {
		return err
	}
	a, err := by.Assert(c.Challenge)
	if err != nil {
		o.Fatal(err)
	}
	return o.f.AgreeRecovery(o.Context(), by.Actor, c, a)
}

func TestLostKeyIsReplacedByTwoOthersAfterADay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.hire(tocsin.DutyOfficer)
	if err := o.f.AskRecovery(t.Context(), p.Actor, id(p), "I lost it."); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("she began it herself: %v", err)
	}
	if err := o.f.AskRecovery(t.Context(), o.first.Actor, id(p), "Her bag is gone."); err != nil {
		t.Fatal(err)
	}
	if err := o.agree(o.first, id(p)); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
		t.Errorf("one person was both: %v", err)
	}
	if _, err := o.f.OpenRecovery(t.Context(), o.first.Actor, id(p)); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("a link without a second person: %v", err)
	}
	if err := o.agree(o.next, id(p)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.f.OpenRecovery(t.Context(), o.first.Actor, id(p)); tocsin.ReasonOf(err) != tocsin.ReasonTooEarly {
		t.Errorf("a link before the day has passed: %v", err)
	}
	o.clock.Advance(tocsin.RecoveryDelay)
	third := o.hire(tocsin.DutyAdministrator)
	if _, err := o.f.OpenRecovery(t.Context(), third.Actor, id(p)); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
		t.Errorf("somebody who did not vouch makes the link: %v", err)
	}
	inv, err := o.f.OpenRecovery(t.Context(), o.next.Actor, id(p))
	if err != nil {
		t.Fatal(err)
	}
	old := o.who(id(p)).File
	key := softkey.AAGUID // any authenticator
	_, err = o.f.Enrol(t.Context(), inv.Token, "", flow.Credential{ID: []byte("a new key"), PublicKey: old.Credential.PublicKey,
		AAGUID: key[:], Demonstration: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.f.ByCredential(t.Context(), old.Credential.ID); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("the lost key still signs in: %v", err)
	}
	back, err := o.f.ByCredential(t.Context(), []byte("a new key"))
	if err != nil || back.Recovery != nil || back.File.Certificate == old.Certificate || back.File.Certificate == "" {
		t.Errorf("the new key: %v, recovery %v", err, back.Recovery)
	}
	if _, err := o.f.Invited(t.Context(), inv.Token); tocsin.ReasonOf(err) != tocsin.ReasonEnrolmentSpent {
		t.Errorf("the link works twice: %v", err)
	}
}

func TestPersonStopsTheRecoveryOfAKeySheDidNotLose(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.hire(tocsin.DutyModerator)
	if err := o.f.AskRecovery(t.Context(), o.first.Actor, id(p), "Her bag is gone."); err != nil {
		t.Fatal(err)
	}
	if err := o.agree(o.next, id(p)); err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(tocsin.RecoveryDelay + time.Hour)
	inv, err := o.f.OpenRecovery(t.Context(), o.first.Actor, id(p))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.f.CancelRecovery(t.Context(), p.Actor, id(p)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.f.Invited(t.Context(), inv.Token); tocsin.ReasonOf(err) != tocsin.ReasonEnrolmentSpent {
		t.Errorf("a link outlives the recovery it came from: %v", err)
	}
	if err := o.f.CancelRecovery(t.Context(), p.Actor, id(o.first)); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("she stops another's: %v", err)
	}
}

func TestWhoSignedSomethingOpenWithHerDoesNotHelp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	officer := o.hire(tocsin.DutyOfficer)
	helper := o.hire(tocsin.DutyAdministrator, tocsin.DutyOfficer)
	d, err := o.f.DraftOrder(t.Context(), helper.Actor, "", testkit.Draft("R-1", testkit.Post(1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.f.AskRecovery(t.Context(), helper.Actor, id(officer), "Her bag is gone."); err != nil {
		t.Errorf("nothing is shared yet: %v", err)
	}
	if err := officer.Sign(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.f.CancelRecovery(t.Context(), helper.Actor, id(officer)); err != nil {
		t.Fatal(err)
	}
	if err := o.f.AskRecovery(t.Context(), helper.Actor, id(officer), "Her bag is gone."); tocsin.ReasonOf(err) != "shared_matter" {
		t.Errorf("the drafter of what she signed begins: %v", err)
	}
	if err := o.f.AskRecovery(t.Context(), o.first.Actor, id(officer), "Her bag is gone."); err != nil {
		t.Fatal(err)
	}
	if err := o.agree(helper, id(officer)); tocsin.ReasonOf(err) != "shared_matter" {
		t.Errorf("the drafter of what she signed agrees: %v", err)
	}
}
