// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"strings"
	"testing"

	"tocsin"
)

// TestWhatAPagePolicyStopsIsCounted makes a page do what it may not, and waits for the browser to say so by itself.
func TestWhatAPagePolicyStopsIsCounted(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, true, host)
	p := b.as(w.enrolled(host, "Night Shift", tocsin.DutyModerator))
	p.open("/orders")
	if n := w.blocked.Load(); n != 0 {
		t.Errorf("an ordinary page was reported %d times", n)
	}
	js[bool](p, `fetch("http://elsewhere.localhost/canary").catch(() => {}), true`)
	eventually(t, "the browser reports it", func() bool { return w.blocked.Load() > 0 })
	p.mu.Lock()
	p.trouble = nil // it was meant
	p.mu.Unlock()
	if strings.Contains(w.log.String(), "canary") {
		t.Error("a report is kept")
	}
}

func TestReportsOfBrowsersAreLimitedAndCloseNoDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	p := w.person(host)
	report := func() answer {
		req := p.request("POST", "/blocked", strings.NewReader(`{"csp-report":{"document-uri":"canary"}}`))
		req.Header.Set("Content-Type", "application/csp-report")
		return p.do(req)
	}
	limited := 0
	for range 60 {
		if report().status == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited < 20 || w.blocked.Load() != int64(60-limited) {
		t.Errorf("%d of 60 were refused and %d counted", limited, w.blocked.Load())
	}
	if a := p.call("/sign-in/begin", map[string]string{}); a.status != http.StatusOK {
		t.Errorf("nobody can sign in any more: %d", a.status)
	}
	req := p.request("POST", "/blocked", nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := p.do(req); a.status != http.StatusForbidden {
		t.Errorf("another site counts up: %d", a.status)
	}
}
