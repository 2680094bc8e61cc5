// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"tocsin"
	"tocsin/internal/flow"
)

// Report is what somebody reported on the platform.
type Report struct {
	Body struct {
		External   string            `json:"external_id" required:"true" doc:"your own id of the report"`
		Item       string            `json:"item" required:"true" doc:"your own opaque reference of the item"`
		Reasons    string            `json:"reasons,omitempty" doc:"what was written, or the choice that was made"`
		Categories []tocsin.Category `json:"categories,omitempty" doc:"of Art. 2(7) of Regulation (EU) 2021/784"`
		Reporter   string            `json:"reporter,omitempty" doc:"your own opaque reference; misuse is counted under it"`
	} `required:"true"`
}

func (s *service) submitReport(ctx context.Context, in *Report) (*created[NoticeReceipt], error) {
	b := in.Body
	r, err := s.Flow.SubmitNotice(ctx, actorOf(ctx), "", flow.NoticeDraft{Report: true, External: b.External,
		Item: b.Item, Sender: b.Reporter,
		Form: tocsin.NoticeForm{Reasons: b.Reasons, Categories: b.Categories, Anonymous: true}})
	if err != nil {
		return nil, err
	}
	return createdOrAgain(r.Again, s.receipt(r)), nil
}
