// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"
	"testing"
	"time"

	"tocsin"
)

var (
	oneReading   = tocsin.NewReadingCode("0a1b", 1, "T1", "en")
	otherReading = tocsin.NewReadingCode("2c3d", 4, "T2", "und")
)

// readCase is a case that two kinds of readings opened, claimed by person 0.
func readCase(more ...func(*tocsin.Case) ([]tocsin.Event, error)) *tocsin.Case {
	clock := tocsin.By{Actor: tocsin.ActorClock, At: noon}
	c, events, err := tocsin.OpenCase(clock, "", tocsin.PriorityMatch, tocsin.EUPeriods(), nil)
	must(events, err)
	must(c.ReadAs(clock, []tocsin.ReadingCode{oneReading, otherReading}, tocsin.PriorityMatch, true, tocsin.EUPeriods(), nil))
	must(c.Identify(clock, newID(tocsin.KindItem)))
	for _, point := range more {
		must(point(c))
	}
	must(c.Take(officer(0, noon)))
	return c
}

func decideReadings(c *tocsin.Case, outcome tocsin.Outcome, answers []tocsin.ReadingAnswer, earlier ...*tocsin.Decision) (*tocsin.Decision, error) {
	draft := decisionDraft(outcome)
	draft.Readings = answers
	d, _, _, err := c.Decide(officer(0, noon), draft, c.Content, time.Hour, nil, earlier...)
	return d, err
}

func answering(m tocsin.Meant, codes ...tocsin.ReadingCode) (all []tocsin.ReadingAnswer) {
	for _, code := range codes {
		all = append(all, tocsin.ReadingAnswer{Reading: code, Meant: m})
	}
	return all
}

// TestDecisionSaysOfAReadingWhatItsDeciderAnswers: an answer is what counts, whatever the outcome. Silence counts only where
// nothing but readings pointed to the item.
func TestDecisionSaysOfAReadingWhatItsDeciderAnswers(t *testing.T) {
	t.Parallel()
	match := func(c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Match(party(noon), newID(tocsin.KindBank), tocsin.EUPeriods(), nil)
	}
	notice := func(c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Report(party(noon), newID(tocsin.KindNotice), tocsin.PriorityNotice, false, tocsin.EUPeriods())
	}
	order := func(c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Order(party(noon), newID(tocsin.KindReceivedOrder))
	}
	const right, wrong = "reading/right/", "reading/wrong/"
	one := func(prefix string) []string {
		return []string{prefix + "0a1b.1.T1", prefix + "0a1b.1.T1.en", prefix + "T1.en"}
	}
	other := func(prefix string) []string {
		return []string{prefix + "2c3d.4.T2", prefix + "2c3d.4.T2.und", prefix + "T2.und"}
	}
	for name, row := range map[string]struct {
		beside  []func(*tocsin.Case) ([]tocsin.Event, error)
		outcome tocsin.Outcome
		answers []tocsin.ReadingAnswer
		want    []string
	}{
		"only readings, restricted": {nil, tocsin.OutcomeRestrict, nil, append(one(right), other(right)...)},
		"only readings, kept":       {nil, tocsin.OutcomeKeep, nil, append(one(wrong), other(wrong)...)},
		"one answered otherwise":    {nil, tocsin.OutcomeRestrict, answering(tocsin.MeantNo, oneReading), append(one(wrong), other(right)...)},
		"nobody can say":            {nil, tocsin.OutcomeKeep, answering(tocsin.MeantUnclear, oneReading, otherReading), nil},
		"a match beside":            {[]func(*tocsin.Case) ([]tocsin.Event, error){match}, tocsin.OutcomeRestrict, nil, nil},
		"a notice beside":           {[]func(*tocsin.Case) ([]tocsin.Event, error){notice}, tocsin.OutcomeKeep, nil, nil},
		"an order beside":           {[]func(*tocsin.Case) ([]tocsin.Event, error){order}, tocsin.OutcomeKeep, nil, nil},
		"kept, and the meaning it was": {[]func(*tocsin.Case) ([]tocsin.Event, error){match}, tocsin.OutcomeKeep,
			answering(tocsin.MeantYes, otherReading), other(right)},
		"restricted for the picture": {[]func(*tocsin.Case) ([]tocsin.Event, error){match}, tocsin.OutcomeRestrict,
			answering(tocsin.MeantNo, oneReading), one(wrong)},
	} {
		d, err := decideReadings(readCase(row.beside...), row.outcome, row.answers)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := d.Facets(); !slices.Equal(got, row.want) {
			t.Errorf("%s: counts as %v, want %v", name, got, row.want)
		}
	}
}

func TestAnswerAboutNoReadingOfTheCaseIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answers []tocsin.ReadingAnswer
		want    tocsin.Reason
	}{
		"another case's": {answering(tocsin.MeantYes, tocsin.NewReadingCode("4e5f", 1, "T0", "en")), tocsin.ReasonUnknownValue},
		"a word":         {answering("perhaps", oneReading), tocsin.ReasonUnknownValue},
		"nothing":        {answering("", oneReading), tocsin.ReasonUnknownValue},
		"two at once":    {answering(tocsin.MeantNo, oneReading, oneReading), tocsin.ReasonDuplicate},
	} {
		c := readCase()
		before := encode(t, c)
		if d, err := decideReadings(c, tocsin.OutcomeKeep, row.answers); tocsin.ReasonOf(err) != row.want || d != nil ||
			fieldOf(err) != "readings" || encode(t, c) != before {
			t.Errorf("%s: %v", name, err)
		}
		if said, err := c.Answered(row.answers); tocsin.ReasonOf(err) != row.want || said != nil {
			t.Errorf("%s, a second time: %v", name, err)
		}
	}
	c := readCase()
	draft := decisionDraft(tocsin.OutcomeKeep)
	draft.Readings = answering(tocsin.MeantYes, "0.0.T0.en")
	if _, _, _, err := c.Decide(officer(0, noon), draft, c.Content-1, time.Hour, nil); tocsin.ReasonOf(err) != tocsin.ReasonChanged {
		t.Errorf("what came meanwhile is told first: %v", err)
	}
}

// TestReadingIsAskedAboutUntilADecisionThatStandsSaysOfIt: a case counts once, however often it is decided.
func TestReadingIsAskedAboutUntilADecisionThatStandsSaysOfIt(t *testing.T) {
	t.Parallel()
	c := readCase(func(c *tocsin.Case) ([]tocsin.Event, error) {
		return c.Match(party(noon), newID(tocsin.KindBank), tocsin.EUPeriods(), nil)
	})
	first, err := decideReadings(c, tocsin.OutcomeKeep, append(answering(tocsin.MeantYes, oneReading), answering(tocsin.MeantUnclear, otherReading)...))
	if err != nil {
		t.Fatal(err)
	}
	if m, outright := first.Says(oneReading); m != tocsin.MeantYes || !outright {
		t.Errorf("says %q, outright %v", m, outright)
	}
	if got := c.Unsaid(first); !slices.Equal(got, []tocsin.ReadingCode{otherReading}) {
		t.Errorf("asked again about %v", got)
	}
	must(c.Report(party(noon), newID(tocsin.KindNotice), tocsin.PriorityNotice, false, tocsin.EUPeriods()))
	must(c.Take(officer(0, noon)))
	if _, err := decideReadings(c, tocsin.OutcomeKeep, answering(tocsin.MeantNo, oneReading), first); tocsin.ReasonOf(err) != tocsin.ReasonUnknownValue {
		t.Errorf("answered twice: %v", err)
	}
	second, err := decideReadings(c, tocsin.OutcomeKeep, answering(tocsin.MeantNo, otherReading), first)
	if err != nil {
		t.Fatal(err)
	}
	if got := second.Facets(); len(got) != 3 || len(c.Unsaid(first, second)) != 0 {
		t.Errorf("the second counts as %v", got)
	}
	must(second.Undo(officer(0, noon)))
	if got := c.Unsaid(first, second); !slices.Equal(got, []tocsin.ReadingCode{otherReading}) {
		t.Errorf("after one was undone: asked about %v", got)
	}
	must(first.Reverse(officer(1, noon), "", text))
	if got := c.Unsaid(first, second); len(got) != 2 {
		t.Errorf("after both fell: asked about %v", got)
	}
}

// TestDecisionBeforeAnybodyWasAskedCountsByItsOutcome folds what releases wrote before: codes of all readings, without answers.
func TestDecisionBeforeAnybodyWasAskedCountsByItsOutcome(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[tocsin.Outcome]tocsin.Meant{tocsin.OutcomeRestrict: tocsin.MeantYes, tocsin.OutcomeKeep: tocsin.MeantNo} {
		d := &tocsin.Decision{}
		h := tocsin.Header{Record: newID(tocsin.KindDecision), Of: tocsin.KindDecision, Version: 1, Kind: tocsin.EventDecisionTaken,
			Facts: tocsin.Facts{Code: string(outcome), When: &noon, Codes: []string{string(oneReading)}}}
		if err := tocsin.Fold(d, h); err != nil {
			t.Fatal(err)
		}
		if m, outright := d.Says(oneReading); m != want || outright || len(d.Facets()) != 3 {
			t.Errorf("%s says %q, outright %v, and counts as %v", outcome, m, outright, d.Facets())
		}
	}
}

// TestSilenceAboutACopyOfWhatWasDecidedSaysNothing: what a decision on another item brought before people was not brought by
// readings alone.
func TestSilenceAboutACopyOfWhatWasDecidedSaysNothing(t *testing.T) {
	t.Parallel()
	original, copied := readCase(), readCase()
	d, err := decideReadings(original, tocsin.OutcomeRestrict, nil)
	if err != nil {
		t.Fatal(err)
	}
	must(d.Cover(officer(0, noon), original))
	must(copied.Follow(officer(0, noon), d))
	must(d.Cover(officer(0, noon), copied))
	if got := copied.Unsaid(d); len(got) != 0 {
		t.Errorf("asked about %v once more, of a copy", got)
	}
	must(d.Undo(officer(0, noon)))
	must(copied.Reopen(officer(0, noon), tocsin.ReopenedUndone, nil, tocsin.EUPeriods()))
	must(copied.Take(officer(0, noon)))
	again, err := decideReadings(copied, tocsin.OutcomeKeep, nil, d)
	if err != nil || len(again.Facets()) != 0 {
		t.Errorf("a copy counts as %v: %v", again.Facets(), err)
	}
	machine := tocsin.By{Actor: tocsin.ActorClock, At: noon}
	restricted := readCase()
	limits := tocsin.StandingLimits{Enabled: true, MaxPerHour: 1, RatifyWithin: time.Hour}
	follower, events, err := tocsin.FollowDecision(machine, standingDecision(t), limits, time.Hour, nil)
	must(events, err)
	must(restricted.Follow(machine, follower))
	must(follower.Cover(machine, restricted))
	if len(follower.Facets()) != 0 || restricted.OnlyRead(follower) {
		t.Errorf("what a machine decided counts as %v, or was brought by readings alone", follower.Facets())
	}
}
