// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"tocsin"
	"tocsin/internal/flow"
)

// ComplaintList asks for a page of complaints.
type ComplaintList struct {
	State []string `query:"state" maxItems:"20" doc:"any of these states; all when left out"`
	After string   `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// ComplaintPage is one page.
type ComplaintPage struct {
	Complaints []ComplaintView `json:"complaints" required:"true" nullable:"false"`
	Next       string          `json:"next,omitempty" doc:"give it as after; absent at the end"`
}

// ComplaintView is a complaint against a decision of this host.
type ComplaintView struct {
	Record   *tocsin.Complaint `json:"record" required:"true"`
	Written  string            `json:"written,omitempty" doc:"by the complainant; absent once erased"`
	Language string            `json:"language,omitempty"`
	Reasons  string            `json:"reasons,omitempty" doc:"of the answer"`
	History  []PastEvent       `json:"history,omitempty"`
	Erased   bool              `json:"erased,omitempty"`
}

func (s *service) listComplaints(ctx context.Context, in *ComplaintList) (*output[ComplaintPage], error) {
	list, next, err := s.Flow.Complaints(ctx, actorOf(ctx), flow.ComplaintFilter{States: in.State, After: in.After,
		Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := ComplaintPage{Complaints: make([]ComplaintView, 0, len(list)), Next: next}
	for _, v := range list {
		page.Complaints = append(page.Complaints, complaintView(v))
	}
	return answer(page), nil
}

func (s *service) readComplaint(ctx context.Context, in *ByID) (*output[ComplaintView], error) {
	v, err := s.Flow.Complaint(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return answer(complaintView(v)), nil
}

func complaintView(v flow.ComplaintView) ComplaintView {
	view := ComplaintView{Record: &v.Complaint, Written: v.File.Form.Reasons, Language: v.File.Form.Language,
		Reasons: v.File.Reasons, Erased: v.Erased}
	if len(v.History) > 0 {
		view.History = history(v.History)
	}
	return view
}
