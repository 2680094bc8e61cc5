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

// openNotice shows the form of a notice.
func (c *Console) openNotice(w http.ResponseWriter, r *http.Request) error {
	host, authority := c.Flow.TakesNotices()
	if !host && !authority {
		return errNowhere
	}
	return c.render(w, r, http.StatusOK, page.NoticeForm(page.PublicForm{Action: "/notice/new",
		Key: tocsin.NewToken("key"), Authority: authority, Mails: c.Flow.Mails(), Reads: c.Flow.TakesChallenges()}))
}

// sendNotice takes a notice. What it lacks is asked for on the form, before anything is kept.
func (c *Console) sendNotice(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	_, authority := c.Flow.TakesNotices()
	form := noticeFrom(r.PostForm, locale.From(r.Context()).Lang())
	again := page.PublicForm{Action: "/notice/new", Key: r.PostForm.Get("key"), Values: r.PostForm, Authority: authority,
		Mails: c.Flow.Mails(), Reads: c.Flow.TakesChallenges(), Problems: missing(r, form)}
	if len(again.Problems) > 0 {
		return c.render(w, r, http.StatusUnprocessableEntity, page.NoticeForm(again))
	}
	receipt, err := c.Flow.SubmitPublicNotice(r.Context(), again.Key, form)
	if tocsin.CodeOf(err) == tocsin.CodeInvalid {
		again.Problems = wrongNotice(r, err)
		return c.render(w, r, http.StatusUnprocessableEntity, page.NoticeForm(again))
	}
	if err != nil {
		return err
	}
	return goTo(w, r, "/notice/"+receipt.Token)
}

// noticeFrom reads a notice out of a form.
func noticeFrom(form url.Values, language string) tocsin.NoticeForm {
	f := tocsin.NoticeForm{Reasons: clean(form.Get(page.FieldReasons)), Name: clean(form.Get(page.FieldName)),
		Email: strings.TrimSpace(form.Get(page.FieldEmail)), Anonymous: form.Get(page.FieldAnonymous) != "",
		GoodFaith: form.Get(page.FieldGoodFaith) != "", ByMail: form.Get(page.FieldByMail) != "", Language: language}
	if f.Anonymous {
		f.Name, f.Email, f.ByMail = "", "", false
	}
	for _, line := range strings.Fields(form.Get(page.FieldAddresses)) {
		f.Addresses = append(f.Addresses, tocsin.Address{URL: line, Additional: clean(form.Get(page.FieldWhere))})
	}
	for _, v := range form[page.FieldCategories] {
		f.Categories = append(f.Categories, tocsin.Category(v))
	}
	return f
}

// asked is the field of the form at which an element is asked for.
var asked = map[tocsin.NoticeElement]string{
	tocsin.ElementAddress: page.FieldAddresses, tocsin.ElementReasons: page.FieldReasons,
	tocsin.ElementName: page.FieldName, tocsin.ElementEmail: page.FieldEmail,
	tocsin.ElementGoodFaith: page.FieldGoodFaith,
}

// missing says at each field what a notice still needs.
func missing(r *http.Request, form tocsin.NoticeForm) map[string]string {
	problems := map[string]string{}
	for _, e := range form.Missing() {
		problems[asked[e]] = page.T(r.Context(), "public.missing."+string(e))
	}
	return problems
}

// wrongNotice says at its field what the domain will not take.
func wrongNotice(r *http.Request, err error) map[string]string {
	e := publicError(err)
	field, _, _ := strings.Cut(e.Field, "[")
	switch field {
	case "addresses":
		return map[string]string{page.FieldAddresses: page.T(r.Context(), "public.problem.address")}
	case "reasons", "name", "email":
		return map[string]string{"notice." + field: message(r.Context(), e)}
	}
	return map[string]string{"": message(r.Context(), e)}
}
