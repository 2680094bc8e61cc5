// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

// siege is an office whose every field was written by somebody hostile, over HTTP: by people at their forms, by machines
// with a key, by the public, by the platform.
type siege struct {
	*office
	scribe
	planted map[string]bool // inlets into which the corpus was written
	met     map[string]bool // inlets that some page offered
	visited map[string]bool // addresses that answered with a page
	every   map[tocsin.PartyID]*person
	machine map[tocsin.PartyID]machine
	pages   map[tocsin.PartyID]map[string]bool // that show something of the corpus, to be looked at in a browser
	alike   map[string]int                     // pages of one address among them
	forms   map[tocsin.PartyID]map[string]form // that take a text, by where they are sent to
	shown   map[string]bool                    // marks that a page or an export showed

	machineWrote map[string]bool // properties of what machines send, into which the corpus was written

	token, statement, reading string   // of the pages of a notice, a decision and a challenge
	signals                   []string // records of signals
	address                   string   // what the platform adds to the address of an item
}

// machine is whoever has a key with every scope.
type machine struct{ url, token string }

func (s *siege) openMachine(at tocsin.PartyID) {
	n := s.nodes[at]
	all := []string{}
	for _, a := range flow.Actions() {
		all = append(all, string(a))
	}
	token, _, err := n.ring.NewServiceKey("everything", all, s.clock.Now())
	check(s.t, err)
	handler, err := api.New(api.Deps{Flow: n.flow, Keys: n.ring, Version: "test", Log: s.logger(),
		EnrolmentLink: func(token string) string { return n.url + "/enrol?token=" + token }})
	check(s.t, err)
	server := httptest.NewServer(handler)
	s.t.Cleanup(server.Close)
	s.machine[at] = machine{server.URL + api.Base, token}
}

// call asks the API and wants it to be done.
func (s *siege) call(at tocsin.PartyID, method, path string, body any) []byte {
	s.t.Helper()
	status, _, answer := s.ask(at, method, path, body)
	if status >= http.StatusBadRequest {
		s.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if properties, ok := body.(map[string]any); ok {
		s.wrote(method+" "+path, "", properties)
	}
	return answer
}

func (s *siege) ask(at tocsin.PartyID, method, path string, body any) (int, http.Header, []byte) {
	t := s.t
	t.Helper()
	m := s.machine[at]
	sent, kind := []byte(nil), "application/json"
	switch b := body.(type) {
	case nil:
	case []byte:
		sent, kind = b, "application/octet-stream"
	default:
		var err error
		sent, err = json.Marshal(b)
		check(t, err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, m.url+path, bytes.NewReader(sent))
	check(t, err)
	req.Header.Set("Authorization", "Bearer "+m.token)
	if sent != nil {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Idempotency-Key", tocsin.NewToken("key"))
	}
	resp, err := http.DefaultClient.Do(req)
	check(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	check(t, err)
	s.mustBeHeld("API "+method+" "+path, resp.Header)
	if h := resp.Header; h.Get("X-Content-Type-Options") != "nosniff" || strings.Contains(h.Get("Content-Type"), "html") {
		t.Errorf("%s %s: %s, and may be taken for a page", method, path, h.Get("Content-Type"))
	}
	s.findMarks(string(answer))
	return resp.StatusCode, resp.Header, answer
}

var markForm = regexp.MustCompile(`quay[0-9]{3}`)

func (s *siege) findMarks(text string) bool {
	found := markForm.FindAllString(text, -1)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, mark := range found {
		s.shown[mark] = true
	}
	return len(found) > 0
}

// mustBeHeld wants that no header was written by anybody else.
func (s *siege) mustBeHeld(where string, h http.Header) {
	s.t.Helper()
	for name, values := range h {
		for _, v := range values {
			if strings.EqualFold(name, "X-Rang") || strings.Contains(v, "rang=1") && name != "Location" ||
				strings.Contains(v, "elsewhere") && name != "Location" {
				s.t.Errorf("%s: the header %s is %q", where, name, v)
			}
		}
	}
}

// look opens a page and notes what it offers.
func (s *siege) look(p *person, path string) answer {
	s.t.Helper()
	return s.seen(p, p.get(path))
}

// seen judges an answer as a page: nothing of what people wrote may be more than text.
func (s *siege) seen(p *person, a answer) answer {
	t := s.t
	t.Helper()
	s.mustBeHeld(a.path, a.header)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("%s answers %d with %q: %.200s", a.path, a.status, a.header.Get("Content-Type"), a.body)
		return a
	}
	if a.status >= http.StatusInternalServerError {
		t.Errorf("%s: %d", a.path, a.status)
	}
	if !utf8.ValidString(a.body) || strings.ContainsAny(a.body, "\x00\x07\x1b") {
		t.Errorf("%s is no text", a.path)
	}
	root := parsed(t, a.body)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			s.mustBeOurs(a.path, n)
		}
	}
	for _, f := range formsOf(root) {
		for _, field := range f.fields {
			if field.written() {
				at := inlet(t, f.action, field.name)
				s.met[at] = true
				pattern, _, _ := strings.Cut(strings.TrimPrefix(at, "POST "), " ")
				s.forms[s.nodeOf(p)][pattern] = f
			}
		}
	}
	if path, _, _ := strings.Cut(a.path, "?"); a.status == http.StatusOK {
		s.visited[patternOf(t, http.MethodGet, path)] = true
	}
	if s.findMarks(a.body) && a.status == http.StatusOK {
		path, _, _ := strings.Cut(a.path, "?")
		pattern := patternOf(t, http.MethodGet, path)
		if s.alike[pattern]++; s.alike[pattern] <= 2 { // the page is the same, and each was judged here
			s.pages[s.nodeOf(p)][a.path] = true
		}
	}
	return a
}

func (s *siege) nodeOf(p *person) tocsin.PartyID {
	for at, n := range s.nodes {
		if n.url == p.url {
			return at
		}
	}
	return ""
}

var (
	strange = regexp.MustCompile(`^(?:x-rang|iframe|object|embed|base|math|style|frame|applet|portal|animate|use)$`)
	leads   = map[string]bool{"href": true, "src": true, "action": true, "formaction": true, "data": true,
		"srcset": true, "poster": true, "ping": true, "xlink:href": true, "background": true}
)

// mustBeOurs wants that an element stands in a template of ours.
func (s *siege) mustBeOurs(where string, n *html.Node) {
	s.t.Helper()
	bad := func(what string) { s.t.Errorf("%s: <%s> %s", where, n.Data, what) }
	if strange.MatchString(n.Data) {
		bad("is nothing of ours")
	}
	if n.Data == "script" && !strings.HasPrefix(attribute(n, "src"), "/assets/") {
		bad("runs something else")
	}
	for _, a := range n.Attr {
		name := strings.ToLower(a.Key)
		switch {
		case strings.HasPrefix(name, "on"), strings.HasPrefix(name, "hx-"), name == "style", name == "srcdoc", name == "http-equiv":
			bad("has " + name)
		case strings.HasPrefix(where, "/enrol/code") && strings.HasPrefix(a.Val, "otpauth://totp/"): // opens her program for codes
		case leads[name] && !staysHere(a.Val) && a.Val != "":
			bad("leads to " + a.Val)
		}
	}
}

// staysHere reports whether a browser stays on this origin when it follows an address of a page.
func staysHere(address string) bool {
	if strings.HasPrefix(address, "#") || strings.HasPrefix(address, "?") {
		return true
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(address, "/") &&
		!strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\r\n\t")
}
