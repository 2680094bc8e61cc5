// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"strconv"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// mostJobs is how many jobs a page shows.
const mostJobs = 200

// listJobs shows what is pending or failed, or what was done last.
func (c *Console) listJobs(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	done := r.URL.Query().Get("show") == "done"
	rows, err := c.Flow.Jobs(ctx, who.Actor(), !done, mostJobs)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.JobList(page.Jobs{
		Rows: rows, Rerun: c.Flow.Policy.Decide(who.Actor(), flow.ActionJobRerun, nil) == nil,
		Filters: []page.Tab{
			{Address: "/jobs", Label: page.T(ctx, "console.jobs.unfinished"), Current: !done},
			{Address: "/jobs?show=done", Label: page.T(ctx, "console.jobs.latest"), Current: done},
		}}))
}

// rerunJob puts a failed job back to work.
func (c *Console) rerunJob(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "There is no such job.")
	}
	if err := c.Flow.RerunJob(r.Context(), who.Actor(), id); err != nil {
		return err
	}
	c.notice(r.Context(), "console.notice.rerun")
	return goTo(w, r, "/jobs")
}
