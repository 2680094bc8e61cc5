// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin"
)

// signOut ends the session on the node, not only in the browser. Who signed in at a provider is told where to sign out
// there, too.
func (c *Console) signOut(w http.ResponseWriter, r *http.Request) error {
	who, err := c.current(r, false)
	there := err == nil && who.SignsInBy() == tocsin.WayProvider
	if err := c.end(r.Context(), nil); err != nil {
		return err
	}
	if there {
		return goTo(w, r, "/sign-in?left=provider")
	}
	return goTo(w, r, "/sign-in")
}
