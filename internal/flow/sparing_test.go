// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"slices"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// team is a desk with a second person, and cases of posts 1 to 3.
type team struct {
	desk
	second *testkit.Person
	cases  []tocsin.RecordID
}

func newTeam(t *testing.T, floor int, duties ...tocsin.Duty) team {
	t.Helper()
	d, _, first := newSights(t, testkit.SQLite, func(c *config.Config) { c.Wellness.ViewsPerDay = floor })
	w := team{desk: d, cases: []tocsin.RecordID{first}}
	for _, item := range []string{"2", "3"} {
		d.upload(item, string(tocsin.DigestOf([]byte(item))), known)
		w.cases = append(w.cases, d.caseOf(item).ID)
	}
	if duties != nil {
		var err error
		w.second, err = d.Host.Hire(d.Context(), duties...)
		d.must(err)
	}
	return w
}

// sees has somebody shown media, all of them of the first case.
func (w team) sees(who flow.Actor, media int) {
	w.Helper()
	for range media {
		token, err := w.ask(who, w.cases[0])
		w.must(err)
		_, err = w.Host.Flow().View(w.Context(), token)
		w.must(err)
	}
}

// runsOut moves the clock to within the hour before the cases should be looked at.
func (w team) runsOut() {
	w.Helper()
	w.Clock.Advance(tocsin.EUPeriods().CaseMatched - 30*time.Minute)
}

func (w team) next(who flow.Actor, want tocsin.Reason) tocsin.RecordID {
	w.Helper()
	id, err := w.Host.Flow().NextCase(w.Context(), who)
	if tocsin.ReasonOf(err) != want || (err == nil) != (want == "") {
		w.Errorf("the queue gives %q, %v; want %q", id, err, want)
	}
	return id
}

// TestWhoeverHasSeenEnoughIsGivenNoMoreCases, until a day has passed; what she holds stays hers, and others get the rest.
func TestWhoeverHasSeenEnoughIsGivenNoMoreCases(t *testing.T) {
	t.Parallel()
	w := newTeam(t, 2, tocsin.DutyModerator)
	f, her := w.Host.Flow(), w.Moderator.Actor
	held := w.next(her, "")
	w.sees(her, 1)
	also := w.next(her, "")
	rest := slices.DeleteFunc(slices.Clone(w.cases), func(id tocsin.RecordID) bool { return id == held || id == also })[0]
	w.sees(her, 1)
	w.next(her, flow.ReasonViewsReached)
	if err := f.ClaimCase(w.Context(), her, rest); tocsin.ReasonOf(err) != flow.ReasonViewsReached {
		t.Errorf("she takes one all the same: %v", err)
	}
	w.must(f.ClaimCase(w.Context(), her, held)) // longer
	view, err := f.Case(w.Context(), her, rest)
	w.must(err)
	for _, c := range view.Choices {
		if c.Name == flow.ChoiceClaim && tocsin.ReasonOf(c.Refused) != flow.ReasonViewsReached {
			t.Errorf("the page says %v", c.Refused)
		}
	}
	if err := f.AssignCase(w.Context(), w.senior(), rest, tocsin.RecordID(her.ID)); tocsin.ReasonOf(err) != flow.ReasonUnavailable {
		t.Errorf("it is assigned to her: %v", err)
	}
	if got := w.next(w.second.Actor, ""); got != rest {
		t.Errorf("her colleague gets %s, want %s", got, rest)
	}
	w.must(f.ReleaseCase(w.Context(), w.second.Actor, rest))
	w.Clock.Advance(25 * time.Hour)
	w.next(her, "")
	w.MustBeIntact(w.Host)
}

// TestWhoeverAskedForNoneOfAKindIsGivenNone; her colleagues are, and what says nothing of its kind goes to anybody.
func TestWhoeverAskedForNoneOfAKindIsGivenNone(t *testing.T) {
	t.Parallel()
	w := newTeam(t, 0, tocsin.DutyModerator)
	f, her := w.Host.Flow(), w.Moderator.Actor
	for n, kind := range map[int]tocsin.Category{1: tocsin.CategoryInstructs, 2: tocsin.CategoryInstructs, 3: tocsin.CategoryThreatens} {
		form := noticeOf(testkit.Post(n))
		form.Categories = []tocsin.Category{kind}
		_, err := f.SubmitPublicNotice(w.Context(), "", form)
		w.must(err)
	}
	w.Drain()
	own := flow.DefaultWellness()
	own.Without = []tocsin.Category{tocsin.CategoryInstructs}
	w.must(f.PreferWellness(w.Context(), her, own))
	if got := w.next(her, ""); got != w.cases[2] {
		t.Errorf("she is given %s, want %s", got, w.cases[2])
	}
	w.next(her, flow.ReasonOptedOut)
	if err := f.ClaimCase(w.Context(), her, w.cases[0]); tocsin.ReasonOf(err) != flow.ReasonOptedOut {
		t.Errorf("she takes one all the same: %v", err)
	}
	w.next(w.second.Actor, "")
	w.next(w.second.Actor, "")
	w.MustBeIntact(w.Host)
}

// TestCaseOfSomebodyWhoIsSparedItGoesToAnother: nobody has to notice and assign it anew.
func TestCaseOfSomebodyWhoIsSparedItGoesToAnother(t *testing.T) {
	t.Parallel()
	w := newTeam(t, 1, tocsin.DutyModerator)
	f, her := w.Host.Flow(), w.Moderator.Actor
	for _, id := range w.cases {
		w.must(f.AssignCase(w.Context(), w.senior(), id, tocsin.RecordID(her.ID)))
	}
	w.next(w.second.Actor, flow.ReasonQueueEmpty)
	w.sees(her, 1)
	id := w.next(w.second.Actor, "")
	c, err := f.Case(w.Context(), her, id)
	w.must(err)
	if c.Assigned != "" || !c.HeldBy(w.second.ID, w.Clock.Now()) {
		t.Errorf("it is assigned to %q, held %+v", c.Assigned, c.Claim)
	}
}

// TestNoClockUnderAnHourIsStarved: a case whose time runs out goes from whoever is spared it to a colleague; and where
// nobody is left, to the seniors, and to whoever comes.
func TestNoClockUnderAnHourIsStarved(t *testing.T) {
	t.Parallel()
	t.Run("a colleague is there", func(t *testing.T) {
		t.Parallel()
		w := newTeam(t, 1, tocsin.DutyModerator)
		f, her := w.Host.Flow(), w.Moderator.Actor
		w.must(f.AssignCase(w.Context(), w.senior(), w.cases[1], tocsin.RecordID(her.ID)))
		w.must(f.HandOn(w.Context()))
		if c := w.caseOf("2"); c.Assigned != her.ID {
			t.Errorf("with days to go it is assigned to %q", c.Assigned)
		}
		w.runsOut()
		w.sees(her, 1)
		w.must(f.HandOn(w.Context()))
		if c := w.caseOf("2"); c.Assigned != w.second.ID || c.Escalated {
			t.Errorf("it is assigned to %q, escalated %v", c.Assigned, c.Escalated)
		}
		if c := w.caseOf("3"); c.Assigned != "" || c.Escalated {
			t.Errorf("one that waits for whoever comes is assigned to %q, escalated %v", c.Assigned, c.Escalated)
		}
		w.next(her, flow.ReasonViewsReached)
		w.MustBeIntact(w.Host)
	})
	t.Run("nobody is left", func(t *testing.T) {
		t.Parallel()
		w := newTeam(t, 1)
		f, her := w.Host.Flow(), w.Moderator.Actor
		w.must(f.AssignCase(w.Context(), w.senior(), w.cases[0], tocsin.RecordID(her.ID)))
		w.sees(her, 1)
		w.next(her, flow.ReasonViewsReached)
		w.Clock.Advance(tocsin.EUPeriods().CaseMatched - 30*time.Minute)
		w.sees(her, 1) // a day is over; she sees one again
		w.must(f.HandOn(w.Context()))
		for _, item := range []string{"1", "2", "3"} {
			if c := w.caseOf(item); !c.Escalated || !c.Last {
				t.Errorf("case %s: escalated %v, last %v", item, c.Escalated, c.Last)
			}
		}
		w.must(f.HandOn(w.Context())) // once
		if n := w.Count(w.Host, tocsin.EventCaseEscalated); n != 3 {
			t.Errorf("escalated %d times", n)
		}
		id := w.next(her, "")
		c, err := f.Case(w.Context(), her, id)
		w.must(err)
		_, err = f.Decide(w.Context(), her, id, finding(tocsin.OutcomeKeep), c.Content, "")
		w.must(err)
		if senior, err := w.Host.Hire(w.Context(), tocsin.DutySeniorModerator); err != nil {
			t.Error(err)
		} else {
			w.next(her, flow.ReasonQueueEmpty)
			w.next(senior.Actor, "")
		}
		w.MustBeIntact(w.Host)
	})
}

// TestFigureOfTheTeamTellsOfNobody: fewer than five people are no figure, and nobody reads another's.
func TestFigureOfTheTeamTellsOfNobody(t *testing.T) {
	t.Parallel()
	w := newTeam(t, 0)
	f := w.Host.Flow()
	people := []*testkit.Person{w.Moderator}
	for len(people) < flow.FewestTold {
		p, err := w.Host.Hire(w.Context(), tocsin.DutyModerator)
		w.must(err)
		people = append(people, p)
	}
	for n, p := range people {
		got, err := f.ExposureOfTeam(w.Context(), testkit.Operator)
		w.must(err)
		if got != (flow.TeamExposure{}) {
			t.Errorf("of %d people it is told: %+v", n, got)
		}
		w.sees(p.Actor, 2)
	}
	got, err := f.ExposureOfTeam(w.Context(), testkit.Operator)
	w.must(err)
	if want := (flow.TeamExposure{People: 5, Views: 10, Told: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if _, err := f.ExposureOfTeam(w.Context(), w.Moderator.Actor); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("a moderator reads it: %v", err)
	}
	all, err := f.People(w.Context(), testkit.Operator)
	w.must(err)
	for _, p := range all {
		if p.File.Preferences.Seen.Total != 0 {
			t.Error("whoever lists people reads what one of them saw")
		}
	}
}
