// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"encoding/json"
	"html"
	"image/jpeg"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/mediaproxy"
	assembled "tocsin/internal/node"
)

// viewer fetches from the board, and has stills made in a child.
func (w *world) viewer() flow.Viewer {
	w.t.Helper()
	v, err := assembled.NewViewer(w.board.URL)
	check(w.t, err)
	w.t.Cleanup(v.Close)
	return v
}

// gallery serves stills on an origin of its own: another port, as on one machine.
func (w *world) gallery(f *flow.Flow, name string) string {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(w.t, err)
	server := &http.Server{Handler: mediaproxy.Handler(f, mediaproxy.SameSite, w.logger()), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	w.t.Cleanup(func() { _ = server.Close() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	check(w.t, err)
	return "http://" + name + ".localhost:" + port
}

var stillOnPage = regexp.MustCompile(`<img src="(http[^"]*)"`)

// fetches asks the media origin for what a page shows.
func (p *person) fetches(address string) int {
	p.t.Helper()
	u, err := url.Parse(address)
	check(p.t, err)
	u.Host = "127.0.0.1:" + u.Port()
	resp, err := http.Get(u.String())
	check(p.t, err)
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		_, err := jpeg.Decode(resp.Body)
		check(p.t, err)
	}
	return resp.StatusCode
}

var (
	anyTag    = regexp.MustCompile(`<[^>]*>`)
	anySpaces = regexp.MustCompile(`\s+`)
)

// wording is all that a page says, on one line.
func wording(body string) string {
	return anySpaces.ReplaceAllString(html.UnescapeString(anyTag.ReplaceAllString(body, " ")), " ")
}

// TestMediaAreSeenWithoutScript: a press is a form, the page comes back with what was asked for, and nothing that was
// typed is lost. Only pages that show media may load from their origin.
func TestMediaAreSeenWithoutScript(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) {
		s.Terms = []flow.TermsSection{{Key: "Rule 4", Text: map[string]string{"en": "Kettles stay at home."}}}
	})
	origin := w.nodes[host].media
	id := w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	for _, path := range []string{"/", "/cases", "/orders", "/search", "/preferences", "/alerts", "/rota", "/policy", "/items/" + string(w.itemOf(id))} {
		if a := p.get(path); a.status != 200 || strings.Contains(a.header.Get("Content-Security-Policy"), origin) || strings.Contains(a.body, origin) {
			t.Errorf("%s: %d, may load media: %s", path, a.status, a.header.Get("Content-Security-Policy"))
		}
	}
	path := p.take()
	page := p.get(path)
	if !strings.Contains(page.header.Get("Content-Security-Policy"), "img-src 'self' "+origin+";") || strings.Contains(page.body, origin) {
		t.Errorf("before a press: %s", page.header.Get("Content-Security-Policy"))
	}
	if says := wording(page.body); !strings.Contains(says, "You opened 0 files in this session. Within a day: 0.") ||
		!strings.Contains(says, "Nobody has said what it shows.") {
		t.Errorf("the page says %s", says)
	}
	see := func(to string, form url.Values) (string, answer) {
		t.Helper()
		a := p.post(to, form)
		found := stillOnPage.FindStringSubmatch(a.body)
		if a.status != 200 || found == nil || !strings.HasPrefix(found[1], origin+"/") {
			t.Fatalf("%s: %d, %v", to, a.status, words(a.body))
		}
		return found[1], a
	}
	version := "/records/" + string(id) + "/version"
	before := p.get(version).body
	for _, size := range []string{"0.small", "0.large", "all.small"} {
		address, _ := see(path+"/media", url.Values{"see": {size}})
		if got := p.fetches(address); got != 200 {
			t.Errorf("%s: %d", size, got)
		}
		if got := p.fetches(address); got != 404 {
			t.Errorf("%s again: %d", size, got)
		}
	}
	if says := wording(p.get(path).body); !strings.Contains(says, "You opened 3 files in this session. Within a day: 3.") {
		t.Errorf("the page says %s", says)
	}
	if after := p.get(version).body; after != before || !strings.Contains(before, "version") {
		t.Errorf("to look at a picture is called a change: %s, %s", before, after)
	}
	for _, bad := range []string{"", "1.small", "-1.small", "0.original", "all.large", "0", "../0.small"} {
		if a := p.post(path+"/media", url.Values{"see": {bad}}); a.status < 400 || a.status >= 500 {
			t.Errorf("%q: %d", bad, a.status)
		}
	}
	form := p.finding(path + "/restrict")
	address, a := see(path+"/restrict", doing(form, "see.0.small"))
	if p.fetches(address) != 200 || !strings.Contains(a.body, "Kettles do not stand on bridges here.") ||
		!strings.Contains(wording(a.body), "Rule 4 Kettles stay at home.") {
		t.Errorf("the form comes back as %s", words(a.body))
	}
	address, _ = see(path+"/media", url.Values{"see": {"0.small"}})
	p.post("/sign-out", nil)
	if got := p.fetches(address); got != 404 {
		t.Errorf("signed out: %d", got)
	}
}

func (w *world) itemOf(id tocsin.RecordID) tocsin.RecordID {
	w.t.Helper()
	v, err := w.nodes[host].flow.Case(w.t.Context(), watcher, id)
	check(w.t, err)
	return v.Item.ID
}

// TestWhatCannotBeSeenIsSaid, and whoever has seen enough is told kindly what to do.
func TestWhatCannotBeSeenIsSaid(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) { s.Wellness.Views = 1 })
	w.upload("1", kettleBytes, kettlePicture)
	w.upload("2", string(tocsin.DigestOf([]byte("another"))), kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	a := p.post(path+"/media", url.Values{"see": {"0.small"}})
	p.fetches(stillOnPage.FindStringSubmatch(a.body)[1])
	if says := wording(p.get(path).body); !strings.Contains(says, "That is enough.") || !strings.Contains(says, "Within a day: 1 of 1.") {
		t.Errorf("the page says %s", says)
	}
	if a := p.post("/cases/next", nil); a.path != "/cases" || !strings.Contains(wording(a.body), "take care of yourself") {
		t.Errorf("the queue answers at %s: %s", a.path, words(a.body))
	}
	w.board.Close()
	a = p.post(path+"/media", url.Values{"see": {"0.small"}})
	if a.status != 200 || !strings.Contains(wording(a.body), "The platform did not send the file.") || stillOnPage.MatchString(a.body) {
		t.Errorf("%d: %s", a.status, words(a.body))
	}
	req := p.request("POST", path+"/media", strings.NewReader("see=0.small"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	var told struct {
		Views []struct{ Address, Problem string }
	}
	if got := p.do(req); json.Unmarshal([]byte(got.body), &told) != nil || len(told.Views) != 1 ||
		told.Views[0].Address != "" || !strings.HasPrefix(told.Views[0].Problem, "The platform did not send") {
		t.Errorf("a script is told %s", got.body)
	}
	officer := w.enrolled(host, "Else", tocsin.DutySupervisor)
	if says := wording(officer.get(path).body); !strings.Contains(says, "Your duties are others.") {
		t.Errorf("whoever sees no media is told %s", says)
	}
}

// TestPictureOfACaseIsSeenInABrowser goes through every list and to a case in a real browser, whose requests are
// watched: none is for a medium until the button is pressed; then there is one, and the picture is veiled, and counted.
func TestPictureOfACaseIsSeenInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newDesk(t, func(s *flow.Settings) { s.Demonstration = false })
	w.files.Store(3)
	w.upload("1", kettleBytes, kettlePicture)
	origin := w.nodes[host].media
	p := b.enrol(w, host, "Night Shift", tocsin.DutyModerator, tocsin.DutySeniorModerator)
	call(p, network.Enable, network.EnableParams{})
	media := func() (n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, address := range p.asked {
			if strings.HasPrefix(address, origin) || strings.HasPrefix(address, w.board.URL) {
				n++
			}
		}
		return n
	}
	for _, list := range []string{"/", "/cases?state=open&state=claimed", "/orders", "/search", "/alerts", "/jobs", "/cases"} {
		p.open(list)
	}
	p.reads("Ctrl+K")
	p.press(kb.Enter)
	p.reads("You work on this case.")
	path := strings.Fields(p.words())[0]
	at := js[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector("#media-0 .place").getBoundingClientRect())`)
	p.run(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	if n := media(); n != 0 {
		t.Fatalf("%d requests for media before a press", n)
	}
	p.reads("You opened 0 files in this session.")
	p.looks(views, axeText(t), "case-media")
	p.open(path)
	p.reads("Ctrl+K")
	p.reach("Show it")
	p.press(kb.Enter)
	p.until(`document.querySelector("#media-0 img")?.naturalWidth > 0`)
	p.until(`document.querySelector("[data-seen]").textContent.includes("You opened 1 file in this session.")`)
	filter := `getComputedStyle(document.querySelector("#media-0 .place > *")).filter`
	if got := js[string](p, filter); !strings.Contains(got, "blur(28px)") || !strings.Contains(got, "grayscale(1)") || media() != 1 {
		t.Errorf("shown as %q, %d requests", got, media())
	}
	p.picture("case-media-shown")
	p.key(input.DispatchKeyEventTypeKeyDown, " ", "Space", 0)
	p.until(`!` + filter + `.includes("blur")`)
	p.picture("case-media-clear")
	p.key(input.DispatchKeyEventTypeKeyUp, " ", "Space", 0)
	p.until(filter + `.includes("blur")`)
	p.click("Show all 3 small")
	p.until(`[...document.querySelectorAll(".sheet img")].filter(i => i.naturalWidth > 0).length === 3`)
	p.until(`document.querySelector("[data-seen]").textContent.includes("You opened 4 files in this session.")`)
	p.picture("case-media-sheet")
	p.open(path)
	p.reads("You opened 4 files in this session.")
	if n := media(); n != 4 || js[bool](p, `document.querySelector(".media img") !== null`) {
		t.Errorf("opened again it shows media; %d requests", n)
	}
}
