// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"fmt"
	"testing"

	"tocsin"
	"tocsin/decode"
	"tocsin/decode/lexicon"
	"tocsin/internal/testkit"
)

const disguised = "the z0rv1an stood there"

// weighed is what a text is read as now, by the counts behind it.
func (d desk) weighed(text string) decode.Decode {
	d.Helper()
	found := d.reads("", text).Readings.Decodes
	if len(found) != 1 {
		d.Fatalf("%d readings of %q", len(found), text)
	}
	return found[0]
}

// counts fails unless so many decided cases speak for the reading of a text and so many against.
func (d desk) counts(text string, right, wrong int) {
	d.Helper()
	got := d.weighed(text).Precision
	if right+wrong == 0 && got == nil {
		return
	}
	if got == nil || got.Right != right || got.Wrong != wrong {
		d.Errorf("counted %+v, want %d right and %d wrong", got, right, wrong)
	}
}

// TestEntryLearnsFromWhatPeopleDecideAndUnlearnsWhatTheyTakeBack holds that the counts follow from decisions that stand.
func TestEntryLearnsFromWhatPeopleDecideAndUnlearnsWhatTheyTakeBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	f := d.Host.Flow()
	d.counts(disguised, 0, 0)
	d.says("1", disguised)
	id := d.decide("1", finding(tocsin.OutcomeRestrict))
	d.counts(disguised, 1, 0)
	d.counts("the zorvian stood there", 0, 0) // another tier
	d.must(f.UndoDecision(d.Context(), d.Moderator.Actor, id))
	d.counts(disguised, 0, 0)
	id = d.decide("1", finding(tocsin.OutcomeRestrict))
	d.counts(disguised, 1, 0)
	d.must(f.ReverseDecision(d.Context(), d.colleague(1), id, "It was a bridge on a kettle."))
	d.counts(disguised, 0, 0)
	d.says("2", disguised+". Here is the Zorvian cheese fair. Then 9alambash.")
	d.decide("2", finding(tocsin.OutcomeKeep))
	d.counts(disguised, 0, 1)
	if c := d.caseOf("2"); len(c.Precisions) != len(c.File.Readings) || c.Precisions[0].Wrong != 1 {
		t.Errorf("the case says %+v", c.Precisions)
	}
	if c := d.caseOf("2"); len(c.Questions) != 0 || c.Said[0].Meant != tocsin.MeantNo || c.Said[0].Outright {
		t.Errorf("%d questions are left, and it says %+v", len(c.Questions), c.Said)
	}
	d.counts("the Zorvian cheese fair", 0, 0) // what the lexicon says is something else teaches nothing
	d.MustBeIntact(d.Host)
}

// TestEntryThatPeopleFoundWrongIsSuspendedInItsTier holds that a tier that is mostly wrong asks nobody any more, still
// says so to whoever asks, and takes no other tier with it.
func TestEntryThatPeopleFoundWrongIsSuspendedInItsTier(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	d.Board.Down() // it would say that it knows no such items
	for n := range decode.LeastDecided {
		if read := d.weighed(disguised); read.State() != lexicon.StatusPublished {
			t.Fatalf("%s after %d decided cases", read.State(), n)
		}
		d.kept(fmt.Sprintf("kept-%d", n))
	}
	d.Board.Up()
	d.Drain()
	before := d.cases()
	got := d.says("1", disguised).Readings.Decodes[0]
	if got.State() != lexicon.StatusSuspended || got.Precision.Wrong != decode.LeastDecided || d.cases() != before {
		t.Errorf("%s, %+v, %d more cases", got.State(), got.Precision, d.cases()-before)
	}
	d.says("1", "the zorvian stood there")
	if c := d.caseOf("1"); c.Priority != tocsin.PriorityMatch {
		t.Errorf("another tier fell with it: %+v", c.Case)
	}
}

// kept decides to keep an item before the platform was asked what it is.
func (d desk) kept(item string) {
	d.Helper()
	f := d.Host.Flow()
	d.reads(item, disguised)
	id, err := f.NextCase(d.Context(), d.Moderator.Actor)
	d.must(err)
	c, err := f.Case(d.Context(), d.Moderator.Actor, id)
	d.must(err)
	_, err = f.Decide(d.Context(), d.Moderator.Actor, id, finding(tocsin.OutcomeKeep), c.Content, "")
	d.must(err)
}
