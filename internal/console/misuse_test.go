// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// sending is a sender of notices about nothing, and the people at whose desk they come in.
type sending struct {
	*world
	at            tocsin.PartyID
	key           flow.Actor // the sender
	given         []flow.NoticeReceipt
	senior, other *person // who may judge, and another
	junior        *person // who may not
	page          string  // of the sender at the desk
}

// newSending has six notices given, and all of them answered: at a host by keeping the item, at an authority by no action.
func newSending(t *testing.T, at tocsin.PartyID) *sending {
	t.Helper()
	s := &sending{at: at, key: flow.Actor{ID: tocsin.ActorID(tocsin.NewToken("svc")), Scopes: []string{"notice.submit"}}}
	if at == host {
		s.world = newDesk(t, nil)
		s.senior, s.other = s.enrolled(at, "Senior", tocsin.DutySeniorModerator), s.enrolled(at, "Other", tocsin.DutyLegal)
		s.junior = s.enrolled(at, "Junior", tocsin.DutyModerator)
	} else {
		s.world = newWorld(t, true, at)
		s.senior, s.other = s.enrolled(at, "Officer One", tocsin.DutyOfficer), s.enrolled(at, "Officer Two", tocsin.DutyOfficer)
		s.junior = s.enrolled(at, "Approver", tocsin.DutyApprover)
	}
	for range 6 {
		r, err := s.gives()
		check(t, err)
		s.given = append(s.given, r)
	}
	s.answered()
	list, _, err := s.flow().Misuses(t.Context(), watcher, flow.MisuseFilter{})
	check(t, err)
	if len(list) != 1 {
		t.Fatalf("%d senders are counted", len(list))
	}
	s.page = "/misuse/" + string(list[0].ID)
	return s
}

func (s *sending) flow() *flow.Flow { return s.nodes[s.at].flow }

// gives sends a notice in the sender's name.
func (s *sending) gives() (flow.NoticeReceipt, error) {
	return s.flow().SubmitNotice(s.t.Context(), s.key, "", flow.NoticeDraft{Form: tocsin.NoticeForm{
		Addresses: []tocsin.Address{{URL: s.board.URL + "/post/6"}}, Reasons: "The picture of the bridge shows its bolts.",
		Name: "A neighbour", Email: "neighbour@garden.example", GoodFaith: true, Language: "en"}})
}

func (s *sending) answered() {
	s.t.Helper()
	if s.at != host {
		for _, n := range s.given {
			path := "/notices/" + string(n.ID)
			if a := s.senior.post(path+"/dismiss", url.Values{"triage.reasons": {"A bridge, no more."}}); a.path != path {
				s.t.Fatalf("dismiss: %d at %s: %s", a.status, a.path, words(a.body))
			}
		}
		return
	}
	eventually(s.t, "all stand in one case", func() bool {
		for _, n := range s.given {
			v, err := s.flow().Notice(s.t.Context(), watcher, n.ID)
			check(s.t, err)
			if len(v.Cases) == 0 {
				return false
			}
		}
		return true
	})
	path := s.junior.take()
	form := s.junior.finding(path + "/keep")
	form.Set("decision.detection", string(tocsin.DetectionNotice))
	if a := s.junior.post(path+"/keep", doing(form, "confirm")); !strings.HasPrefix(a.path, "/decisions/") {
		s.t.Fatalf("keep: %d at %s: %s", a.status, a.path, words(a.body))
	}
}

// judges finds some of the notices unfounded.
func (s *sending) judges(notices ...flow.NoticeReceipt) {
	s.t.Helper()
	for _, n := range notices {
		path := "/notices/" + string(n.ID)
		if a := s.senior.post(path+"/judge", url.Values{"judge.reasons": {"The bridge has no bolts."}}); a.path != path {
			s.t.Fatalf("judge: %d at %s: %s", a.status, a.path, words(a.body))
		}
	}
}

// does goes through a step with reasons as a person does: after a look at what will be read.
func (s *sending) does(p *person, step flow.MisuseStep, reasons string, more url.Values) {
	s.t.Helper()
	form := url.Values{"misuse.reasons": {reasons}}
	for field, value := range more {
		form[field] = value
	}
	at := s.page + "/" + string(step)
	a := p.post(at, doing(form, "review"))
	if a.status != http.StatusOK || !strings.Contains(a.body, reasons) || !strings.Contains(a.body, `value="confirm"`) {
		s.t.Fatalf("%s is not shown once more: %d %s", step, a.status, words(a.body))
	}
	before := s.misuse().Version
	for range 2 { // one press, sent twice
		if a = p.post(at, doing(form, "confirm")); a.status != http.StatusOK || a.path != s.page {
			s.t.Fatalf("%s: %d at %s: %s", step, a.status, a.path, words(a.body))
		}
	}
	if after := s.misuse().Version; after != before+1 {
		s.t.Errorf("%s twice left %d events", step, after-before)
	}
}

func (s *sending) misuse() flow.MisuseView {
	s.t.Helper()
	v, err := s.flow().MisuseOf(s.t.Context(), watcher, tocsin.RecordID(strings.TrimPrefix(s.page, "/misuse/")))
	check(s.t, err)
	return v
}

// refuses wants a step to change nothing, and to be answered with a status and words; without words, with the page of the
// sender, because the step belongs to another state.
func (s *sending) refuses(p *person, step flow.MisuseStep, status int, says string) {
	s.t.Helper()
	before := s.misuse().Version
	form := url.Values{"misuse.reasons": {"It goes on."}, "misuse.until": {s.in(24 * time.Hour)}}
	for _, a := range []answer{p.get(s.page + "/" + string(step)), p.post(s.page+"/"+string(step), doing(form, "confirm"))} {
		if a.status != status || !strings.Contains(wording(a.body), says) || says == "" && a.path != s.page {
			s.t.Errorf("%s: %d at %s, and not %d with %q: %s", step, a.status, a.path, status, says, words(a.body))
		}
	}
	if s.misuse().Version != before {
		s.t.Errorf("%s was refused, and something changed", step)
	}
}

// in writes a time as the form takes it.
func (s *sending) in(d time.Duration) string {
	return s.clock.Now().Add(d).UTC().Format(page.LocalTime)
}

// told is what the sender reads on the page of one of its notices, in three languages of which none is half another.
func (s *sending) told(lines ...string) {
	s.t.Helper()
	for _, language := range []string{"en", "fr", "ar"} {
		a := s.visitor(s.at, language).do("GET", "/notice/"+s.given[5].Token, nil)
		if a.status != http.StatusOK {
			s.t.Fatalf("the sender's page: %d", a.status)
		}
		if english := leftover.FindString(written(a.body)); english != "" && language != "en" {
			s.t.Errorf("in %s %q is left in English", language, english)
		}
		for _, line := range lines {
			if language == "en" && !strings.Contains(wording(a.body), line) {
				s.t.Errorf("the sender does not read %q: %s", line, words(a.body))
			}
		}
	}
}

const (
	tooFew    = "Too few of the sender’s notices were manifestly unfounded"
	notHers   = "Your duties do not allow this."
	herOwn    = "A second look is another person’s"
	ofAnother = "" // of another state
)

// TestSenderIsWarnedSuspendedHeardAndFreed goes through the pages of a sender at a host and at an authority, and knocks at
// each step in every state as somebody who may not, and in every state that it is not for.
func TestSenderIsWarnedSuspendedHeardAndFreed(t *testing.T) {
	t.Parallel()
	for _, at := range []tocsin.PartyID{host, authority} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			s := newSending(t, at)
			s.warned()
			s.suspended()
			s.heard()
			s.freed()
		})
	}
}

func (s *sending) warned() {
	s.t.Helper()
	s.judges(s.given[:4]...)
	s.refuses(s.senior, flow.MisuseWarn, http.StatusConflict, tooFew)
	if a := s.senior.get(s.page); !strings.Contains(wording(a.body), tooFew) {
		s.t.Errorf("the page does not say why nobody is warned yet: %s", words(a.body))
	}
	s.judges(s.given[4])
	s.refuses(s.junior, flow.MisuseWarn, http.StatusForbidden, notHers)
	if a := s.junior.get(s.page); !strings.Contains(wording(a.body), "A senior moderator, legal or an officer does this.") {
		s.t.Errorf("the page does not say who warns: %s", words(a.body))
	}
	for _, step := range []flow.MisuseStep{flow.MisuseSuspend, flow.MisuseLift, flow.MisuseConfirm} {
		s.refuses(s.senior, step, http.StatusOK, ofAnother)
	}
	if a := s.senior.post(s.page+"/warn", url.Values{"do": {"confirm"}}); a.status != unprocessable ||
		!strings.Contains(a.body, `id="misuse.reasons-problem"`) {
		s.t.Errorf("warned without a word: %d %s", a.status, words(a.body))
	}
	s.does(s.senior, flow.MisuseWarn, "Five of six were about nothing.", nil)
	s.told("A warning", "Many of your notices were manifestly unfounded.", "Five of six were about nothing.")
}

func (s *sending) suspended() {
	s.t.Helper()
	s.refuses(s.senior, flow.MisuseSuspend, http.StatusConflict, "Nothing came since the warning")
	s.refuses(s.senior, flow.MisuseWarn, http.StatusOK, ofAnother)
	s.refuses(s.senior, flow.MisuseConfirm, http.StatusOK, ofAnother)
	s.judges(s.given[5])
	s.refuses(s.junior, flow.MisuseSuspend, http.StatusForbidden, notHers)
	for _, until := range []string{"", "soon", s.in(-time.Hour), s.in(91 * 24 * time.Hour)} {
		form := url.Values{"misuse.reasons": {"It goes on."}, "misuse.until": {until}}
		if a := s.senior.post(s.page+"/suspend", doing(form, "confirm")); a.status != unprocessable ||
			!strings.Contains(a.body, `id="misuse.until-problem"`) {
			s.t.Errorf("suspended until %q: %d %s", until, a.status, words(a.body))
		}
	}
	s.does(s.senior, flow.MisuseSuspend, "It goes on.", url.Values{"misuse.until": {s.in(24 * time.Hour)}})
	s.told("Your notices are not handled for a time", "It goes on.", "Object")
	if _, err := s.gives(); tocsin.ReasonOf(err) != flow.ReasonSenderSuspended {
		s.t.Errorf("a suspended sender's notice: %v", err)
	}
	form := publicNotice(s.board.URL + "/post/5")
	if a := s.visitor(s.at, "en").do("POST", "/notice/new", form); a.status != http.StatusOK {
		s.t.Errorf("somebody else's notice: %d", a.status)
	}
}

func (s *sending) heard() {
	s.t.Helper()
	s.refuses(s.senior, flow.MisuseLift, http.StatusForbidden, herOwn)
	s.refuses(s.junior, flow.MisuseLift, http.StatusForbidden, notHers)
	for _, step := range []flow.MisuseStep{flow.MisuseWarn, flow.MisuseSuspend, flow.MisuseConfirm} {
		s.refuses(s.other, step, http.StatusOK, ofAnother)
	}
	objection := "/notice/" + s.given[5].Token + "/objection"
	v := s.visitor(s.at, "en")
	if a := v.do("POST", objection, url.Values{}); a.status != unprocessable ||
		!strings.Contains(a.body, `id="objection.reasons-problem"`) {
		s.t.Errorf("an objection without a word: %d %s", a.status, words(a.body))
	}
	wrong := url.Values{"objection.reasons": {"There were bolts when I looked."}}
	if a := v.do("POST", objection, wrong); a.status != http.StatusOK {
		s.t.Errorf("the objection: %d %s", a.status, words(a.body))
	}
	if a := v.do("POST", objection, wrong); a.status != http.StatusConflict {
		s.t.Errorf("the objection again: %d %s", a.status, words(a.body))
	}
	s.told("Your objection was received.")
	if list := wording(s.other.get("/misuse").body); !strings.Contains(list, "Objects") {
		s.t.Errorf("the list does not say that somebody objects: %s", list)
	}
	if a := wording(s.other.get(s.page).body); !strings.Contains(a, "There were bolts when I looked.") {
		s.t.Errorf("the desk does not read the objection: %s", a)
	}
	s.refuses(s.senior, flow.MisuseConfirm, http.StatusForbidden, herOwn)
	s.refuses(s.junior, flow.MisuseConfirm, http.StatusForbidden, notHers)
	s.does(s.other, flow.MisuseConfirm, "There were none.", nil)
	s.told("the suspension stands", "There were none.")
	s.refuses(s.other, flow.MisuseConfirm, http.StatusOK, ofAnother)
}

func (s *sending) freed() {
	s.t.Helper()
	s.refuses(s.senior, flow.MisuseLift, http.StatusForbidden, herOwn)
	s.does(s.other, flow.MisuseLift, "The bolts were found.", nil)
	a := wording(s.visitor(s.at, "en").do("GET", "/notice/"+s.given[5].Token, nil).body)
	if strings.Contains(a, "not handled") || strings.Contains(a, "A warning") {
		s.t.Errorf("the sender still reads of it: %s", a)
	}
	if _, err := s.gives(); err != nil {
		s.t.Errorf("its notices are handled again, and this one: %v", err)
	}
	s.refuses(s.other, flow.MisuseLift, http.StatusOK, ofAnother)
}
