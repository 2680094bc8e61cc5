// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/url"

	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// listLexicon shows what texts are read for, and how often people agreed.
func (c *Console) listLexicon(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	after := r.URL.Query().Get("after")
	list, next, reads, err := c.Flow.LexiconEntries(r.Context(), who.Actor(), after)
	if err != nil {
		return err
	}
	shown := page.Lexicon{Entries: list, Reads: reads, Shares: c.Flow.ExchangesEntries()}
	if next != "" {
		shown.NextPage = "/lexicon?" + url.Values{"after": {next}}.Encode()
	}
	if after != "" {
		shown.FirstPage = "/lexicon"
	}
	return c.render(w, r, http.StatusOK, page.LexiconList(shown))
}
