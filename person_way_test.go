// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tocsin"
)

// without a passkey: who does nothing else than this.
var withoutPasskey = []tocsin.Duty{tocsin.DutyModerator, tocsin.DutyNotifier, tocsin.DutyAnalyst}

func enrolledBy(t testing.TB, way tocsin.Way, duties ...tocsin.Duty) (*tocsin.Person, error) {
	t.Helper()
	p := invited(t, duties...)
	_, err := p.Enrol(tocsin.By{Actor: p.Actor(), At: noon}, tocsin.DigestOf([]byte("token")), way,
		tocsin.DigestOf([]byte("name")), nil)
	return p, err
}

func TestOnlyModeratorsNotifiersAndAnalystsDoWithoutAPasskey(t *testing.T) {
	t.Parallel()
	for _, d := range tocsin.Duties() {
		may := slices.Contains(withoutPasskey, d)
		if d.NeedsPasskey() == may {
			t.Errorf("%s needs a passkey: %v", d, !may)
		}
		for _, way := range []tocsin.Way{tocsin.WayPassword, tocsin.WayProvider} {
			p, err := enrolledBy(t, way, d) // a grave duty is only proposed, and counts all the same
			if (err == nil) != may || err != nil && tocsin.ReasonOf(err) != tocsin.ReasonNeedsPasskey {
				t.Errorf("%s by %s: %v", d, way, err)
			}
			if err == nil && p.SignsInBy() != way {
				t.Errorf("%s signs in by %s", d, p.SignsInBy())
			}
		}
		if p, err := enrolledBy(t, tocsin.WayPasskey, d); err != nil || p.SignsInBy() != tocsin.WayPasskey || p.Way != "" {
			t.Errorf("%s with a passkey: %v", d, err)
		}
	}
	if _, err := enrolledBy(t, "knock", tocsin.DutyModerator); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("a way that is none: %v", err)
	}
}

func TestStrongerDutyWaitsForAPasskey(t *testing.T) {
	t.Parallel()
	by := tocsin.By{Actor: person(0), At: noon}
	for _, d := range tocsin.Duties() {
		p, err := enrolledBy(t, tocsin.WayPassword, tocsin.DutyNotifier)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.ChangeDuties(by, dutySet(tocsin.DutyNotifier, d), "She has grown.")
		if d != tocsin.DutyNotifier && (tocsin.ReasonOf(err) == tocsin.ReasonNeedsPasskey) != d.NeedsPasskey() {
			t.Errorf("%s: %v", d, err)
		}
		if !d.NeedsPasskey() {
			continue
		}
		for _, other := range []tocsin.ActorID{person(0), "operator"} {
			if _, err := p.AddPasskey(tocsin.By{Actor: other, At: noon}, "d"); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
				t.Errorf("%s makes a passkey for somebody: %v", other, err)
			}
		}
		self := tocsin.By{Actor: p.Actor(), At: noon}
		if _, err := p.AddPasskey(self, tocsin.DigestOf([]byte("key"))); err != nil || p.SignsInBy() != tocsin.WayPasskey {
			t.Fatalf("add a passkey: %v", err)
		}
		if _, err := p.AddPasskey(self, tocsin.DigestOf([]byte("key"))); tocsin.CodeOf(err) != tocsin.CodeConflict {
			t.Errorf("a second one: %v", err)
		}
		if _, err := p.ChangeDuties(by, dutySet(tocsin.DutyNotifier, d), "She has grown."); err != nil {
			t.Errorf("%s with a passkey: %v", d, err)
		}
	}
}

// TestNoSequenceLeavesADutyWithoutItsPasskey plays everything that changes duties or ways.
func TestNoSequenceLeavesADutyWithoutItsPasskey(t *testing.T) {
	t.Parallel()
	ways := []tocsin.Way{tocsin.WayPasskey, tocsin.WayPassword, tocsin.WayProvider}
	token := tocsin.DigestOf([]byte("token"))
	rapid.Check(t, func(r *rapid.T) {
		p := invited(t, rapid.SampledFrom(tocsin.Duties()).Draw(r, "first"))
		at := noon
		for range rapid.IntRange(1, 15).Draw(r, "steps") {
			at = at.Add(tocsin.RecoveryDelay / 2)
			by := tocsin.By{Actor: person(rapid.IntRange(0, 1).Draw(r, "who")), At: at}
			self := tocsin.By{Actor: p.Actor(), At: at}
			switch rapid.IntRange(0, 8).Draw(r, "what") {
			case 0:
				set := rapid.SliceOfNDistinct(rapid.SampledFrom(tocsin.Duties()), 1, 3, rapid.ID).Draw(r, "duties")
				_, _ = p.ChangeDuties(by, set, "A test.")
			case 1:
				_, _ = p.ConfirmDuties(by, nil)
			case 2:
				_, _ = p.Suspend(by, "A test.")
			case 3:
				_, _ = p.Reinstate(by, "A test.")
			case 4:
				_, _ = p.Enrol(self, token, rapid.SampledFrom(ways).Draw(r, "way"), tocsin.DigestOf([]byte("c")), nil)
			case 5:
				_, _ = p.AddPasskey(self, tocsin.DigestOf([]byte("k")))
			case 6:
				_, _ = p.AskRecovery(by, "A test.")
			case 7:
				_, _ = p.AgreeRecovery(by, nil)
			case 8:
				_, _ = p.OpenRecovery(by, token)
			}
			if p.SignsInBy() != tocsin.WayPasskey && p.Status == tocsin.PersonEnrolled &&
				slices.ContainsFunc(slices.Concat(p.Duties, p.Proposed), tocsin.Duty.NeedsPasskey) {
				r.Fatalf("has %v, is to have %v, and signs in by %s", p.Duties, p.Proposed, p.SignsInBy())
			}
		}
	})
}

func TestWhoLeavesGivesBackWhatSheHas(t *testing.T) {
	t.Parallel()
	by := tocsin.By{Actor: person(0), At: noon}
	open := func() *tocsin.Case {
		c, _, err := tocsin.OpenCase(tocsin.By{Actor: tocsin.ActorClock, At: noon}, tocsin.NewRecordID(tocsin.KindNotice),
			tocsin.PriorityNotice, tocsin.EUPeriods(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	claimed := open()
	if _, err := claimed.Take(tocsin.By{Actor: person(1), At: noon}); err != nil {
		t.Fatal(err)
	}
	if events, err := claimed.Leave(by, person(2)); err != nil || len(events) != 0 {
		t.Errorf("somebody else leaves: %v %v", events, err)
	}
	if _, err := claimed.Leave(by, person(1)); err != nil || claimed.Claim != nil {
		t.Errorf("her claim stays: %v", err)
	}
	given := open()
	if _, err := given.Assign(by, tocsin.RecordID(person(1))); err != nil {
		t.Fatal(err)
	}
	if _, err := given.Leave(by, person(1)); err != nil || given.Assigned != "" || !given.OfferedTo(person(2), false, noon) {
		t.Errorf("it stays hers: %v", err)
	}
}
