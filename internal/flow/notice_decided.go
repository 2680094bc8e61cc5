// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"

	"tocsin"
)

// queue puts a notice before a person. What was decided before about one of its items, and stands, answers it at once:
// its case was not opened again, because there is nothing else to find.
func (u *unit) queue(n *tocsin.Notice, cases []tocsin.RecordID) error {
	events, err := n.Queue(u.clock(), cases)
	if err := u.did(n, events, err); err != nil {
		return err
	}
	for _, id := range cases {
		c, err := load[*tocsin.Case](u, id)
		if err != nil {
			return err
		}
		latest := c.LatestDecision()
		if latest == "" {
			continue
		}
		d, err := load[*tocsin.Decision](u, latest)
		if err != nil {
			return err
		}
		if err := u.answerNotice(u.clock(), n, d.Outcome, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// noticesDecided tells each notice of a case what was decided.
func (u *unit) noticesDecided(by tocsin.By, c *tocsin.Case, d *tocsin.Decision) error {
	return u.eachNotice(c, func(n *tocsin.Notice) error { return u.answerNotice(by, n, d.Outcome, d.ID) })
}

// noticesUndecided takes that back.
func (u *unit) noticesUndecided(by tocsin.By, c *tocsin.Case, d *tocsin.Decision) error {
	return u.eachNotice(c, func(n *tocsin.Notice) error {
		if !answeredBy(n, d.ID) {
			return nil
		}
		unfounded := n.Unfounded
		events, err := n.Undecide(by, d.ID, u.f.Settings.Periods)
		if err := u.did(n, events, err); err != nil || !unfounded {
			return err
		}
		return u.unjudged(by, n)
	})
}

// noticesReversed tells the notices of what a decision restricted that it is kept after all.
func (u *unit) noticesReversed(by tocsin.By, d *tocsin.Decision) error {
	for _, covered := range d.Items {
		c, err := load[*tocsin.Case](u, covered.Case)
		if err != nil {
			return err
		}
		if err := u.noticesUndecided(by, c, d); err != nil {
			return err
		}
	}
	for _, covered := range d.Items {
		c, err := load[*tocsin.Case](u, covered.Case)
		if err != nil {
			return err
		}
		err = u.eachNotice(c, func(n *tocsin.Notice) error {
			return u.answerNotice(by, n, tocsin.OutcomeKeep, d.ID)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// answerNotice records a decision once, however many items of the notice it covers.
func (u *unit) answerNotice(by tocsin.By, n *tocsin.Notice, outcome tocsin.Outcome, decision tocsin.RecordID) error {
	if answeredBy(n, decision) {
		return nil
	}
	events, err := n.Decide(by, outcome, decision)
	if err := u.did(n, events, err); err != nil {
		return err
	}
	return u.mailed(n, events)
}

func answeredBy(n *tocsin.Notice, decision tocsin.RecordID) bool {
	return slices.ContainsFunc(n.Answers, func(a tocsin.NoticeAnswer) bool { return a.Decision == decision })
}

func (u *unit) eachNotice(c *tocsin.Case, do func(*tocsin.Notice) error) error {
	for _, id := range c.Notices {
		n, err := load[*tocsin.Notice](u, id)
		if err != nil {
			return err
		}
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// noticesUnlocated sends the notices of a case back whose item the platform does not know: they ask for the exact
// address, and no notice waits for a decision that nobody can take.
func (u *unit) noticesUnlocated(c *tocsin.Case) error {
	return u.eachNotice(c, func(n *tocsin.Notice) error {
		events, err := n.Unlocated(u.clock(), u.f.Settings.Periods)
		if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
			return nil // answered already, or about other items too
		}
		if err := u.did(n, events, err); err != nil {
			return err
		}
		return u.mailed(n, events)
	})
}
