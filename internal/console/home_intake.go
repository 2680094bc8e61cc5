// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// addIntake adds what complaints, notices and senders have, for whoever has something to do with them.
func (c *Console) addIntake(ctx context.Context, home *page.Start, who flow.Individual) error {
	if c.Flow.Platform != nil && c.Flow.Policy.Decide(who.Actor(), flow.ActionComplaintRead, nil) == nil {
		if err := c.addFigures(ctx, home, who, tocsin.KindComplaint, "/complaints", "console.complaint.title",
			complaintParts[0].states); err != nil {
			return err
		}
	}
	if host, authority := c.Flow.TakesNotices(); !host && !authority ||
		c.Flow.Policy.Decide(who.Actor(), flow.ActionNoticeRead, nil) != nil {
		return c.addUrgentComplaints(ctx, home, who)
	}
	for _, s := range []struct {
		kind           tocsin.RecordKind
		address, title string
		states         []string
	}{
		{tocsin.KindNotice, "/notices", "console.notice_desk.title", append(noticeParts[0].states[:2:2], noticeParts[1].states...)},
		{tocsin.KindMisuse, "/misuse", "console.misuse.title", senderParts[0].states},
	} {
		if err := c.addFigures(ctx, home, who, s.kind, s.address, s.title, s.states); err != nil {
			return err
		}
	}
	return c.addUrgentComplaints(ctx, home, who)
}

// addFigures adds a chart of one kind; each bar leads to the list.
func (c *Console) addFigures(ctx context.Context, home *page.Start, who flow.Individual, kind tocsin.RecordKind,
	address, title string, states []string) error {
	counts, err := c.Flow.Tally(ctx, who.Actor(), kind, states)
	if err != nil {
		return err
	}
	figures := page.StateFigures(ctx, string(kind), kind, page.T(ctx, title), states, counts)
	for i := range figures.Rows {
		figures.Rows[i].Address = address
	}
	home.Figures = append(home.Figures, figures)
	return nil
}

// addUrgentComplaints puts complaints among what is due, for whoever answers them.
func (c *Console) addUrgentComplaints(ctx context.Context, home *page.Start, who flow.Individual) error {
	if c.Flow.Platform == nil || c.Flow.Policy.Decide(who.Actor(), flow.ActionComplaintHandle, nil) != nil {
		return nil
	}
	open, _, err := c.Flow.Complaints(ctx, who.Actor(), flow.ComplaintFilter{States: complaintParts[0].states, Limit: mostUrgent})
	if err != nil {
		return err
	}
	var ids []tocsin.RecordID
	for _, v := range open {
		ids = append(ids, v.ID)
	}
	lines, err := c.Flow.Lines(ctx, who.Actor(), ids)
	home.Urgent = append(home.Urgent, lines...)
	return err
}
