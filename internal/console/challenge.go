// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"slices"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// challengeParts in the order of the page; the first is what is shown when nobody asks for another.
var challengeParts = []part{
	{"open", []string{string(tocsin.ChallengeOpen)}},
	{"upheld", []string{string(tocsin.ChallengeUpheld)}},
	{"rejected", []string{string(tocsin.ChallengeRejected)}},
}

// challengeRoutes are the pages on which challenges of readings are answered.
func (c *Console) challengeRoutes(signed func(string, signedHandler)) {
	signed("GET /challenges", c.listChallenges)
	signed("GET /challenges/{id}", c.showChallenge)
}

// listChallenges shows challenges, the open ones first, and what is due first among them.
func (c *Console) listChallenges(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	at, after := partOf(r, challengeParts), r.URL.Query().Get("after")
	lines, next, err := c.Flow.Challenges(ctx, who.Actor(), flow.ChallengeFilter{States: at.states, After: after, Limit: pageSize})
	if err != nil {
		return err
	}
	shown := page.Challenges{Lines: lines}
	if shown.Filters, err = c.partTabs(ctx, who, tocsin.KindChallenge, "/challenges", challengeParts, at,
		func(name string) string { return page.T(ctx, "console.state.challenge."+name) }); err != nil {
		return err
	}
	shown.Next, shown.First = pagesOf("/challenges", at, next, after)
	if len(lines) == 0 {
		shown.Empty = page.Blank{Says: page.T(ctx, "console.challenge.empty"), Explain: page.T(ctx, "console.challenge.empty_explain")}
	}
	return c.renderNaming(w, r, http.StatusOK, page.ChallengeList(shown), c.names(ctx, answerers(lines)...))
}

func answerers(lines []flow.ChallengeView) (all []tocsin.ActorID) {
	for _, line := range lines {
		all = append(all, line.AnsweredBy)
	}
	return all
}

// showChallenge opens a challenge, with what this node reads in the text now.
func (c *Console) showChallenge(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.ChallengeOf(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	shown := page.Challenged{ChallengeView: view, Acts: c.deedActs(ctx, "challenges", view.ID, view.Choices)}
	return c.renderNaming(w, r, http.StatusOK, page.ChallengeShow(shown),
		c.names(ctx, actorsOf(view.History, view.AnsweredBy)...))
}

// challengeDeeds answer a challenge.
func (c *Console) challengeDeeds() []deed {
	f := c.Flow
	return []deed{
		{kind: "challenges", name: flow.ChoiceUphold, action: flow.ActionChallengeAnswer, field: "challenge.reasons", pick: "challenge.entry",
			at: map[string]string{"entry": "challenge.entry"}, looks: true,
			effects: says("console.challenge.held", "console.challenge.others", "console.challenge.reads"),
			told:    []string{"public.challenge.upheld"}, options: c.contested,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.UpholdChallenge(ctx, who, on.id, given.pickOne(), given.text)
			}},
		{kind: "challenges", name: flow.ChoiceReject, action: flow.ActionChallengeAnswer, field: "challenge.reasons", looks: true,
			effects: says("console.challenge.stays", "console.challenge.reads"),
			told:    []string{"public.challenge.rejected"},
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.RejectChallenge(ctx, who, on.id, given.text)
			}},
	}
}

// contested are the entries that a text is read as now: one of them is what a challenge is upheld against.
func (c *Console) contested(_ context.Context, _ flow.Individual, on deedOn) (all []page.Option, err error) {
	for _, d := range on.challenge.Readings {
		o := page.Option{Value: flow.EntryName(&d.Entry), Label: d.Entry.ID + " – " + d.Entry.Sense}
		if !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	return all, nil
}
