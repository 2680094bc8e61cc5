// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

func (s *service) auditRoutes() {
	register(s, operation{id: "audit-list", method: http.MethodGet, path: "/audit", at: "query.",
		scope: flow.ActionAuditRead, summary: "What happened at this node, the latest first",
		text: "Headers alone: no text, no address, no name. Nothing can be asked by person. A page that asks for some " +
			"events looks through a bounded part of the journal: it may be empty and have a next one all the same."},
		s.listAudit)
}

// AuditList asks for events.
type AuditList struct {
	Kind  tocsin.RecordKind `query:"kind" doc:"of the record, such as case; any when left out"`
	Since time.Time         `query:"since" doc:"at this time or later"`
	Until time.Time         `query:"until" doc:"before this time"`
	After string            `query:"after" maxLength:"20" doc:"next of the page before"`
	Limit int               `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// AuditEvent is one event by its header.
type AuditEvent struct {
	Seq    int64            `json:"seq" required:"true" doc:"its place in the journal, which has no gap"`
	ID     tocsin.EventID   `json:"id" required:"true"`
	Kind   tocsin.EventKind `json:"kind" required:"true"`
	Record tocsin.RecordID  `json:"record" required:"true"`
	At     time.Time        `json:"at" required:"true"`
	Actor  tocsin.ActorID   `json:"actor,omitempty" doc:"a pseudonym; none where nobody is named"`
	Log    *LogPlace        `json:"log,omitempty" doc:"its leaf in the public log, where it has one"`
}

// AuditView is a page of the journal.
type AuditView struct {
	Events    []AuditEvent `json:"events" required:"true" nullable:"false"`
	Next      string       `json:"next,omitempty"`
	Total     int64        `json:"total" required:"true" doc:"events in the whole journal"`
	Chain     bool         `json:"chain" required:"true" doc:"the latest events follow one from the other"`
	Published int64        `json:"published" required:"true" doc:"leaves of the shard that are public; -1: nothing yet"`
	Log       bool         `json:"log" required:"true" doc:"the log gives the root that was published"`
}

func (s *service) listAudit(ctx context.Context, in *AuditList) (*output[AuditView], error) {
	q := flow.AuditFilter{Kind: in.Kind, Limit: in.Limit}
	if in.After != "" {
		before, err := strconv.ParseInt(in.After, 10, 64)
		if err != nil || before < 1 {
			return nil, tocsin.Invalid(tocsin.ReasonFormat, "after", "This is not the cursor of such a page.")
		}
		q.Before = before
	}
	if !in.Since.IsZero() {
		q.Since = &in.Since
	}
	if !in.Until.IsZero() {
		q.Until = &in.Until
	}
	page, err := s.Flow.Audit(ctx, actorOf(ctx), q)
	if err != nil {
		return nil, err
	}
	view := AuditView{Events: []AuditEvent{}, Total: page.Agreed.Events, Chain: page.Agreed.Chain,
		Published: page.Agreed.Published, Log: page.Agreed.Log}
	if page.Next > 0 {
		view.Next = strconv.FormatInt(page.Next, 10)
	}
	for _, e := range page.Events {
		event := AuditEvent{Seq: e.Seq, ID: e.ID, Kind: e.Kind, Record: e.Record, At: e.At, Actor: e.Actor}
		if e.LeafIndex >= 0 {
			event.Log = &LogPlace{e.Shard, e.LeafIndex}
		}
		view.Events = append(view.Events, event)
	}
	return answer(view), nil
}
