// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/match"
)

// TestNewSignalFindsWhatWasScreenedBefore keeps hashes for a day and adds signals by hand and by import.
func TestNewSignalFindsWhatWasScreenedBefore(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority},
			Configure: func(c *config.Config) { c.Matching.KeepHashesFor = 24 * time.Hour }})
		b := bench{w}
		b.open("LATER", nil)
		seen := func(value, item string) {
			b.screen(value, func(s *flow.Screening) { s.Pieces[0].Item = item })
		}
		seen(known, "post:1")
		seen(near, "post:2")
		seen(far, "post:3")
		seen(known, "") // nobody named it, so nothing is kept of it
		b.Clock.Advance(time.Hour)
		b.add("LATER", known)
		b.hasCases("post:1", "post:2")
		b.load("LATER", "pdq "+far, "pdq "+known)
		b.hasCases("post:1", "post:2", "post:3")
		b.Clock.Advance(24 * time.Hour)
		b.open("TOO_LATE", nil)
		b.add("TOO_LATE", near)
		b.must(b.Host.Restart(b.Context()))
		b.add("TOO_LATE", far)
		b.Until("the new signal was looked at", func() bool { return b.position() })
		for _, c := range b.hasCases("post:1", "post:2", "post:3") {
			for _, m := range c.File.Matches {
				if m.Bank != c.File.Matches[0].Bank {
					t.Errorf("%s was kept for more than a day", c.File.Item)
				}
			}
		}
		_, err := b.Host.Flow().Screen(b.Context(), b.Moderator.Actor, flow.Screening{Assertion: flow.AssertedPublic,
			Pieces: []flow.Piece{{Queries: []match.Query{{Type: "pdq", Value: known}},
				Item: "https://board.example/post/1"}}})
		if tocsin.ReasonOf(err) != tocsin.ReasonFormat {
			t.Errorf("an address was taken for an opaque reference: %v", err)
		}
		w.MustBeIntact(w.Host)
	})
}

// position reports whether everything in the journal was looked at.
func (b bench) position() bool {
	b.Helper()
	done := false
	b.must(b.Host.Flow().Store.View(b.Context(), func(tx flow.Tx) error {
		head, err := tx.Head()
		if err != nil {
			return err
		}
		at, err := tx.Position("retrospect")
		done = at >= head.Seq
		return err
	}))
	return done
}

// hasCases waits until there are cases of just these items.
func (b bench) hasCases(items ...string) (cases []flow.CaseView) {
	b.Helper()
	b.Until("there are cases of "+strings.Join(items, " "), func() bool {
		lines, _, err := b.Host.Flow().Cases(b.Context(), b.Moderator.Actor, flow.CaseFilter{Limit: 100,
			States: []tocsin.CaseState{tocsin.CaseOpen, tocsin.CaseClaimed, tocsin.CaseDecided, tocsin.CaseClosed}})
		b.must(err)
		cases = nil
		var got []string
		for _, line := range lines {
			c, err := b.Host.Flow().Case(b.Context(), b.Moderator.Actor, line.ID)
			b.must(err)
			cases, got = append(cases, c), append(got, c.File.Item)
		}
		slices.Sort(got)
		return slices.Equal(got, items)
	})
	return cases
}
