// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tocsin"
)

// visitor is somebody without an account, a session or a script.
type visitor struct {
	t      *testing.T
	at     string
	client *http.Client
	accept string // language
}

type shown struct {
	status int
	path   string
	body   string
	header http.Header
}

func (v visitor) do(method, path string, form url.Values) shown {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.at+path, strings.NewReader(form.Encode()))
	check(v.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Language", v.accept)
	res, err := v.client.Do(req)
	check(v.t, err)
	body, err := io.ReadAll(res.Body)
	check(v.t, err)
	check(v.t, res.Body.Close())
	return shown{res.StatusCode, res.Request.URL.Path, string(body), res.Header}
}

func (w *world) visitor(at tocsin.PartyID, language string) visitor {
	p := w.person(at)
	p.client.Jar = nil
	return visitor{w.t, p.url, p.client, language}
}

func publicNotice(address string) url.Values {
	return url.Values{"key": {tocsin.NewToken("key")}, "notice.addresses": {address},
		"notice.reasons": {"The picture of the bridge shows how to loosen its bolts."}, "notice.name": {"A neighbour"},
		"notice.email": {"neighbour@garden.example"}, "notice.good_faith": {"on"}}
}

func TestNoticeIsGivenWithoutAnAccountAndItsPageIsTheReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	v := w.visitor(host, "fr")
	form := v.do("GET", "/notice/new", nil)
	if form.status != http.StatusOK || !strings.Contains(form.body, "Signaler un contenu") ||
		len(form.header.Values("Set-Cookie")) > 0 {
		t.Fatalf("%d, cookies %v", form.status, form.header.Values("Set-Cookie"))
	}
	if english := leftover.FindString(words(form.body)); english != "" {
		t.Errorf("%q is left in English", english)
	}
	sent := v.do("POST", "/notice/new", publicNotice("https://board.example/post/1"))
	if sent.status != http.StatusOK || !strings.HasPrefix(sent.path, "/notice/nst_") ||
		len(sent.header.Values("Set-Cookie")) > 0 {
		t.Fatalf("%d at %s", sent.status, sent.path)
	}
	for _, secret := range []string{"neighbour@garden.example", "A neighbour"} {
		if strings.Contains(sent.body, secret) {
			t.Errorf("the page, whose address may be passed on, tells %q", secret)
		}
	}
	if strings.Contains(w.log.String(), strings.TrimPrefix(sent.path, "/notice/")) {
		t.Error("the token of the page stands in the log")
	}
	for _, header := range []string{"Content-Security-Policy", "Cache-Control", "Referrer-Policy"} {
		if sent.header.Get(header) == "" {
			t.Errorf("no %s", header)
		}
	}
}

func TestNoticeThatLacksSomethingIsAskedForItAtItsField(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	v := w.visitor(host, "en")
	form := publicNotice("https://board.example/post/1")
	form.Del("notice.good_faith")
	form.Set("notice.reasons", `"><script>alert(1)</script>`)
	form.Del("notice.email")
	sent := v.do("POST", "/notice/new", form)
	if sent.status != unprocessable {
		t.Fatalf("status %d", sent.status)
	}
	for _, want := range []string{`role="alert"`, `href="#notice.email"`, `id="notice.email-problem"`,
		`href="#notice.good_faith"`, `aria-invalid`, "A neighbour"} {
		if !strings.Contains(sent.body, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(sent.body, "<script>alert") {
		t.Error("what was typed is markup")
	}
	form = publicNotice("the garden behind the bridge")
	if sent := v.do("POST", "/notice/new", form); sent.status != unprocessable ||
		!strings.Contains(sent.body, `id="notice.addresses-problem"`) {
		t.Errorf("no address: %d", sent.status)
	}
}

func TestPublicPagesOpenByTheirTokenOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	v := w.visitor(host, "en")
	for _, path := range []string{"/notice/nst_" + strings.Repeat("a", 26), "/notice/x", "/complain/x",
		"/complain/dec_a.rst_b.00", "/notice/", "/complain/"} {
		if got := v.do("GET", path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := v.do("POST", "/complain/x", url.Values{"complaint.reasons": {"A kettle is no bridge at all."}}); got.status !=
		http.StatusNotFound {
		t.Errorf("a complaint against nothing: %d", got.status)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", v.at+"/notice/new", strings.NewReader("key=1"))
	check(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := v.client.Do(req)
	check(t, err)
	check(t, res.Body.Close())
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", res.StatusCode)
	}
}

func TestPublicFormKnocksAtLimitsToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	v := w.visitor(host, "en")
	last := 0
	for range 60 {
		if last = v.do("POST", "/notice/new", url.Values{}).status; last == http.StatusTooManyRequests {
			return
		}
	}
	t.Errorf("after sixty tries it still answers %d", last)
}

func TestAuthorityTakesReportsAndOthersTakeNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority, supervisor)
	a := w.visitor(authority, "en")
	if got := a.do("GET", "/notice/new", nil); got.status != http.StatusOK || !strings.Contains(got.body, "Tell this authority") {
		t.Errorf("at the authority: %d", got.status)
	}
	sent := a.do("POST", "/notice/new", publicNotice("https://board.example/post/1"))
	if sent.status != http.StatusOK || !strings.Contains(sent.body, "Waiting for a decision") {
		t.Errorf("%d at %s", sent.status, sent.path)
	}
	if got := w.visitor(supervisor, "en").do("GET", "/notice/new", nil); got.status != http.StatusNotFound {
		t.Errorf("at a supervisor: %d", got.status)
	}
}
