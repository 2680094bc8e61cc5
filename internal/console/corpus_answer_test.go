// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tocsin"
)

// plantAnswers answers the complaint and the public reports, for hostile reasons.
func (s *siege) plantAnswers() {
	t := s.t
	t.Helper()
	handler := s.enrolled(host, "Second Look", tocsin.DutyComplaintHandler)
	link := complaintLink.FindStringSubmatch(s.look(handler, "/complaints").body)
	if link == nil {
		t.Fatalf("no complaint waits: %s", words(handler.get("/complaints").body))
	}
	at := link[1]
	if a := handler.post(at+"/take", nil); a.status != http.StatusOK {
		t.Fatalf("take: %d %s", a.status, words(a.body))
	}
	confirm := url.Values{"do": {"confirm"}}
	s.look(handler, at+"/give")
	s.plant(handler, at+"/uphold", "", url.Values{"do": {"review"}})
	s.plant(handler, at+"/reject", "", confirm)
	s.look(handler, at+"/take_back")
	s.plant(handler, at+"/name_body", "", nil)
	s.look(handler, at+"/refer")
	now := s.clock.Now().UTC().Format("2006-01-02T15:04")
	if a := handler.post(at+"/refer", url.Values{"settlement.at": {now}}); a.status != http.StatusOK {
		t.Fatalf("refer: %d %s", a.status, words(a.body))
	}
	s.look(handler, at+"/prolong")
	s.plant(handler, at+"/settle", "", url.Values{"settlement.outcome": {string(tocsin.SettledForComplainant)}})
	s.plant(handler, at+"/implement", "", url.Values{"do": {"review"}})
	s.plant(handler, at+"/decline", "", confirm)
	s.plantChallenges(handler)
	s.plantTriage()
}

// plantChallenges upholds the challenge of what is read, and rejects the other.
func (s *siege) plantChallenges(handler *person) {
	for _, link := range challengeLink.FindAllStringSubmatch(s.look(handler, "/challenges").body, -1) {
		if strings.Contains(s.look(handler, link[1]).body, "lex:zorvian") {
			s.plant(handler, link[1]+"/uphold", "", url.Values{"challenge.entry": {"lex:zorvian@1"}, "do": {"confirm"}})
		} else {
			s.plant(handler, link[1]+"/reject", "", url.Values{"do": {"confirm"}})
		}
	}
}

// plantTriage answers reports at the authority.
func (s *siege) plantTriage() {
	t := s.t
	t.Helper()
	reporter := s.visitor(authority, "en")
	for post := 4; post <= 5; post++ {
		if a := reporter.do("POST", "/notice/new", publicNotice("https://board.example/post/"+strconv.Itoa(post))); a.status != http.StatusOK {
			t.Fatalf("report: %d %s", a.status, words(a.body))
		}
	}
	links := noticeLink.FindAllStringSubmatch(s.look(s.officer, "/notices").body, -1)
	if len(links) < 2 {
		t.Fatalf("%d reports wait", len(links))
	}
	last := links[len(links)-1][1]
	s.look(s.officer, last+"/ask")
	s.plant(s.officer, last+"/refer_to", "", url.Values{"triage.host": {string(host)}})
	dismissed := links[len(links)-2][1]
	s.plant(s.officer, dismissed+"/dismiss", "", nil)
	s.plant(s.officer, dismissed+"/judge", "", nil)
	s.look(s.officer, "/orders/new?notice="+strings.TrimPrefix(links[0][1], "/notices/"))
}
