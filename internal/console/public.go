// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin/internal/telemetry"
)

// public is every address for people without an account: notices, and complaints about what this host decided. It never
// reads a session; the token in an address is all that opens a page.
func (c *Console) public() http.Handler {
	mux := &addresses{ServeMux: http.NewServeMux()}
	open := func(pattern string, h handler) { mux.Handle(pattern, c.open(h)) }
	open("GET /notice/new", c.openNotice)
	open("POST /notice/new", c.limited(c.doors.public, c.sendNotice))
	open("GET /notice/{token}", c.limited(c.doors.public, c.showNoticeStatus))
	open("POST /notice/{token}/supplement", c.limited(c.doors.public, c.supplementNotice))
	open("POST /notice/{token}/complaint", c.limited(c.doors.public, c.complainOfNotice))
	open("POST /notice/{token}/objection", c.limited(c.doors.public, c.objectToSuspension))
	open("GET /complain/{token}", c.limited(c.doors.public, c.showComplaint))
	open("POST /complain/{token}", c.limited(c.doors.public, c.sendComplaint))
	open("GET /reading/new", c.openChallenge)
	open("POST /reading/new", c.limited(c.doors.public, c.sendChallenge))
	open("GET /reading/{token}", c.limited(c.doors.public, c.showChallengeStatus))
	open("/", c.nowhere)
	c.patterns = append(c.patterns, mux.patterns...)
	return c.Locale.Middleware(telemetry.Route(mux))
}
