// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"net/url"
	"slices"

	"tocsin"
	"tocsin/internal/flow"
)

// Fields of the public forms, by their names; labels and hints hang on them.
const (
	FieldAddresses  = "notice.addresses"
	FieldWhere      = "notice.where"
	FieldReasons    = "notice.reasons"
	FieldCategories = "notice.categories"
	FieldName       = "notice.name"
	FieldEmail      = "notice.email"
	FieldByMail     = "notice.by_mail"
	FieldAnonymous  = "notice.anonymous"
	FieldGoodFaith  = "notice.good_faith"
	FieldComplaint  = "complaint.reasons"
	FieldObjection  = "objection.reasons"
	FieldContested  = "contested.text"
	FieldWrong      = "contested.reasons"
	FieldEntry      = "contested.entry"
)

// publicFields is the order in which a form asks.
var publicFields = []string{FieldAddresses, FieldWhere, FieldReasons, FieldCategories, FieldName, FieldEmail,
	FieldGoodFaith, FieldComplaint, FieldObjection, FieldContested, FieldWrong, FieldEntry}

// PublicForm is a form that somebody without an account fills in.
type PublicForm struct {
	Action    string
	Key       string // makes sending the form twice harmless
	Values    url.Values
	Problems  map[string]string // by field
	Authority bool              // whose desk takes reports, and decides nothing about items
	Mails     bool              // the node writes mail
	Reads     bool              // the node reads texts, and a reading can be contested
}

func (f PublicForm) ticked(name, value string) bool { return slices.Contains(f.Values[name], value) }

func (f PublicForm) line(name string, required bool, most int) Field {
	return Field{Name: name, Path: name, Value: f.Values.Get(name), Problem: f.Problems[name], Required: required,
		Most: most}
}

func (f PublicForm) area(name string, rows int, required bool) Area {
	return Area{Name: name, Path: name, Value: f.Values.Get(name), Problem: f.Problems[name], Rows: rows,
		Required: required}
}

func (f PublicForm) mail() Field {
	m := f.line(FieldEmail, false, 254)
	m.Kind, m.Complete = "email", "email"
	return m
}

func (f PublicForm) name() Field {
	n := f.line(FieldName, false, 300)
	n.Complete = "name"
	return n
}

// wrong are the fields with a problem, in the order of the form.
func (f PublicForm) wrong() []string {
	return slices.DeleteFunc(slices.Clone(publicFields), func(name string) bool { return f.Problems[name] == "" })
}

// PublicStatus is the status page of a notice.
type PublicStatus struct {
	flow.NoticeStatus
	Address string     // of the page itself
	Form    PublicForm // to add what is missing, to complain, or to object
}

// result is the word for an answer.
func result(ctx context.Context, r tocsin.Result) string { return T(ctx, "public.result."+string(r)) }

// PublicComplaint is the page at which a content provider reads why an item was restricted, and complains.
type PublicComplaint struct {
	flow.Contested
	Form PublicForm
}
