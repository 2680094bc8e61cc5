// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// openHome leads to the first part of the console a person has any use of.
func (c *Console) openHome(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	tabs := c.tabs(r.Context(), who, "")
	if len(tabs) == 0 {
		return c.render(w, r, http.StatusOK, page.Failed(page.Trouble{
			Title: page.T(
				r.Context(),
				"console.home.nothing",
			), Detail: page.T(r.Context(), "console.home.nothing_explain")}))
	}
	return goTo(w, r, tabs[0].Address)
}
