// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin"
)

func dutySet(duties ...tocsin.Duty) []tocsin.Duty { return duties }

// invited opens a person whom person 0 invites.
func invited(t testing.TB, duties ...tocsin.Duty) *tocsin.Person {
	t.Helper()
	p, _, err := tocsin.InvitePerson(tocsin.By{Actor: person(0), At: noon}, duties, tocsin.DigestOf([]byte("token")), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// atDesk is a person who enrolled.
func atDesk(t testing.TB, duties ...tocsin.Duty) *tocsin.Person {
	t.Helper()
	p := invited(t, duties...)
	if _, err := p.Enrol(tocsin.By{Actor: p.Actor(), At: noon}, tocsin.DigestOf([]byte("token")), tocsin.WayPasskey,
		tocsin.DigestOf([]byte("key")), nil); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGraveDutyWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	for _, d := range tocsin.Duties() {
		p := atDesk(t, d)
		if p.Has(d) == d.Grave() {
			t.Errorf("%s: in effect %v, grave %v", d, p.Has(d), d.Grave())
		}
		if !d.Grave() {
			continue
		}
		for _, who := range []tocsin.ActorID{person(0), p.Actor(), "svc_aaaaaaaaaaaaaaaaaaaaaaaaaa", "operator", tocsin.ActorClock} {
			if _, err := p.ConfirmDuties(tocsin.By{Actor: who, At: noon}, nil); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
				t.Errorf("%s confirmed %s: %v", who, d, err)
			}
		}
		if _, err := p.ConfirmDuties(tocsin.By{Actor: person(1), At: noon}, nil); err != nil || !p.Has(d) {
			t.Errorf("%s is not in effect after a second person confirmed it: %v", d, err)
		}
		if _, err := p.ConfirmDuties(tocsin.By{Actor: person(1), At: noon}, nil); tocsin.CodeOf(err) != tocsin.CodeConflict {
			t.Errorf("%s confirmed twice: %v", d, err)
		}
	}
}

func TestDutyIsLostAtOnceAndWonWithASecondPerson(t *testing.T) {
	t.Parallel()
	p := atDesk(t, tocsin.DutyModerator, tocsin.DutyAnalyst)
	by := tocsin.By{Actor: person(0), At: noon}
	if _, err := p.ChangeDuties(by, dutySet(tocsin.DutyLegal, tocsin.DutyOfficer), "She moves to the legal desk."); err != nil {
		t.Fatal(err)
	}
	if !p.Has(tocsin.DutyLegal) || p.Has(tocsin.DutyModerator) || p.Has(tocsin.DutyOfficer) {
		t.Errorf("has %v", p.Duties)
	}
	if p.Strength() != tocsin.Strength(tocsin.DutyOfficer) {
		t.Errorf("somebody who is to be an officer counts as %d", p.Strength())
	}
	if _, err := p.DeclineDuties(tocsin.By{Actor: person(1), At: noon}, "Not agreed."); err != nil || p.Proposed != nil {
		t.Errorf("declined: %v, %v", err, p.Proposed)
	}
	if _, err := p.ChangeDuties(by, dutySet(tocsin.DutyLegal), "The same again."); tocsin.ReasonOf(err) != tocsin.ReasonDuplicate {
		t.Errorf("the same duties: %v", err)
	}
	for _, bad := range [][]tocsin.Duty{nil, {"gardener"}, {tocsin.DutyLegal, tocsin.DutyLegal}} {
		if _, err := p.ChangeDuties(by, bad, "Why not."); tocsin.CodeOf(err) != tocsin.CodeInvalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := p.ChangeDuties(by, dutySet(tocsin.DutyModerator), ""); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("without reasons: %v", err)
	}
}

func TestNobodyTakesHerOwnAdministrationAway(t *testing.T) {
	t.Parallel()
	p := atDesk(t, tocsin.DutyAdministrator)
	if _, err := p.ConfirmDuties(tocsin.By{Actor: person(1), At: noon}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := p.ChangeDuties(tocsin.By{Actor: p.Actor(), At: noon}, dutySet(tocsin.DutyModerator), "Enough of it.")
	if tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
		t.Errorf("%v", err)
	}
}

func TestReinstatedPersonGetsGraveDutiesBackFromTwo(t *testing.T) {
	t.Parallel()
	p := atDesk(t, tocsin.DutyModerator, tocsin.DutyApprover)
	if _, err := p.ConfirmDuties(tocsin.By{Actor: person(1), At: noon}, nil); err != nil {
		t.Fatal(err)
	}
	by := tocsin.By{Actor: person(0), At: noon.Add(time.Hour)}
	if _, err := p.Reinstate(by, "She never left."); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("reinstated without a suspension: %v", err)
	}
	if _, err := p.Suspend(by, "Away for a season."); err != nil || p.Has(tocsin.DutyApprover) {
		t.Fatalf("suspended: %v", err)
	}
	if _, err := p.Reinstate(by, "She is back."); err != nil {
		t.Fatal(err)
	}
	if !p.Has(tocsin.DutyModerator) || p.Has(tocsin.DutyApprover) || !slices.Contains(p.Proposed, tocsin.DutyApprover) {
		t.Errorf("has %v, proposed %v", p.Duties, p.Proposed)
	}
	gone := invited(t, tocsin.DutyModerator)
	if _, err := gone.Suspend(by, "The link was lost."); err != nil {
		t.Fatal(err)
	}
	if _, err := gone.Reinstate(by, "She is back."); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("who never enrolled was reinstated: %v", err)
	}
}

func TestFounderNeedsNoSecondPerson(t *testing.T) {
	t.Parallel()
	p, _, err := tocsin.InviteFounder(tocsin.By{Actor: "operator", At: noon}, dutySet(tocsin.DutyAdministrator),
		tocsin.DigestOf([]byte("token")), nil)
	if err != nil || p.Proposed != nil || !slices.Contains(p.Duties, tocsin.DutyAdministrator) {
		t.Errorf("%v: %+v", err, p)
	}
}

// TestNoSequenceGivesAGraveDutyToWhoeverOnlyOnePersonWanted plays commands of two administrators in any order and
// holds that every grave duty in effect was proposed by one of them and confirmed by another.
func TestNoSequenceGivesAGraveDutyToWhoeverOnlyOnePersonWanted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p := atDesk(t, rapid.SampledFrom(tocsin.Duties()).Draw(r, "first"))
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			had := slices.Clone(p.Duties)
			by := tocsin.By{Actor: person(rapid.IntRange(0, 1).Draw(r, "who")), At: noon}
			proposer, confirmed := p.ProposedBy, false
			switch rapid.IntRange(0, 4).Draw(r, "what") {
			case 0:
				set := rapid.SliceOfNDistinct(rapid.SampledFrom(tocsin.Duties()), 1, 4, rapid.ID).Draw(r, "duties")
				_, _ = p.ChangeDuties(by, set, "A test.")
			case 1:
				_, err := p.ConfirmDuties(by, nil)
				confirmed = err == nil
			case 2:
				_, _ = p.DeclineDuties(by, "A test.")
			case 3:
				_, _ = p.Suspend(by, "A test.")
			case 4:
				_, _ = p.Reinstate(by, "A test.")
			}
			for _, d := range p.Duties {
				if d.Grave() && !slices.Contains(had, d) && (!confirmed || by.Actor == proposer) {
					r.Fatalf("%s came from %s alone", d, by.Actor)
				}
			}
		}
	})
}
