// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"strings"
	"testing"
	"time"

	"tocsin"
)

func challengeForm() tocsin.ChallengeForm {
	return tocsin.ChallengeForm{Text: "the zorvian cheese", Entry: "lex:zorvian", Reasons: text, Language: "en"}
}

func submittedChallenge(at time.Time) (*tocsin.Challenge, []tocsin.Event) {
	c, events, err := tocsin.SubmitChallenge(party(at), challengeForm(), nil, tocsin.EUPeriods())
	return c, must(events, err)
}

func challengeMachine() machine {
	type challenge = *tocsin.Challenge
	_, submitted := submittedChallenge(noon)
	return machine{tocsin.KindChallenge, [][]tocsin.Event{submitted}, []command{
		clockwork,
		on(func(c challenge, at time.Time) ([]tocsin.Event, error) { return c.Uphold(officer(0, at), text, nil) }),
		on(func(c challenge, at time.Time) ([]tocsin.Event, error) { return c.Reject(officer(0, at), text, nil) }),
		on(func(c challenge, at time.Time) ([]tocsin.Event, error) { return c.Tell(party(at)) }),
	}}
}

func TestChallengeIsAnsweredByAPersonAndOnlyOnce(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		by      tocsin.By
		reasons string
		want    tocsin.Reason
	}{
		"a machine":     {party(noon), text, tocsin.ReasonRole},
		"no reasons":    {officer(0, noon), " ", tocsin.ReasonMissing},
		"endless words": {officer(0, noon), strings.Repeat("a", 5001), tocsin.ReasonTooLong},
	} {
		c, _ := submittedChallenge(noon)
		before := encode(t, c)
		events, err := c.Uphold(row.by, row.reasons, nil)
		if tocsin.ReasonOf(err) != row.want {
			t.Errorf("%s: %v, want %s", name, err, row.want)
		}
		refused(t, c, before, events, err)
	}
	c, _ := submittedChallenge(noon)
	must(c.Reject(officer(0, noon), text, nil))
	before := encode(t, c)
	events, err := c.Uphold(officer(1, noon), text, nil)
	refused(t, c, before, events, err)
}

// TestNobodyIsCalledTwiceOverOneChallenge: the clock tells once that nobody answered, and then runs no more.
func TestNobodyIsCalledTwiceOverOneChallenge(t *testing.T) {
	t.Parallel()
	c, _ := submittedChallenge(noon)
	due := *c.Due()
	for at, want := range map[time.Time]int{due.Add(-time.Microsecond): 0, due: 1} {
		fresh, _ := submittedChallenge(noon)
		if events, err := fresh.Tick(tocsin.By{Actor: tocsin.ActorClock, At: at}, tocsin.EUPeriods()); err != nil || len(events) != want {
			t.Errorf("at %s: %d events, %v", at, len(events), err)
		}
	}
	late := tocsin.By{Actor: tocsin.ActorClock, At: due}
	must(c.Tick(late, tocsin.EUPeriods()))
	if events, err := c.Tick(late, tocsin.EUPeriods()); err != nil || len(events) != 0 || c.Due() != nil || !c.Late {
		t.Errorf("told again: %v, %v, due %v", events, err, c.Due())
	}
	must(c.Reject(officer(0, due), text, nil)) // late is not never
}

func TestChallengeSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*tocsin.ChallengeForm){
		"no text":      func(f *tocsin.ChallengeForm) { f.Text = " " },
		"a book":       func(f *tocsin.ChallengeForm) { f.Text = strings.Repeat("a", 2001) },
		"no reasons":   func(f *tocsin.ChallengeForm) { f.Reasons = "" },
		"a long entry": func(f *tocsin.ChallengeForm) { f.Entry = strings.Repeat("a", 161) },
		"no text form": func(f *tocsin.ChallengeForm) { f.Text = "\xff" },
	} {
		form := challengeForm()
		spoil(&form)
		if c, events, err := tocsin.SubmitChallenge(party(noon), form, nil, tocsin.EUPeriods()); err == nil || c != nil || events != nil {
			t.Errorf("%s is taken", name)
		}
	}
	form := challengeForm()
	form.Entry = "" // nobody need know the entry
	if _, _, err := tocsin.SubmitChallenge(party(noon), form, nil, tocsin.EUPeriods()); err != nil {
		t.Error(err)
	}
}
