// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/console"
	"tocsin/internal/flow"
)

// away are ways to name another site, or to write a header, for a field that says where to go on.
var away = []string{"//elsewhere.example", `/\elsewhere.example`, `\\elsewhere.example`, "https://elsewhere.example/",
	"https:elsewhere.example", "http://quay@elsewhere.example", "javascript:rang=1", "JaVaScRiPt:rang=1", "data:text/html,rang",
	"/%2f/elsewhere.example", "/%5celsewhere.example", "%2f%2felsewhere.example", "/\t/elsewhere.example", "\t//elsewhere.example",
	"/..//elsewhere.example", "/.//elsewhere.example", "//elsewhere.example/%2f..", "/;@elsewhere.example", "///elsewhere.example",
	"/cases\r\nX-Rang: 1", "/cases%0d%0aX-Rang:%201", "/\u2028/elsewhere.example", "//elsewhere。example", "?to=//elsewhere.example",
	"/quay\x00//elsewhere.example", "quay@elsewhere.example"}

var readFrom = regexp.MustCompile(`(?:Query\(\)|PostForm|FormValue)[.(](?:Get\()?"([a-z_.]+)"`)

// parameters are the names that the console reads from addresses and forms, found in its source.
func parameters(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	check(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		check(t, err)
		for _, found := range readFrom.FindAllSubmatch(text, -1) {
			if name := string(found[1]); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if !slices.Contains(names, "to") || !slices.Contains(names, "show") || len(names) < 10 {
		t.Fatalf("the console reads only %v", names)
	}
	return names
}

// TestNothingInARequestLeadsElsewhereOrWritesAHeader asks every address of the console with every parameter it reads, and
// with hostile headers, for ways off this site and for headers of its own.
func TestNothingInARequestLeadsElsewhereOrWritesAHeader(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) { s.Demonstration = true })
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Everyone", tocsin.Duties()...)
	p.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	names := parameters(t)
	patterns, err := console.Patterns()
	check(t, err)
	for i, pattern := range patterns {
		method, path, found := strings.Cut(pattern, " ")
		if !found || path == "/sign-out" {
			continue
		}
		path = strings.NewReplacer("{id}", "cas_"+strings.Repeat("a", 26), "{token}", "nst_x", "{$}", "").Replace(path)
		for j, to := range away {
			if onward := path == "/sign-in" || path == "/language" || path == "/break"; !onward && (i+j)%8 != 0 {
				continue // no other address goes where it is told; each is tried with some
			}
			values := url.Values{}
			for _, name := range names {
				values.Set(name, to)
			}
			if path == "/language" {
				values.Set("language", "fr")
			}
			body := &bytes.Buffer{}
			if method == http.MethodPost {
				body.WriteString(values.Encode())
			}
			req := p.request(method, path+"?"+values.Encode(), body)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if quiet := strings.Map(printable, to); i/8%2 == 0 { // with each way off, at half of the addresses
				for _, header := range []string{"Accept-Language", "Referer", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded",
					"X-Original-URL", "X-Rewrite-URL", "Accept", "Tocsin-Refresh"} {
					req.Header.Set(header, quiet)
				}
				req.AddCookie(&http.Cookie{Name: "tocsin_zone", Value: url.PathEscape(quiet)})
				req.AddCookie(&http.Cookie{Name: "tocsin_language", Value: url.PathEscape(quiet)})
			}
			a := p.do(req)
			mustStay(t, pattern+" with "+to, a)
		}
	}
}

func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}

func mustStay(t *testing.T, where string, a answer) {
	t.Helper()
	if a.status >= http.StatusInternalServerError {
		t.Errorf("%s: %d", where, a.status)
	}
	if to := a.header.Get("Location"); to != "" && !staysHere(to) {
		t.Errorf("%s leads to %q", where, to)
	}
	for name, values := range a.header {
		if strings.HasPrefix(name, "X-Rang") || name != "Location" && strings.Contains(strings.Join(values, " "), "elsewhere") {
			t.Errorf("%s: the header %s is %q", where, name, values)
		}
	}
}

// TestPathThatNamesAnotherSiteLeadsNowhere is about paths that a server would clean and a browser would follow.
func TestPathThatNamesAnotherSiteLeadsNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	p := w.enrolled(host, "Everyone", tocsin.Duties()...)
	p.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, path := range []string{"//elsewhere.example/cases", "/%2felsewhere.example", "/cases//elsewhere.example/..",
		"/./cases", "/%5c%5celsewhere.example", "//elsewhere.example/%2e%2e", "/cases/..//elsewhere.example"} {
		req := p.request("GET", p.url+path, nil)
		mustStay(t, path, p.do(req))
	}
}
