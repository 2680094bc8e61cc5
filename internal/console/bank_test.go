// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tocsin"
)

var signalLink = regexp.MustCompile(`href="(/signals/sig_[a-z2-7]{26})"`)

// signal leads from the list of banks to the page of the one signal there is.
func (p *person) signal(bank string) string {
	p.t.Helper()
	list := p.get("/banks").body
	at := regexp.MustCompile(`href="(/banks/bnk_[a-z2-7]{26})"`).FindStringSubmatch(list)
	if at == nil || !strings.Contains(list, bank) {
		p.t.Fatalf("no bank: %s", words(list))
	}
	found := signalLink.FindStringSubmatch(p.get(at[1]).body)
	if found == nil {
		p.t.Fatalf("no signal: %s", words(p.get(at[1]).body))
	}
	return found[1]
}

func TestSignalSaysWhereItComesFromAndIsDisputedWithReasons(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	at := p.signal("KETTLES")
	page := p.get(at)
	for _, want := range []string{"Garden board", "70 / 100", "R-1", "No party has an opinion", "What it matches is put before a person."} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q: %s", want, words(page.body))
		}
	}
	if a := p.post(at+"/dispute", url.Values{"signal.reasons": {" "}}); a.status != unprocessable ||
		!strings.Contains(elementText(a.body, "signal.reasons-problem"), "required") && !strings.Contains(a.body, "aria-invalid") {
		t.Errorf("without reasons: %d %s", a.status, words(a.body))
	}
	a := p.post(at+"/dispute", url.Values{"signal.reasons": {"It shows a bridge, and no kettle."}})
	if a.path != at || !strings.Contains(a.body, "Disputed") || !strings.Contains(a.body, "It shows a bridge, and no kettle.") ||
		!strings.Contains(a.body, "Holds it for wrong") {
		t.Errorf("disputed: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := p.post(at+"/agree", nil); a.path != at || !strings.Contains(a.body, "No party has an opinion") {
		t.Errorf("taken back: %d at %s: %s", a.status, a.path, words(a.body))
	}
}

func TestSignalIsSwitchedOffAndOnAndSaysWhatThatDoes(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	at := p.signal("KETTLES")
	if ask := p.get(at + "/disable"); !strings.Contains(ask.body, "Nothing that was decided changes.") {
		t.Errorf("what it does: %s", words(ask.body))
	}
	past := url.Values{"signal.reasons": {"Too many kettles."}, "signal.until": {"2020-01-01T12:00"}}
	if a := p.post(at+"/disable", past); a.status != unprocessable || !strings.Contains(a.body, `id="signal.until-problem"`) {
		t.Errorf("an end that is over: %d %s", a.status, words(a.body))
	}
	if a := p.post(at+"/disable", url.Values{"signal.reasons": {"Too many kettles."}}); a.path != at ||
		!strings.Contains(a.body, "Switched off") || !strings.Contains(a.body, "Too many kettles.") {
		t.Errorf("switched off: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := p.post(at+"/enable", nil); a.path != at || strings.Contains(a.body, "until somebody switches it on again") {
		t.Errorf("switched on: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := p.post(at+"/enable", nil); a.status != http.StatusConflict {
		t.Errorf("twice: %d", a.status)
	}
	if a := p.post(at+"/release", url.Values{"signal.reasons": {"It is no flood."}}); a.status != http.StatusConflict {
		t.Errorf("released without a quarantine: %d", a.status)
	}
}

func TestNodeThatMatchesNothingSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Everyone", tocsin.Duties()...)
	if a := p.get("/banks"); a.status != http.StatusOK || !strings.Contains(a.body, "This node does no matching.") {
		t.Errorf("%d %s", a.status, words(a.body))
	}
	if strings.Contains(p.get("/orders").body, `href="/banks"`) {
		t.Error("it leads there all the same")
	}
}
