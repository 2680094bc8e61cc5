// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"net/http"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

func standing(most int) func(*config.Config) {
	return func(c *config.Config) {
		c.StandingDecisions = config.StandingDecisions{Enabled: true, MaxPerHour: most, RatifyWithin: time.Hour}
	}
}

// stand decides post 1 and makes that a standing decision for a week.
func (d desk) stand() tocsin.RecordID {
	d.Helper()
	d.upload("1", sameBytes, known)
	id := d.decide("1", finding(tocsin.OutcomeRestrict))
	d.must(d.Host.Flow().Stand(d.Context(), d.senior(), id, d.Clock.Now().Add(7*24*time.Hour)))
	return id
}

func (d desk) senior() flow.Actor {
	a := d.colleague(20)
	a.Duties = []tocsin.Duty{tocsin.DutySeniorModerator}
	return a
}

// automatic is the decision that a standing one made of a post; nil when it made none.
func (d desk) automatic(item string) *flow.DecisionView {
	d.Helper()
	c := d.caseOf(item)
	if c.Decision == nil || !c.Decision.Automatic {
		return nil
	}
	return c.Decision
}

func TestStandingDecisionIsOffUnlessSwitchedOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	d.upload("1", sameBytes, known)
	id := d.decide("1", finding(tocsin.OutcomeRestrict))
	err := d.Host.Flow().Stand(d.Context(), d.senior(), id, d.Clock.Now().Add(time.Hour))
	if tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("a standing decision nobody allowed: %v", err)
	}
	d.upload("2", sameBytes, far)
	d.shows(http.StatusOK, 2)
}

func TestStandingDecisionRestrictsIdenticalBytesUntilAPersonDoesNotRatify(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		d := newDesk(t, on, standing(10))
		f := d.Host.Flow()
		d.stand()
		d.upload("2", sameBytes, far)
		d.upload("3", string(tocsin.DigestOf([]byte("nearly the same"))), near)
		d.shows(http.StatusGone, 2)
		d.shows(http.StatusOK, 3) // near is not identical
		made := d.automatic("2")
		if made == nil || made.RatifyBy == nil || made.DecidedBy != tocsin.ActorClock {
			t.Fatalf("decision %+v", made)
		}
		d.must(f.RatifyDecision(d.Context(), d.Moderator.Actor, made.ID))
		d.upload("4", sameBytes, far)
		d.Clock.Advance(time.Hour)
		d.must(f.Scan(d.Context()))
		d.Drain()
		d.shows(http.StatusGone, 1, 2)
		d.shows(http.StatusOK, 4) // nobody ratified it
		if c := d.caseOf("4"); c.Status != tocsin.CaseOpen {
			t.Errorf("what was not ratified is %s, a person should look", c.State())
		}
		d.upload("5", sameBytes, far)
		d.shows(http.StatusOK, 5) // and the standing decision ended with it
		d.MustBeIntact(d.Host)
	})
}

func TestStandingDecisionStaysWithinItsLimits(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, standing(2))
	d.stand()
	for _, item := range []string{"2", "3", "4"} {
		d.upload(item, sameBytes, far)
	}
	d.shows(http.StatusGone, 2, 3)
	d.shows(http.StatusOK, 4)
	if c := d.caseOf("4"); c.Status != tocsin.CaseOpen {
		t.Errorf("what is beyond the limit is %s, a person should look", c.State())
	}
}

func TestStandingDecisionEndsAtItsDateAndWithAReversal(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, standing(10))
	f := d.Host.Flow()
	id := d.stand()
	d.must(f.ReverseDecision(d.Context(), d.colleague(1), id, "It was a bridge on a kettle."))
	d.Drain()
	d.upload("2", sameBytes, far)
	d.shows(http.StatusOK, 1, 2)

	other := string(tocsin.DigestOf([]byte("another kettle")))
	d.upload("3", other, known)
	id = d.decide("3", finding(tocsin.OutcomeRestrict))
	d.must(f.Stand(d.Context(), d.senior(), id, d.Clock.Now().Add(time.Hour)))
	d.Clock.Advance(time.Hour)
	d.must(f.Scan(d.Context()))
	d.upload("4", other, far)
	d.shows(http.StatusOK, 4)
	d.shows(http.StatusGone, 3) // the decision itself holds
	d.MustBeIntact(d.Host)
}

// A complaint ends it, whether it is of the decision itself or of what that did to somebody else's item.
func TestStandingDecisionEndsWithTheFirstComplaint(t *testing.T) {
	t.Parallel()
	for _, of := range []string{"1", "2"} {
		d := newDesk(t, testkit.SQLite, standing(10))
		f := d.Host.Flow()
		id := d.stand()
		d.upload("2", sameBytes, far)
		d.shows(http.StatusGone, 1, 2)
		v := d.caseOf(of).Decision
		token := f.StatementToken(v.ID, v.Items[0].Restriction)
		_, err := f.Complain(d.Context(), token, "", tocsin.ComplaintForm{Reasons: "It is my own kettle.", Language: "en"})
		d.must(err)
		standing, err := f.Decision(d.Context(), d.Moderator.Actor, id)
		d.must(err)
		if standing.Standing.Active() || standing.Standing.EndedWhy != tocsin.EndContested {
			t.Errorf("after a complaint about post %s: %+v", of, standing.Standing)
		}
		d.upload("3", sameBytes, far)
		d.shows(http.StatusOK, 3)
		d.shows(http.StatusGone, 1, 2) // until somebody looked at it again
		if err := f.Stand(d.Context(), d.senior(), id, d.Clock.Now().Add(time.Hour)); of == "1" && err == nil {
			t.Error("a decision that was complained of stands again")
		}
		d.MustBeIntact(d.Host)
	}
}

// An order restricts what it names and nothing else, however often the same bytes appear.
func TestStandingDecisionNeverFollowsFromAnOrder(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{On: testkit.SQLite, Configure: func(c *config.Config) {
		c.Matching.KeepHashesFor = 24 * time.Hour
		standing(10)(c)
	}})
	d := desk{bench: bench{w}}
	d.bank = d.open("SHARED", nil)
	d.upload("1", sameBytes, far)
	w.Executed(testkit.Draft("S-1", testkit.Post(1)))
	d.shows(http.StatusUnavailableForLegalReasons, 1)
	d.upload("2", sameBytes, far)
	d.shows(http.StatusOK, 2)
	for _, kind := range []tocsin.RecordKind{tocsin.KindDecision, tocsin.KindCase} {
		if rows := w.Records(w.Host, kind); len(rows) > 0 {
			t.Errorf("an order made %d records of kind %s", len(rows), kind)
		}
	}
}
