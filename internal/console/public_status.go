// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/url"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/locale"
)

// showNoticeStatus shows where a notice stands.
func (c *Console) showNoticeStatus(w http.ResponseWriter, r *http.Request) error {
	return c.noticeStatus(w, r, http.StatusOK, nil, nil)
}

func (c *Console) noticeStatus(w http.ResponseWriter, r *http.Request, status int, values url.Values,
	problems map[string]string) error {
	token := r.PathValue("token")
	s, err := c.Flow.NoticeByToken(r.Context(), token)
	if err != nil {
		return err
	}
	if values == nil {
		values = url.Values{page.FieldReasons: {s.Form.Reasons}}
		var addresses []string
		for _, a := range s.Form.Addresses {
			addresses = append(addresses, a.URL)
			values.Set(page.FieldWhere, a.Additional)
		}
		values.Set(page.FieldAddresses, strings.Join(addresses, "\n"))
		for _, category := range s.Form.Categories {
			values.Add(page.FieldCategories, string(category))
		}
		if s.Form.ByMail {
			values.Set(page.FieldByMail, "on")
		}
	}
	return c.render(w, r, status, page.NoticeStatus(page.PublicStatus{NoticeStatus: s,
		Address: c.Flow.NoticePage(token), Form: page.PublicForm{Action: "/notice/" + token,
			Key: tocsin.NewToken("key"), Values: values, Problems: problems, Authority: !s.Host,
			Mails: c.Flow.Mails()}}))
}

// supplementNotice takes what a notice lacked.
func (c *Console) supplementNotice(w http.ResponseWriter, r *http.Request) error {
	return c.toNotice(w, r, "", func(token string) error {
		return c.Flow.SupplementNotice(r.Context(), token, noticeFrom(r.PostForm, locale.From(r.Context()).Lang()))
	})
}

// complainOfNotice takes a notifier's complaint against a decision to keep an item.
func (c *Console) complainOfNotice(w http.ResponseWriter, r *http.Request) error {
	return c.toNotice(w, r, page.FieldComplaint, func(token string) error {
		_, err := c.Flow.ComplainNotice(r.Context(), token, r.PostForm.Get("key"),
			tocsin.RecordID(r.PostForm.Get("decision")), complaintFrom(r))
		return err
	})
}

// objectToSuspension takes the objection of a sender whose notices are not handled.
func (c *Console) objectToSuspension(w http.ResponseWriter, r *http.Request) error {
	return c.toNotice(w, r, page.FieldObjection, func(token string) error {
		return c.Flow.ContestSuspension(r.Context(), token, clean(r.PostForm.Get(page.FieldObjection)))
	})
}

// toNotice does something from the status page and shows it again; field is where a mistake is told.
func (c *Console) toNotice(w http.ResponseWriter, r *http.Request, field string, do func(token string) error) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	token := r.PathValue("token")
	err := do(token)
	if tocsin.CodeOf(err) == tocsin.CodeInvalid {
		problems := wrongNotice(r, err)
		if field != "" {
			problems = map[string]string{field: message(r.Context(), publicError(err))}
		}
		return c.noticeStatus(w, r, http.StatusUnprocessableEntity, r.PostForm, problems)
	}
	if err != nil {
		return err
	}
	return goTo(w, r, "/notice/"+url.PathEscape(token))
}

func complaintFrom(r *http.Request) tocsin.ComplaintForm {
	return tocsin.ComplaintForm{Reasons: clean(r.PostForm.Get(page.FieldComplaint)),
		Language: locale.From(r.Context()).Lang()}
}
