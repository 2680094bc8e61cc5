// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// inlet is a list of what arrives from outside, beside orders and cases.
type inlet struct {
	kind           tocsin.RecordKind
	address, title string
	states         []string // of what waits
	read           flow.Action
	open           bool // this node takes it
}

func (c *Console) inlets() []inlet {
	host, authority := c.Flow.TakesNotices()
	return []inlet{
		{tocsin.KindComplaint, "/complaints", "console.complaint.title", complaintParts[0].states,
			flow.ActionComplaintRead, c.Flow.Platform != nil},
		{tocsin.KindNotice, "/notices", "console.notice_desk.title", append(noticeParts[0].states[:2:2], noticeParts[1].states...),
			flow.ActionNoticeRead, host || authority},
		{tocsin.KindMisuse, "/misuse", "console.misuse.title", senderParts[0].states, flow.ActionNoticeRead, host || authority},
		{tocsin.KindChallenge, "/challenges", "console.challenge.title", challengeParts[0].states,
			flow.ActionChallengeRead, c.Flow.TakesChallenges()},
		{tocsin.KindEntry, "/entries", "console.entry.title", append(entryParts[0].states[:1:1], entryParts[1].states...),
			flow.ActionLexiconRead, c.Flow.ExchangesEntries()},
	}
}

// addIntake adds what arrived from outside, for whoever may read it.
func (c *Console) addIntake(ctx context.Context, home *page.Start, who flow.Individual) error {
	for _, in := range c.inlets() {
		if !in.open || c.Flow.Policy.Decide(who.Actor(), in.read, nil) != nil {
			continue
		}
		if err := c.addFigures(ctx, home, who, in); err != nil {
			return err
		}
	}
	return c.addUrgent(ctx, home, who)
}

// addFigures adds a chart of what arrived of one kind; each bar leads to the list.
func (c *Console) addFigures(ctx context.Context, home *page.Start, who flow.Individual, in inlet) error {
	counts, err := c.Flow.Tally(ctx, who.Actor(), in.kind, in.states)
	if err != nil {
		return err
	}
	figures := page.StateFigures(ctx, string(in.kind), in.kind, page.T(ctx, in.title), in.states, counts)
	for i := range figures.Rows {
		figures.Rows[i].Address = in.address
	}
	home.Figures = append(home.Figures, figures)
	return nil
}

// addUrgent puts complaints and challenges among what is due, for whoever answers them.
func (c *Console) addUrgent(ctx context.Context, home *page.Start, who flow.Individual) error {
	actor := who.Actor()
	var ids []tocsin.RecordID
	if c.Flow.Platform != nil && c.Flow.Policy.Decide(actor, flow.ActionComplaintHandle, nil) == nil {
		open, _, err := c.Flow.Complaints(ctx, actor, flow.ComplaintFilter{States: complaintParts[0].states, Limit: mostUrgent})
		if err != nil {
			return err
		}
		for _, v := range open {
			ids = append(ids, v.ID)
		}
	}
	if c.Flow.TakesChallenges() && c.Flow.Policy.Decide(actor, flow.ActionChallengeAnswer, nil) == nil {
		open, _, err := c.Flow.Challenges(ctx, actor, flow.ChallengeFilter{States: challengeParts[0].states, Limit: mostUrgent})
		if err != nil {
			return err
		}
		for _, v := range open {
			ids = append(ids, v.ID)
		}
	}
	lines, err := c.Flow.Lines(ctx, actor, ids)
	home.Urgent = append(home.Urgent, lines...)
	return err
}
