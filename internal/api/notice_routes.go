// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"

	"tocsin/internal/flow"
)

func (s *service) intakeRoutes() {
	register(s, operation{id: "notice-submit", method: http.MethodPost, path: "/notices", at: "body.",
		scope: flow.ActionNoticeSubmit, status: http.StatusCreated, summary: "Give notice of an item",
		text: "A notice (Art. 16 DSA) restricts nothing: a person decides. The answer is the receipt, and names " +
			"what the notice lacks. The same external id gives the first receipt again with status 200; with " +
			"other content it is refused with 409. A key with the scope party:… speaks for that notifier of the " +
			"directory; a trusted flagger goes first within its field."}, s.submitNotice)
	register(s, operation{id: "notice-supplement", method: http.MethodPut, path: "/notices/{id}/form",
		at: "body.", scope: flow.ActionNoticeSubmit, status: http.StatusNoContent,
		summary: "Add what a notice lacks",
		text:    "Give the whole form as it reads now. Only the key that gave the notice may."}, s.supplementNotice)
	register(s, operation{id: "notice-status", method: http.MethodGet, path: "/notices/{id}/status",
		at: "path.", scope: flow.ActionNoticeSubmit, summary: "What became of a notice that this key gave",
		text: "The decision on each address, whether automated means decided, and the ways to contest it. Reading " +
			"it counts as being told (Art. 16(5) DSA): the six months to complain begin."}, s.noticeStatus)
	register(s, operation{id: "notice-list", method: http.MethodGet, path: "/notices", at: "query.",
		scope: flow.ActionNoticeRead, summary: "Notices, the latest first"}, s.listNotices)
	register(s, operation{id: "notice-read", method: http.MethodGet, path: "/notices/{id}", at: "path.",
		scope: flow.ActionNoticeRead, summary: "A notice with its history"}, s.readNotice)
	register(s, operation{id: "report-submit", method: http.MethodPost, path: "/reports", at: "body.",
		scope: flow.ActionNoticeSubmit, status: http.StatusCreated,
		summary: "Pass on what somebody reported on the platform",
		text: "The platform names the item by its own opaque reference, and whoever reported it by another one, " +
			"under which misuse is counted. The same external id gives the first answer again with status 200; " +
			"with other content it is refused with 409."}, s.submitReport)
	register(s, operation{id: "item-submit", method: http.MethodPost, path: "/items", at: "body.",
		scope: flow.ActionScreen, status: http.StatusCreated, summary: "Hand an item over as it appears",
		text: "It is screened, and what asks for a person is put before one. Assert that the item is public or was " +
			"reported; anything else is refused. The same external id gives the first answer again with status " +
			"200; with other content it is refused with 409."}, s.submitItem)
	register(s, operation{id: "complaint-list", method: http.MethodGet, path: "/complaints", at: "query.",
		scope: flow.ActionComplaintRead, summary: "Complaints, what must be answered soonest first",
		text: "A person answers a complaint in the console, and nothing else does."}, s.listComplaints)
	register(s, operation{id: "complaint-read", method: http.MethodGet, path: "/complaints/{id}", at: "path.",
		scope: flow.ActionComplaintRead, summary: "A complaint with its history"}, s.readComplaint)
}
