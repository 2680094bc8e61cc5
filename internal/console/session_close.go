// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import "net/http"

// signOut ends the session on the node, not only in the browser.
func (c *Console) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := c.end(r.Context(), nil); err != nil {
		return err
	}
	return goTo(w, r, "/sign-in")
}
