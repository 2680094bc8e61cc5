// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// journalView is what somebody wants to see of the journal: there is no asking for a person.
type journalView struct {
	kind         tocsin.RecordKind
	since, until string // days, as the form writes them
	before       int64
}

func (a journalView) address(before int64) string {
	query := url.Values{}
	for name, value := range map[string]string{"kind": string(a.kind), "since": a.since, "until": a.until} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if before > 0 {
		query.Set("before", strconv.FormatInt(before, 10))
	}
	if len(query) == 0 {
		return "/audit"
	}
	return "/audit?" + query.Encode()
}

// listAudit shows what happened, the latest first.
func (c *Console) listAudit(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	a, filter, problem, err := c.askedOfJournal(r)
	if err != nil {
		return err
	}
	view, err := c.Flow.Audit(ctx, who.Actor(), filter)
	if err != nil {
		return err
	}
	shown := page.Audit{AuditView: view, Kinds: auditKinds(ctx, a.kind), Since: a.since, Until: a.until, Problem: problem,
		Asked: a != journalView{}}
	if view.Next > 0 {
		shown.Older = a.address(view.Next)
	}
	if a.before > 0 {
		shown.First = a.address(0)
	}
	return c.render(w, r, http.StatusOK, page.AuditList(shown))
}

// askedOfJournal reads the address. A day that is none is left out, and the page says so.
func (c *Console) askedOfJournal(r *http.Request) (a journalView, f flow.AuditFilter, problem bool, err error) {
	query := r.URL.Query()
	f.Limit = pageSize
	if kind := tocsin.RecordKind(query.Get("kind")); slices.Contains(tocsin.RecordKinds(), kind) {
		a.kind, f.Kind = kind, kind
	}
	for _, day := range []struct {
		name string
		into *string
		at   **time.Time
		more int
	}{{"since", &a.since, &f.Since, 0}, {"until", &a.until, &f.Until, 1}} {
		value := query.Get(day.name)
		if value == "" {
			continue
		}
		at, wrong := time.ParseInLocation(time.DateOnly, value, zoneOf(r))
		if wrong != nil {
			problem = true
			continue
		}
		at = at.AddDate(0, 0, day.more) // the whole of the last day
		*day.into, *day.at = value, &at
	}
	if before := query.Get("before"); before != "" {
		if a.before, err = strconv.ParseInt(before, 10, 64); err != nil || a.before < 1 {
			return a, f, problem, tocsin.Invalid(tocsin.ReasonFormat, "before", "This is not the number of an event.")
		}
		f.Before = a.before
	}
	return a, f, problem, nil
}

func auditKinds(ctx context.Context, chosen tocsin.RecordKind) []page.Choice {
	all := []page.Choice{{Label: page.T(ctx, "audit.every_kind"), Chosen: chosen == ""}}
	for _, kind := range tocsin.RecordKinds() {
		all = append(all, page.Choice{Value: string(kind), Label: page.RecordWord(ctx, kind), Chosen: kind == chosen})
	}
	return all
}
