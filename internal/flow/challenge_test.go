// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

func contested() tocsin.ChallengeForm {
	return tocsin.ChallengeForm{Text: "our Zorvian soup", Reasons: "It is a soup.", Language: "en"}
}

// TestEntryIsReadNoMoreOnceAChallengeIsUpheld follows two challenges from the public form to their answers.
func TestEntryIsReadNoMoreOnceAChallengeIsUpheld(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	f := d.Host.Flow()
	handler, err := d.Host.Hire(d.Context(), tocsin.DutyComplaintHandler)
	d.must(err)
	token, err := f.SubmitChallenge(d.Context(), "key_1", contested())
	d.must(err)
	if again, err := f.SubmitChallenge(d.Context(), "key_1", contested()); err != nil || again != token {
		t.Errorf("sent twice: %q, %v", again, err)
	}
	other, err := f.SubmitChallenge(d.Context(), "", contested())
	d.must(err)
	list, _, err := f.Challenges(d.Context(), handler.Actor, flow.ChallengeFilter{States: []string{string(tocsin.ChallengeOpen)}})
	d.must(err)
	if len(list) != 2 {
		t.Fatalf("%d open challenges", len(list))
	}
	s, err := f.ChallengeByToken(d.Context(), token)
	d.must(err)
	v, err := f.ChallengeOf(d.Context(), handler.Actor, s.ID)
	d.must(err)
	if len(v.Readings) != 1 || v.Readings[0].Entry.ID != "lex:zorvian" {
		t.Fatalf("the handler sees %v", v.Readings)
	}
	for _, entry := range []string{"", "zorvian", "lex:zorvian"} {
		if err := f.UpholdChallenge(d.Context(), handler.Actor, s.ID, entry, "A soup."); tocsin.CodeOf(err) != tocsin.CodeInvalid {
			t.Errorf("upheld against %q: %v", entry, err)
		}
	}
	if err := f.UpholdChallenge(d.Context(), d.Moderator.Actor, s.ID, "lex:zorvian@1", "A soup."); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("a moderator answers: %v", err)
	}
	d.must(f.UpholdChallenge(d.Context(), handler.Actor, s.ID, flow.EntryName(&v.Readings[0].Entry), "A soup."))
	if n := len(d.says("1", "the zorvian stood there").Readings.Decodes); n != 0 || d.cases() != 0 {
		t.Errorf("%d readings, %d cases", n, d.cases())
	}
	if n := len(d.says("1", "the quimber lantern stood there").Readings.Decodes); n != 1 {
		t.Errorf("%d readings of another entry", n)
	}
	offPicture, err := f.SubmitChallenge(d.Context(), "", tocsin.ChallengeForm{Text: "our qulmber lantern soup", Reasons: "It is a soup."})
	d.must(err)
	third, err := f.ChallengeByToken(d.Context(), offPicture)
	d.must(err)
	if v, err := f.ChallengeOf(d.Context(), handler.Actor, third.ID); err != nil || len(v.Readings) != 1 || !v.Readings[0].Context.FromPicture {
		t.Errorf("of a text off a picture the handler sees %v, %v", v.Readings, err)
	}
	second, err := f.ChallengeByToken(d.Context(), other)
	d.must(err)
	d.must(f.RejectChallenge(d.Context(), handler.Actor, second.ID, "It was answered."))
	for token, want := range map[string]tocsin.ChallengeState{token: tocsin.ChallengeUpheld, other: tocsin.ChallengeRejected} {
		s, err := f.ChallengeByToken(d.Context(), token)
		if err != nil || s.Status != want || s.Answer == "" {
			t.Errorf("%s: %+v, %v", want, s, err)
		}
		if s, err = f.ChallengeByToken(d.Context(), token); err != nil || s.ToldAt == nil {
			t.Errorf("nobody knows that the answer was read: %v", err)
		}
	}
	d.MustBeIntact(d.Host)
	for who, want := range map[*testkit.Person]int{handler: 1, d.Moderator: 0} { // by the address that the challenger has
		found, err := f.Search(d.Context(), who.Actor, "https://board.example/reading/"+token, 10)
		if err != nil || len(found) != want {
			t.Errorf("%d found, want %d: %v", len(found), want, err)
		}
	}
	for _, token := range []string{"", "cst_", token[:len(token)-1] + "x", "nst" + token[3:]} {
		if _, err := f.ChallengeByToken(d.Context(), token); tocsin.CodeOf(err) != tocsin.CodeNotFound {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestNodeThatReadsNothingTakesNoChallenge(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	if _, err := d.Host.Flow().SubmitChallenge(d.Context(), "", contested()); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Error(err)
	}
}
