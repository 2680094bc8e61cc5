// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/wire"
)

const (
	securityScheme    = "serviceKey"
	idempotencyHeader = "Idempotency-Key"
)

// operation is one line of the table below.
type operation struct {
	id, method, path string
	scope            flow.Action // that the service key must hold; none where the operation judges by itself
	at               string      // where in the request the domain's fields are, such as "body."
	status           int         // of success; 200 when zero
	maxBody          int64       // maxBody when zero
	summary, text    string

	slow    time.Duration                          // how long the body may take to arrive; 5 s when zero
	instead func(huma.Context, func(huma.Context)) // takes requests that the operation itself cannot
	body    *huma.RequestBody                      // of an operation that reads it itself
	answer  *huma.Response                         // of one that writes it itself
}

// routes is every operation there is.
func (s *service) routes() {
	register(s, operation{id: "info", method: http.MethodGet, path: "/info",
		summary: "Which node this is, and where its log stands"}, s.info)
	s.orderRoutes()
	register(s, operation{id: "item-read", method: http.MethodGet, path: "/items/{id}",
		scope:   flow.ActionItemRead,
		summary: "An item with its restrictions"}, s.readItem)
	register(s, operation{id: "host-inform", method: http.MethodPost, path: "/hosts/{host}/information",
		at:    "path.",
		scope: flow.ActionHostInform, status: http.StatusAccepted,
		summary: "Send a host the prior information of Art. 3(2)",
		text:    "The twelve hours before a first order start. Doing it twice is harmless."}, s.informHost)
	register(s, operation{id: "directory-read", method: http.MethodGet, path: "/directory",
		scope: flow.ActionDirectoryRead, summary: "The directory in use"}, s.readDirectory)
	register(s, operation{id: "directory-import", method: http.MethodPost, path: "/directory", at: "body.",
		scope: flow.ActionDirectoryLoad, maxBody: wire.MaxDirectory + maxBody, summary: "Import a newer directory",
		text: "It must be signed by as many of the pinned publishers as the node's settings ask for. The " +
			"publishers' public keys come along; only those whose fingerprints are pinned count. Revocations take " +
			"effect at once and reopen the orders they touch."}, s.importDirectory)
	s.peopleRoutes()
	s.policyRoutes()
	s.auditRoutes()
	s.bankRoutes()
	s.signalRoutes()
	s.importRoutes()
	s.screenRoutes()
	s.caseRoutes()
	s.intakeRoutes()
	s.alertRoutes()
	register(s, operation{id: "job-list", method: http.MethodGet, path: "/jobs", at: "query.",
		scope:   flow.ActionJobRead,
		summary: "Work outside: pending and failed, or the latest"}, s.listJobs)
	register(s, operation{id: "job-rerun", method: http.MethodPost, path: "/jobs/{id}/rerun", at: "path.",
		scope: flow.ActionJobRerun, status: http.StatusNoContent, summary: "Put a failed job back to work"},
		s.rerunJob)
	register(s, operation{id: "search", method: http.MethodGet, path: "/search", at: "query.",
		summary: "Find orders, copies and items by reference, file number or address",
		text:    "Gives what the key may read. There is no search by person."}, s.search)
	register(s, operation{id: "search-content", method: http.MethodPost, path: "/search/content", at: "body.",
		scope: flow.ActionOrderRead, maxBody: maxContentBody, summary: "Find cases, decisions, items and orders about exactly one content",
		text: "Give one of: the whole text, an address, a hash. What was looked for is kept nowhere. Gives what the key may " +
			"read. There is no search by person."}, s.searchContent)
	register(s, operation{id: "record-erase", method: http.MethodPost, path: "/records/{id}/erasure",
		at:    "body.",
		scope: flow.ActionRecordErase, status: http.StatusNoContent, summary: "Destroy the text of a record",
		text: "Its key and readable rows go; headers, chain and log leaves stay and still prove what happened. " +
			"It cannot be undone. A record whose legal clocks still run is not erased."}, s.eraseRecord)
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} { // the framework's own, which never leave
		delete(s.huma.OpenAPI().Components.Schemas.Map(), unused)
	}
}

func (s *service) orderRoutes() {
	register(s, operation{id: "order-list", method: http.MethodGet, path: "/orders", at: "query.",
		summary: "Orders or copies, by what is due first",
		text:    "Needs the scope order.read, or copy.read for kind=order_copy."}, s.listOrders)
	register(s, operation{id: "order-draft", method: http.MethodPost, path: "/orders", at: "body.",
		scope: flow.ActionOrderDraft, status: http.StatusCreated, summary: "Draft a removal order",
		text: "Two officers sign it in the console, each with her own passkey; nothing leaves before that. The " +
			"node fills in the id, the States, the names it knows, the times and section D. With an " +
			"Idempotency-Key the same request gives the first answer again."}, s.draftOrder)
	register(s, operation{id: "order-revise", method: http.MethodPut, path: "/orders/issued/{id}",
		at:    "body.order.",
		scope: flow.ActionOrderDraft, summary: "Replace a draft",
		text: "Give the version you read: one that is no longer current is refused. Signatures already given " +
			"fall."},
		s.reviseOrder)
	register(s, operation{id: "order-issued-read", method: http.MethodGet, path: "/orders/issued/{id}",
		scope: flow.ActionOrderRead, summary: "An order of this authority with its history"}, s.readIssued)
	register(s, operation{id: "order-received-read", method: http.MethodGet, path: "/orders/received/{id}",
		scope: flow.ActionOrderRead, summary: "An order this host received, with its history"}, s.readReceived)
	register(s, operation{id: "order-copy-read", method: http.MethodGet, path: "/orders/copies/{id}",
		scope: flow.ActionCopyRead, summary: "A supervisor's copy of another State's order"}, s.readCopy)
	register(s, operation{id: "order-withdraw", method: http.MethodPost, path: "/orders/issued/{id}/withdrawal",
		at: "body.", scope: flow.ActionOrderWithdraw, status: http.StatusAccepted,
		summary: "Withdraw an order that was sent", text: "It goes to everyone who received the order."},
		s.withdrawOrder)
	register(s, operation{id: "order-clarify", method: http.MethodPost,
		path: "/orders/issued/{id}/clarification",
		at:   "body.", scope: flow.ActionOrderClarify, status: http.StatusAccepted,
		summary: "Answer a host's question about an order",
		text:    "A full new hour starts when the host receives it (Art. 3(8))."}, s.clarifyOrder)
}

func (s *service) peopleRoutes() {
	register(s, operation{id: "people-list", method: http.MethodGet, path: "/people",
		scope:   flow.ActionPersonRead,
		summary: "Everyone at this node"}, s.listPeople)
	register(s, operation{id: "people-invite", method: http.MethodPost, path: "/people", at: "body.",
		scope: flow.ActionPersonInvite, status: http.StatusCreated, summary: "Invite a person",
		text: "The answer is the only place where her enrolment link ever stands. It works once, for a day. " +
			"A machine gives nobody a duty stronger than its own: a moderator's."},
		s.invitePerson)
	register(s, operation{id: "people-suspend", method: http.MethodPost, path: "/people/{id}/suspension",
		at:    "body.",
		scope: flow.ActionPersonSuspend, status: http.StatusNoContent, summary: "End a person's access"},
		s.suspendPerson)
}

// register puts a plain function behind a path: the scope before it, the one translation of errors after it.
func register[I, O any](s *service, op operation, handle func(context.Context, *I) (*O, error)) {
	o := huma.Operation{OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary,
		Description: op.text, DefaultStatus: op.status, MaxBodyBytes: 1 + maxBody,
		Security:  []map[string][]string{{securityScheme: {}}},
		Responses: map[string]*huma.Response{"default": s.problemResponse()}}
	if op.maxBody > 0 {
		o.MaxBodyBytes = 1 + op.maxBody
	}
	if op.scope != "" {
		o.Security[0][securityScheme] = []string{string(op.scope)}
		o.Middlewares = huma.Middlewares{s.scoped(op.scope)}
	}
	if op.instead != nil {
		o.Middlewares = append(o.Middlewares, op.instead)
	}
	if op.status == 0 {
		o.DefaultStatus = http.StatusOK
	}
	o.BodyReadTimeout, o.RequestBody = op.slow, op.body
	if op.answer != nil {
		o.Responses["200"] = op.answer
	}
	huma.Register(s.huma, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			s.report(ctx, op.id, err)
			return nil, newProblem(err, op.at)
		}
		return out, nil
	})
}

// report notes for the operator what the client is not told.
func (s *service) report(ctx context.Context, operation string, err error) {
	if tocsin.CodeOf(err) == tocsin.CodeInternal && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "API operation failed", "operation", operation, "error", err)
	}
}
