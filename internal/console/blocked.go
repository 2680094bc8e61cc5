// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import "net/http"

// blockedPath is where a browser says by itself that the policy of a page stopped something.
const blockedPath = "/blocked"

// countBlocked counts, and reads nothing: a report holds addresses, and pieces of what was stopped. It takes no session,
// and its limit is its own.
func (c *Console) countBlocked(w http.ResponseWriter, r *http.Request) {
	if c.doors.reports.allow(classOf(c.caller(r))) != nil {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if c.Blocked != nil {
		c.Blocked()
	}
	w.WriteHeader(http.StatusNoContent)
}
