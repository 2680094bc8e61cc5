// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tocsin/internal/console"
)

// form is what a page lets a person send.
type form struct {
	action string
	fields []formField
}

type formField struct {
	name, kind, value string
	checked           bool
	most              int
}

// written reports whether a person types into the field.
func (f formField) written() bool {
	return slices.Contains([]string{"text", "email", "url", "search", "textarea"}, f.kind)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func parsed(t testing.TB, body string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	check(t, err)
	return root
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// formsOf reads the forms that change something.
func formsOf(root *html.Node) (all []form) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || attribute(n, "method") != "post" {
			continue
		}
		f := form{action: attribute(n, "action")}
		for d := range n.Descendants() {
			if d.Type != html.ElementNode || attribute(d, "name") == "" {
				continue
			}
			field := formField{name: attribute(d, "name"), kind: d.Data, value: attribute(d, "value"), most: 900}
			switch d.Data {
			case "input":
				if field.kind = attribute(d, "type"); field.kind == "" {
					field.kind = "text"
				}
				field.checked = has(d, "checked")
			case "textarea":
				field.value = textOf(d)
			case "select":
				field.value = chosen(d)
			default:
				continue
			}
			if n, err := strconv.Atoi(attribute(d, "maxlength")); err == nil {
				field.most = n
			} else if d.Data == "input" {
				field.most = 100
			}
			f.fields = append(f.fields, field)
		}
		all = append(all, f)
	}
	return all
}

// chosen is the chosen option of a list, else the first that is one.
func chosen(list *html.Node) (value string) {
	for o := range list.Descendants() {
		if o.Type == html.ElementNode && o.Data == "option" {
			if has(o, "selected") {
				return attribute(o, "value")
			}
			if value == "" {
				value = attribute(o, "value")
			}
		}
	}
	return value
}

// patternOf finds the address of the console that a path belongs to.
func patternOf(t testing.TB, method, path string) string {
	t.Helper()
	patterns, err := console.Patterns()
	check(t, err)
	best := ""
	for _, pattern := range patterns {
		m, shape, found := strings.Cut(pattern, " ")
		if found && m == method && fits(shape, path) && (best == "" || strings.Count(best, "{") > strings.Count(pattern, "{")) {
			best = pattern
		}
	}
	if best == "" {
		t.Fatalf("%s %s belongs to no address", method, path)
	}
	return best
}

func fits(shape, path string) bool {
	want, got := strings.Split(strings.TrimSuffix(shape, "{$}"), "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !(strings.HasPrefix(want[i], "{") && got[i] != "") {
			return false
		}
	}
	return true
}

// inlet is a field of a form, wherever it is sent to.
func inlet(t testing.TB, action, field string) string {
	path, _, _ := strings.Cut(action, "?")
	if path == "/enrol" || path == "/sign-in" { // sent by a script
		path += "/finish"
	}
	return patternOf(t, http.MethodPost, path) + " " + field
}

// plant fills in the form of a page that is sent to an address: every field that is typed into with the corpus, but for
// those that are given. An empty address means that of the page.
func (s *siege) plant(p *person, page, action string, given url.Values) answer {
	t := s.t
	t.Helper()
	a := s.look(p, page)
	if action == "" {
		action, _, _ = strings.Cut(page, "?")
	}
	for _, f := range formsOf(parsed(t, a.body)) {
		if f.action != action {
			continue
		}
		values := url.Values{}
		for _, field := range f.fields {
			at := inlet(t, action, field.name)
			switch {
			case given[field.name] != nil:
			case field.written():
				values.Add(field.name, s.say(at, min(field.most, 900), field.kind != "textarea"))
				s.planted[at] = true
			case field.kind != "checkbox" && field.kind != "radio" || field.checked:
				values.Add(field.name, field.value)
			}
		}
		for name, v := range given {
			values[name] = v
		}
		sent := s.seen(p, p.post(action, values))
		if sent.status != http.StatusOK {
			t.Fatalf("%s from %s: %d %s", action, page, sent.status, words(sent.body))
		}
		return sent
	}
	t.Fatalf("%s has no form that is sent to %s: %s", page, action, words(a.body))
	return answer{}
}
