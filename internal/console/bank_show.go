// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// bankRoutes are the pages of what this node matches on.
func (c *Console) bankRoutes(signed func(string, signedHandler)) {
	signed("GET /banks", c.listBanks)
	signed("GET /banks/{id}", c.showBank)
	signed("GET /signals/{id}", c.showSignal)
	signed("GET /lexicon", c.listLexicon)
}

// listBanks shows the banks this person may read.
func (c *Console) listBanks(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionBankRead, nil); err != nil {
		return err
	}
	closed := r.URL.Query().Get("show") == "all"
	banks, err := c.Flow.Banks(ctx, who.Actor(), closed)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.BankList(page.Banks{All: banks, Matches: c.Flow.Matcher != nil,
		Filters: []page.Tab{
			{Address: "/banks", Label: page.T(ctx, "console.banks.open"), Current: !closed},
			{Address: "/banks?show=all", Label: page.T(ctx, "console.banks.all"), Current: closed},
		}}))
}

// showBank shows what is in a bank, and why.
func (c *Console) showBank(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	after := r.URL.Query().Get("after")
	shelf, err := c.Flow.Shelf(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")), after, 0)
	if err != nil {
		return err
	}
	shown := page.BankPage{BankShelf: shelf}
	here := "/banks/" + string(shelf.ID)
	if shelf.Next != "" {
		shown.NextPage = here + "?" + url.Values{"after": {shelf.Next}}.Encode()
	}
	if after != "" {
		shown.FirstPage = here
	}
	return c.render(w, r, http.StatusOK, page.BankShow(shown))
}

// showSignal shows one signal: who stands behind it, who holds it for wrong, and what may be done.
func (c *Console) showSignal(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.Signal(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.renderNaming(w, r, http.StatusOK, page.SignalShow(page.SignalPage{SignalView: view,
		Acts: c.signalActs(ctx, who, &view)}), c.names(ctx, actorsOf(view.History)...))
}
