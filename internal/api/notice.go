// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// NoticeSubmission is a notice with its idempotency key.
type NoticeSubmission struct {
	Key  string `header:"Idempotency-Key" maxLength:"80" pattern:"^[A-Za-z0-9._:-]{1,80}$"`
	Body struct {
		External string `json:"external_id,omitempty" doc:"your own id of the notice"`
		NoticeForm
	} `required:"true"`
}

// NoticeForm is what a notifier writes (Art. 16(2) DSA).
type NoticeForm struct {
	Addresses  []NoticeAddress   `json:"addresses" required:"true" nullable:"false" doc:"at most 20"`
	Reasons    string            `json:"reasons" required:"true" doc:"why it is illegal or against the terms"`
	Categories []tocsin.Category `json:"categories,omitempty" doc:"of Art. 2(7) of Regulation (EU) 2021/784"`
	Name       string            `json:"name,omitempty"`
	Email      string            `json:"email,omitempty"`
	Anonymous  bool              `json:"anonymous,omitempty" doc:"neither name nor mail is given; no receipt by mail"`
	GoodFaith  bool              `json:"good_faith,omitempty" doc:"what is said is believed to be accurate and complete"`
	Language   string            `json:"language,omitempty" doc:"BCP 47; in which the answer is wanted"`
}

// NoticeAddress locates one item exactly.
type NoticeAddress struct {
	URL        string `json:"url" required:"true"`
	Additional string `json:"additional,omitempty" doc:"where on the page"`
}

func (n NoticeForm) form() tocsin.NoticeForm {
	f := tocsin.NoticeForm{Reasons: n.Reasons, Categories: n.Categories, Name: n.Name, Email: n.Email,
		Anonymous: n.Anonymous, GoodFaith: n.GoodFaith, Language: n.Language}
	for _, a := range n.Addresses {
		f.Addresses = append(f.Addresses, tocsin.Address{URL: a.URL, Additional: a.Additional})
	}
	return f
}

func noticeForm(f tocsin.NoticeForm) NoticeForm {
	n := NoticeForm{Addresses: make([]NoticeAddress, 0, len(f.Addresses)), Reasons: f.Reasons,
		Categories: f.Categories, Name: f.Name, Email: f.Email, Anonymous: f.Anonymous, GoodFaith: f.GoodFaith,
		Language: f.Language}
	for _, a := range f.Addresses {
		n.Addresses = append(n.Addresses, NoticeAddress{a.URL, a.Additional})
	}
	return n
}

// NoticeReceipt confirms receipt (Art. 16(4) DSA) and says what the notice lacks.
type NoticeReceipt struct {
	ID         tocsin.RecordID        `json:"id" required:"true"`
	State      tocsin.NoticeState     `json:"state" required:"true"`
	ReceivedAt time.Time              `json:"received_at" required:"true"`
	Missing    []tocsin.NoticeElement `json:"missing,omitempty" doc:"what Art. 16(2) DSA asks for and is not there"`
	CompleteBy *time.Time             `json:"complete_by,omitempty" doc:"until when it may come"`
	StatusPage string                 `json:"status_page" required:"true" doc:"whoever has the address may see it"`
}

// created answers 201, or 200 when the same came before.
type created[T any] struct {
	Status int
	Body   T
}

func createdOrAgain[T any](again bool, body T) *created[T] {
	if again {
		return &created[T]{http.StatusOK, body}
	}
	return &created[T]{http.StatusCreated, body}
}

func (s *service) submitNotice(ctx context.Context, in *NoticeSubmission) (*created[NoticeReceipt], error) {
	r, err := s.Flow.SubmitNotice(ctx, actorOf(ctx), in.Key, flow.NoticeDraft{Form: in.Body.form(),
		External: in.Body.External})
	if err != nil {
		return nil, err
	}
	return createdOrAgain(r.Again, s.receipt(r)), nil
}

func (s *service) receipt(r flow.NoticeReceipt) NoticeReceipt {
	return NoticeReceipt{r.ID, r.State, r.ReceivedAt, r.Missing, r.CompleteBy, s.Flow.NoticePage(r.Token)}
}

// NoticeSupplement is a notice as it reads now.
type NoticeSupplement struct {
	ID   tocsin.RecordID `path:"id"`
	Body NoticeForm      `required:"true"`
}

func (s *service) supplementNotice(ctx context.Context, in *NoticeSupplement) (*None, error) {
	return nil, s.Flow.SupplementSubmitted(ctx, actorOf(ctx), in.ID, in.Body.form())
}

// NoticeList asks for a page of notices.
type NoticeList struct {
	State []string `query:"state" maxItems:"20" doc:"any of these states; all when left out"`
	Due   bool     `query:"due" doc:"what somebody must look at soonest first"`
	After string   `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// NoticePage is one page.
type NoticePage struct {
	Notices []NoticeView `json:"notices" required:"true" nullable:"false"`
	Next    string       `json:"next,omitempty" doc:"give it as after; absent at the end"`
}

// NoticeView is a notice for whoever may read it.
type NoticeView struct {
	Record  *tocsin.Notice   `json:"record" required:"true"`
	Form    *NoticeForm      `json:"form,omitempty" doc:"absent once erased"`
	Item    string           `json:"item,omitempty" doc:"the platform's own reference, of what it passed on"`
	Located []NoticedAddress `json:"located,omitempty"`
	Conduct *tocsin.Misuse   `json:"conduct,omitempty" doc:"what is counted of the sender"`
	History []PastEvent      `json:"history,omitempty"`
	Erased  bool             `json:"erased,omitempty"`
}

// NoticedAddress is what an address was found to name.
type NoticedAddress struct {
	Address string          `json:"address"`
	Kind    string          `json:"kind" required:"true"`
	Ref     string          `json:"ref,omitempty" doc:"the platform's own reference"`
	Case    tocsin.RecordID `json:"case,omitempty"`
}

func (s *service) listNotices(ctx context.Context, in *NoticeList) (*output[NoticePage], error) {
	list, next, err := s.Flow.Notices(ctx, actorOf(ctx), flow.NoticeFilter{States: in.State, ByDue: in.Due,
		After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := NoticePage{Notices: make([]NoticeView, 0, len(list)), Next: next}
	for _, v := range list {
		page.Notices = append(page.Notices, noticeView(v))
	}
	return answer(page), nil
}

func (s *service) readNotice(ctx context.Context, in *ByID) (*output[NoticeView], error) {
	v, err := s.Flow.Notice(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return answer(noticeView(v)), nil
}

func noticeView(v flow.NoticeView) NoticeView {
	view := NoticeView{Record: &v.Notice, Item: v.File.Item, Conduct: v.Conduct, Erased: v.Erased}
	if len(v.History) > 0 {
		view.History = history(v.History)
	}
	for _, l := range v.File.Located {
		view.Located = append(view.Located, NoticedAddress(l))
	}
	if !v.Erased {
		form := noticeForm(v.File.Form)
		view.Form = &form
	}
	return view
}
