// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/url"
	"slices"
	"strconv"

	"tocsin"
)

// Draft is the form of an order that is being written.
type Draft struct {
	Title   string
	Action  string
	Back    string
	Version string // the one the writer has read; empty for a new order
	Key     string // makes sending the form twice harmless
	Values  url.Values
	Problem Problem
	Hosts   []tocsin.Party
	Notice  string // the public report that it is begun from; may be empty
	Filled  string // reference of the order from which standing details were taken
}

// Problem is what is wrong with a form: a message, at a field where there is one.
type Problem struct {
	Field   string // name of the field of the form
	At      int    // which one of several of that name
	Message string
	Link    string // where more can be seen
	Label   string
}

// at gives the message where a field is the one that is wrong.
func (p Problem) at(field string) string {
	if p.Field == field {
		return p.Message
	}
	return ""
}

func (d Draft) value(name string) string { return d.Values.Get(name) }

func (d Draft) ticked(name, value string) bool { return slices.Contains(d.Values[name], value) }

func (d Draft) problem(name string) string {
	if d.Problem.Field == name {
		return d.Problem.Message
	}
	return ""
}

// nth is one of several fields of a name.
func (d Draft) nth(name string, n int) string {
	if all := d.Values[name]; n < len(all) {
		return all[n]
	}
	return ""
}

func (d Draft) nthProblem(name string, n int) string {
	if d.Problem.At != n {
		return ""
	}
	return d.problem(name)
}

// addresses counts the address entries to show: at least one.
func (d Draft) addresses() int {
	return max(1, len(d.Values[fieldURL]))
}

func (d Draft) line(path string, required bool, most int) Field {
	return Field{
		Name:     path,
		Path:     path,
		Value:    d.value(path),
		Problem:  d.problem(path),
		Required: required,
		Most:     most,
	}
}

func (d Draft) area(path string, rows int, required bool) Area {
	return Area{
		Name:     path,
		Path:     path,
		Value:    d.value(path),
		Problem:  d.problem(path),
		Rows:     rows,
		Required: required,
	}
}

func (d Draft) typed(path, kind string) Field {
	f := d.line(path, false, 0)
	f.Kind = kind
	return f
}

const fieldURL = "annex_i.b.addresses.url"

func addressField(d Draft, n int, name string, most int) Field {
	f := Field{
		Name:     name,
		Path:     name,
		Value:    d.nth(name, n),
		Problem:  d.nthProblem(name, n),
		Most:     most,
		Required: name == fieldURL && n == 0,
	}
	if n > 0 {
		f.ID = name + "-" + strconv.Itoa(n)
	}
	return f
}

// anchor is the element to go to.
func (p Problem) anchor() string {
	if p.At > 0 {
		return p.Field + "-" + strconv.Itoa(p.At)
	}
	return p.Field
}
