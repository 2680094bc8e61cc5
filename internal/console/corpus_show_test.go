// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"encoding/csv"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tocsin"
	"tocsin/internal/console"
	"tocsin/internal/flow"
)

// unreached are addresses that no record of the siege is in the right state for, with the page that is the same.
var unreached = map[string]string{
	"GET /orders/{id}/ceased":    "page.Confirmation, as the other steps of an order",
	"GET /orders/{id}/ratify":    "page.Confirmation, as the other steps of an order",
	"GET /orders/{id}/uphold":    "page.Confirmation, as the other steps of an order",
	"GET /orders/{id}/dismiss":   "page.Confirmation, as the other steps of an order",
	"GET /signals/{id}/release":  "page.DeedPage, as the other steps of a signal",
	"GET /sign-in/provider":      "leads to the provider",
	"GET /sign-in/provider/back": "leads back from the provider",
	"GET /enrol/provider":        "leads to the provider",
	"GET /keys/{name}/revoke":    "page.Confirmation; a key's name is letters, digits and dashes",
	"GET /records/{id}/version":  "a number, for a script",
	"GET /misuse/{id}/warn":      "page.DeedPage, as the answers to a complaint",
	"GET /misuse/{id}/suspend":   "page.DeedPage, as the answers to a complaint",
	"GET /misuse/{id}/lift":      "page.DeedPage, as the answers to a complaint",
	"GET /misuse/{id}/confirm":   "page.DeedPage, as the answers to a complaint",
}

// unwritten are inlets that take no text.
var unwritten = map[string]string{
	"POST /alerts/preferences quiet.zone":               "a time zone",
	"POST /keys/new name":                               "letters, digits and dashes; another comes back to whoever typed it, key_test.go",
	"POST /cases/{id}/restrict decision.law_code":       "a code of a law",
	"POST /cases/{id}/keep decision.law_code":           "a code of a law",
	"POST /notice/new notice.addresses":                 "addresses; the platform's answer holds the corpus",
	"POST /notice/new notice.email":                     "a mail address, as hostile as the form of one allows",
	"POST /orders annex_i.b.addresses.seen_sha256":      "a digest",
	"POST /orders/{id} annex_i.b.addresses.seen_sha256": "a digest",
	"POST /orders annex_i.b.addresses.url":              "an address; the platform's answer holds the corpus",
	"POST /orders/{id} annex_i.b.addresses.url":         "an address; the platform's answer holds the corpus",
	"POST /orders gag.reasons":                          "written when the draft is revised",
	"POST /orders emergency.justification":              "written when the draft is revised",
	"POST /preferences/keyboard key.help":               "one character",
	"POST /preferences/keyboard key.next":               "one character",
	"POST /preferences/keyboard key.previous":           "one character",
	"POST /preferences/keyboard key.search":             "one character",
	"POST /preferences/keyboard key.undo":               "one character",
	"POST /enrol/password sign_in":                      "a name of letters, digits and a few signs",
	"POST /sign-in/password sign_in":                    "a name of letters, digits and a few signs; nonsense is shown again",
	"POST /sign-in/password code":                       "six digits",
	"POST /enrol/code code":                             "six digits",
	"POST /preferences/wellness views":                  "a number",
	"POST /search/content text":                         "kept nowhere and not shown again",
	"POST /search/content address":                      "shown again to whoever typed it; content_find_test.go",
	"POST /search/content hash":                         "shown again to whoever typed it; content_find_test.go",
	"POST /rota from":                                   "a time of day",
	"POST /rota to":                                     "a time of day",
	"POST /rota zone":                                   "a time zone",
}

// unshown are texts that no page or list shows again.
var unshown = map[string]string{
	"API item text": "only its hashes are kept",
}

// TestNothingThatIsWrittenRunsOrLeadsAway writes the corpus into every inlet over HTTP, opens every page and every list,
// and looks at each page that shows any of it in a real browser: nothing runs, nothing leads away, no browser reports
// that a policy stopped something, and what was written is there to be read. What the console has is asked of the
// console: an address, a form's field or a text that is not covered fails.
func TestNothingThatIsWrittenRunsOrLeadsAway(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newSiege(t)
	for at, p := range s.every {
		s.crawl(p, s.starts(at))
	}
	s.look(s.person(host), "/sign-in?"+url.Values{"to": {"/cases"}}.Encode())
	s.mustGuardExports()
	s.mustCover()
	s.mustHaveFilledMachines()
	s.mustSurviveNonsense()
	for _, at := range slices.Sorted(maps.Keys(s.pages)) {
		s.mustBeQuiet(b.as(s.every[at]), slices.Sorted(maps.Keys(s.pages[at])))
	}
	if n := s.blocked.Load(); n != 0 {
		t.Errorf("browsers reported %d times that a policy stopped something", n)
	}
}

// starts are every address of a node that is read, about every record there is.
func (s *siege) starts(at tocsin.PartyID) (paths []string) {
	t := s.t
	t.Helper()
	held := map[tocsin.RecordKind][]string{}
	check(t, s.nodes[at].flow.Store.View(t.Context(), func(tx flow.Tx) error {
		for _, kind := range tocsin.RecordKinds() {
			rows, _, err := tx.Records(flow.Page{Kind: kind, Limit: 2})
			if err != nil {
				return err
			}
			for _, row := range rows {
				held[kind] = append(held[kind], string(row.ID))
			}
		}
		return nil
	}))
	patterns, err := console.Patterns()
	check(t, err)
	for _, pattern := range patterns {
		shape, read := strings.CutPrefix(pattern, "GET ")
		if !read {
			continue
		}
		a := matrix[pattern]
		kinds := slices.Clone(a.kinds)
		switch {
		case strings.HasPrefix(shape, "/orders/"):
			kinds = []tocsin.RecordKind{tocsin.KindIssuedOrder, tocsin.KindReceivedOrder}
		case strings.HasPrefix(shape, "/alerts/"):
			kinds = []tocsin.RecordKind{tocsin.KindAlert}
		case shape == "/notice/{token}":
			paths = append(paths, "/notice/"+s.token)
		case shape == "/reading/{token}":
			paths = append(paths, "/reading/"+s.reading)
		case shape == "/complain/{token}":
			paths = append(paths, "/complain/"+s.statement)
		}
		if !strings.Contains(shape, "{id}") {
			if !strings.Contains(shape, "{token}") {
				paths = append(paths, strings.TrimSuffix(shape, "{$}"))
			}
			continue
		}
		for _, kind := range kinds {
			for _, id := range held[kind] {
				paths = append(paths, strings.Replace(shape, "{id}", id, 1))
			}
		}
	}
	return paths
}

// crawl opens pages and what they lead to, each once.
func (s *siege) crawl(p *person, queue []string) {
	s.t.Helper()
	done := map[string]bool{}
	for len(queue) > 0 && len(done) < 200 {
		path := queue[0]
		queue = queue[1:]
		if done[path] || strings.HasPrefix(path, "/assets/") || strings.HasSuffix(path, "/version") {
			continue
		}
		done[path] = true
		a := s.look(p, path)
		for n := range parsed(s.t, a.body).Descendants() {
			if n.Type != html.ElementNode || n.Data != "a" {
				continue
			}
			to, _, _ := strings.Cut(attribute(n, "href"), "#")
			if strings.HasPrefix(to, "/") && staysHere(to) {
				queue = append(queue, to)
			}
		}
	}
}

// mustCover wants that everything the console has was used.
func (s *siege) mustCover() {
	t := s.t
	t.Helper()
	patterns, err := console.Patterns()
	check(t, err)
	for _, pattern := range patterns {
		if strings.HasPrefix(pattern, "GET ") && !s.visited[pattern] && unreached[pattern] == "" {
			t.Errorf("%s was never seen: bring a record into its state, or say in unreached why not", pattern)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(s.met)) {
		if !s.planted[at] && unwritten[at] == "" {
			t.Errorf("nothing hostile was written into %s: plant it, or say in unwritten why not", at)
		}
	}
	for _, it := range s.all {
		if !s.shown[it.mark] && unshown[it.where] == "" {
			t.Errorf("what was written into %s (%s) was never shown: say in unshown why not", it.where, it.mark)
		}
	}
	for _, p := range s.unused() {
		t.Errorf("no field had room for %s", p)
	}
}

// mustGuardExports reads every list that machines and spreadsheets get.
func (s *siege) mustGuardExports() {
	t := s.t
	t.Helper()
	for _, path := range []string{"/decisions", "/banks/KETTLES/signals?format=jsonl", "/banks/KETTLES/signals?format=tat",
		"/banks/KETTLES/signals?format=local_file", "/banks", "/imports", "/cases", "/notices", "/complaints", "/people", "/jobs"} {
		s.call(host, "GET", path, nil)
	}
	for at, lists := range map[tocsin.PartyID][]string{authority: {"/notices"}, host: {"/notices", "/cases", "/complaints"}} {
		for _, list := range lists {
			for _, id := range recordForm.FindAllString(string(s.call(at, "GET", list, nil)), -1) {
				if kind := map[string]string{"ntc": "/notices/", "cas": "/cases/", "cmp": "/complaints/"}[id[:3]]; kind == list+"/" {
					s.call(at, "GET", kind+id, nil)
				}
			}
		}
	}
	for _, id := range s.signals {
		s.call(host, "GET", "/signals/"+id, nil)
	}
	tables, formulas := tablesOf(t), 0
	for _, path := range tables {
		formulas += s.mustGuardTable(path + "?format=csv")
	}
	if len(tables) < 3 || formulas < 2 {
		t.Errorf("%d cells of %v are guarded: the corpus did not reach the tables", formulas, tables)
	}
}

// mustGuardTable reads a table as a spreadsheet does, and counts the cells that had to be guarded.
func (s *siege) mustGuardTable(path string) (guarded int) {
	t := s.t
	t.Helper()
	_, h, body := s.ask(host, "GET", path, nil)
	if got := h.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Errorf("the table %s is %q", path, got)
	}
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	check(t, err)
	if len(rows) < 2 {
		t.Errorf("the table %s is empty", path)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
				t.Errorf("%s: a spreadsheet would compute %q", path, cell)
			}
			if strings.HasPrefix(cell, "'") {
				guarded++
			}
		}
	}
	return guarded
}

var recordForm = regexp.MustCompile(`[a-z]{3}_[a-z2-7]{26}`)

// mustSurviveNonsense sends every form with what no field takes, and with all of its fields wrong: the page that comes
// back is a page, and shows what was typed as what it is.
func (s *siege) mustSurviveNonsense() {
	t := s.t
	t.Helper()
	for _, at := range []tocsin.PartyID{authority, host} {
		for _, f := range s.forms[at] {
			to, _, _ := strings.Cut(f.action, "?")
			for _, text := range append([]string{`"><x-rang><script>rang=1</script>`, strings.Repeat("quay", 2000)}, strings.Join(wrong, " ")) {
				values := url.Values{}
				for _, field := range f.fields {
					values.Set(field.name, text)
				}
				s.seen(s.every[at], s.every[at].post(to, values))
			}
		}
	}
}

// readable is what a page says, hidden parts and fields included.
const readable = `document.body.textContent + " " + [...document.querySelectorAll("input, textarea, option")].map(e => e.value).join(" ")`

// alive is what must not be: something ran, or an element of the corpus came to life.
const alive = `[typeof rang === "undefined" ? "" : "a script ran",
	...[...document.querySelectorAll("x-rang, iframe, object, embed, base, [style], [srcdoc], meta[http-equiv]")].map(e => e.outerHTML.slice(0, 80)),
	...[...document.querySelectorAll("*")].flatMap(e => [...e.attributes]).filter(a => /^on|^hx-/.test(a.name)).map(a => a.name),
	...[...document.querySelectorAll("[href], [src], [action], [formaction]")].flatMap(e => ["href", "src", "action", "formaction"]
		.filter(n => e.hasAttribute(n)).map(n => new URL(e.getAttribute(n), location.href))).filter(u => u.origin !== location.origin).map(String),
	].filter(Boolean).join("; ")`

// mustBeQuiet opens pages in a browser.
func (s *siege) mustBeQuiet(p *tab, paths []string) {
	t := s.t
	t.Helper()
	for _, path := range paths {
		p.open(path)
		found := js[[]string](p, "["+alive+", location.host, "+readable+"]")
		if found[0] != "" {
			t.Errorf("%s: %s", path, found[0])
		}
		if !strings.HasSuffix(p.url, "//"+found[1]) {
			t.Errorf("%s led to %s", path, found[1])
		}
		text := found[2]
		for _, it := range s.all {
			if it.proof != "" && strings.Contains(text, it.mark) && !strings.Contains(text, it.proof) {
				t.Errorf("%s shows %s of %s without %q", path, it.mark, it.where, it.proof)
			}
		}
	}
	t.Logf("%d pages of %s that show what was written", len(paths), p.url)
}
