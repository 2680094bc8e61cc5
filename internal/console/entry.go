// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// entryParts in the order of the page; the first is what is shown when nobody asks for another.
var entryParts = []part{
	{"proposed", []string{string(tocsin.EntryProposed)}},
	{"approved", []string{string(tocsin.EntryApproved)}},
	{"in_use", []string{string(tocsin.EntryInUse)}},
	{"retracted", []string{string(tocsin.EntryRetracted)}},
}

// entryRoutes are the pages on which entries of lexicons are shared with other parties.
func (c *Console) entryRoutes(signed func(string, signedHandler)) {
	signed("GET /entries", c.listEntries)
	signed("GET /entries/new", c.offerEntries)
	signed("POST /entries/new", c.addEntries)
	signed("GET /entries/{id}", c.showEntry)
}

// listEntries shows the entries that parties propose to each other.
func (c *Console) listEntries(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	at, after := partOf(r, entryParts), r.URL.Query().Get("after")
	lines, next, err := c.Flow.SharedEntries(ctx, who.Actor(), flow.SharedEntryFilter{States: at.states, After: after, Limit: pageSize})
	if err != nil {
		return err
	}
	shown := page.SharedEntries{Lines: lines, Off: !c.Flow.ExchangesEntries(),
		Add: c.Flow.ExchangesEntries() && c.Flow.Policy.Decide(who.Actor(), flow.ActionLexiconAdd, nil) == nil}
	if shown.Filters, err = c.partTabs(ctx, who, tocsin.KindEntry, "/entries", entryParts, at,
		func(name string) string { return page.T(ctx, "console.state.entry."+name) }); err != nil {
		return err
	}
	shown.Next, shown.First = pagesOf("/entries", at, next, after)
	if len(lines) == 0 {
		shown.Empty = page.Blank{Says: page.T(ctx, "console.entry.empty"), Explain: page.T(ctx, "console.entry.empty_explain")}
	}
	return c.render(w, r, http.StatusOK, page.EntryList(shown))
}

// offerEntries shows the form into which a lexicon is put.
func (c *Console) offerEntries(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionLexiconAdd, nil); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.EntryAdd(page.NewEntries{}))
}

// addEntries puts the entries of a lexicon into the exchange, or says all that is wrong with them.
func (c *Console) addEntries(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, text := r.Context(), r.PostForm.Get("entry.text")
	ids, faults, err := c.Flow.AddEntries(ctx, who.Actor(), []byte(text))
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		shown := page.NewEntries{Text: text, Faults: faults, Problem: page.Problem{Field: "entry.text", Message: message(ctx, e)}}
		if len(faults) == 0 {
			shown.Said = e.Public
		}
		return c.render(w, r, http.StatusUnprocessableEntity, page.EntryAdd(shown))
	}
	if err != nil {
		return err
	}
	c.notice(ctx, "console.notice.entries_added")
	if len(ids) == 1 {
		return goTo(w, r, "/entries/"+string(ids[0]))
	}
	return goTo(w, r, "/entries")
}

// showEntry opens an entry with who approves it, whom it went to, and what may be done.
func (c *Console) showEntry(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.SharedEntryOf(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	shown := page.SharedEntry{SharedEntryView: view, Acts: c.deedActs(ctx, "entries", view.ID, view.Choices)}
	return c.renderNaming(w, r, http.StatusOK, page.EntryShow(shown), c.names(ctx, actorsOf(view.History, view.AdoptedBy)...))
}

// entryDeeds are what a party says of an entry, and what this node does with it.
func (c *Console) entryDeeds() []deed {
	f := c.Flow
	of := func(d deed) deed {
		d.kind, d.action = "entries", flow.ActionLexiconApprove
		return d
	}
	adopts := func(d deed) deed {
		d.kind, d.action = "entries", flow.ActionLexiconAdopt
		return d
	}
	return []deed{
		of(deed{name: flow.ChoiceApprove, pick: "entry.voice", at: map[string]string{"voice": "entry.voice"}, looks: true,
			effects: says("console.entry.signs", "console.entry.told_all", "console.entry.adopts"), options: c.voices,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.ApproveEntry(ctx, who, on.id, lexicon.Role(given.pickOne()))
			}}),
		of(deed{name: flow.ChoiceSend, pick: "entry.party", at: map[string]string{"party": "entry.party"},
			effects: says("console.entry.sends", "console.entry.told_later", "console.entry.evades"), options: c.receivers,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.ShareEntry(ctx, who, on.id, tocsin.PartyID(given.pickOne()))
			}}),
		of(deed{name: flow.ChoiceRetract, field: "entry.reasons", looks: true,
			effects: says("console.entry.takes_back", "console.entry.ends", "console.entry.told_reasons"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.RetractEntry(ctx, who, on.id, given.text)
			}}),
		adopts(deed{name: flow.ChoiceAdopt, effects: says("console.entry.reads", "console.entry.replaces"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.AdoptEntry(ctx, who, on.id)
			}}),
		adopts(deed{name: flow.ChoiceDrop, effects: says("console.entry.reads_no_more", "console.entry.file_goes_on"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.DropEntry(ctx, who, on.id)
			}}),
	}
}

// voices are as what this party may approve.
func (c *Console) voices(ctx context.Context, _ flow.Individual, _ deedOn) (all []page.Option, err error) {
	for _, v := range c.Flow.EntryVoices() {
		all = append(all, page.Option{Value: string(v), Label: page.T(ctx, "console.voice."+string(v))})
	}
	return all, nil
}

// receivers are the parties that an entry did not go to yet.
func (c *Console) receivers(_ context.Context, _ flow.Individual, on deedOn) (all []page.Option, err error) {
	for _, p := range c.Flow.Directory().Parties {
		if p.ID != c.Flow.Identity.Party && p.Endpoint != "" && !slices.Contains(on.entry.Sharers, p.ID) {
			all = append(all, page.Option{Value: string(p.ID), Label: p.Name})
		}
	}
	return all, nil
}
