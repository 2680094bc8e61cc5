// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// newSiege writes the corpus into every inlet of an authority and a host.
func newSiege(t *testing.T) *siege {
	t.Helper()
	s := &siege{planted: map[string]bool{}, met: map[string]bool{}, visited: map[string]bool{}, shown: map[string]bool{},
		every: map[tocsin.PartyID]*person{}, machine: map[tocsin.PartyID]machine{}, pages: map[tocsin.PartyID]map[string]bool{},
		alike: map[string]int{}, forms: map[tocsin.PartyID]map[string]form{}, machineWrote: map[string]bool{}}
	for _, at := range []tocsin.PartyID{authority, host, supervisor} {
		s.pages[at], s.forms[at] = map[string]bool{}, map[string]form{}
	}
	w := newWorldOf(t, flow.Settings{Demonstration: true, KeepHashesFor: 24 * time.Hour, UndoWindow: 15 * time.Minute, ReviewShare: 100,
		Standing: flow.StandingDecisions{Enabled: true}})
	s.office = &office{world: w, officer: w.enrolled(authority, s.say("a person's name", 100, true), tocsin.DutyOfficer),
		approver:  w.enrolled(authority, "Officer Two", tocsin.DutyApprover),
		moderator: w.enrolled(host, s.say("a person's name", 100, true), tocsin.DutyModerator)}
	s.address = "?q=" + strings.NewReplacer(" ", "+", "#", "%23", "%", "%25").Replace(s.say("the platform's address", 900, true))
	s.all[len(s.all)-1].proof = "" // it is not the text itself
	twist := s.platformAnswers
	w.twisted.Store(&twist)
	for _, at := range []tocsin.PartyID{authority, host, supervisor} {
		s.every[at] = w.enrolled(at, s.say("a person's name", 100, true), tocsin.Duties()...)
		s.openMachine(at)
	}
	s.calling()
	s.planted["POST /enrol/finish name"] = true
	stranger := s.person(host)
	link := strings.TrimPrefix(w.invite(host, s.say("a person's name", 100, true), tocsin.DutyAnalyst), w.nodes[host].url)
	s.look(stranger, link)
	if a := s.plant(stranger, "/enrol", "/enrol/password", url.Values{"sign_in": {"quay.rang"},
		"password": {"a kettle on a bridge in spring"}, "again": {"a kettle on a bridge in spring"}}); !strings.HasPrefix(a.path, "/enrol/code") {
		t.Errorf("a password was not taken: %d at %s: %s", a.status, a.path, words(a.body))
	}
	s.plantBanks()
	s.plantCases()
	s.plantNotices()
	s.plantAnswers()
	s.plantEntries()
	s.plantOrders()
	s.plantPeople(authority)
	s.plantPeople(host)
	return s
}

// platformAnswers makes the platform say hostile things about what its items are.
func (s *siege) platformAnswers(answer map[string]any) {
	if answer["kind"] == "item" {
		address, _ := answer["address"].(string)
		answer["address"] = address + s.address
		answer["language"] = `"><x-rang>`
	}
}

// plantOrders sends orders through every step that takes a text.
func (s *siege) plantOrders() {
	given := func(reference string) url.Values {
		form := gardenForm(reference, s.board.URL+"/post/1")
		for _, written := range []string{"annex_i.a.reference", "annex_i.e.name", "annex_i.e.file_number", "annex_i.f.feedback",
			"annex_i.g.body", "annex_i.g.deadline", "reasons", "exemption_assessment.rationale"} {
			form.Del(written)
		}
		form["annex_i.b.addresses.seen_sha256"], form["gag.reasons"], form["emergency.justification"] = []string{""}, []string{""}, []string{""}
		return form
	}
	draft := func() string {
		return strings.SplitN(s.plant(s.officer, "/orders/new", "/orders", given("")).path, "?", 2)[0]
	}
	kept := draft()
	revised := given("")
	revised.Set("annex_i.b.addresses.url", s.board.URL+"/post/4")
	now := s.clock.Now().UTC()
	gag(now.Format("2006-01-02T15:04"), now.Add(48*time.Hour).Format("2006-01-02T15:04"))(revised)
	revised.Set("emergency", "on")
	revised.Del("gag.reasons")
	revised.Del("emergency.justification")
	s.plant(s.officer, kept+"/edit", kept, revised)
	abandoned := draft()
	s.step(s.officer, abandoned, "abandon")
	returned := draft()
	s.sign(s.officer, returned)
	s.step(s.approver, returned, "return")

	issued := draft()
	s.sign(s.officer, issued)
	s.sign(s.approver, issued)
	var received string
	eventually(s.t, "the order arrives at the host", func() bool {
		_, rest, found := strings.Cut(s.moderator.get("/orders?show=all").body, `href="/orders/rcv_`)
		if found {
			received = "/orders/rcv_" + rest[:26]
		}
		return found && strings.Contains(s.moderator.get(received).body, "The platform said what the addresses name")
	})
	s.plant(s.moderator, received+"/cannot", "", url.Values{"grounds": {string(tocsin.GroundInsufficient)}, "step": {"confirm"}})
	eventually(s.t, "the authority hears it", says(s.officer, issued, "clarify"))
	s.step(s.officer, issued, "clarify")
	eventually(s.t, "the host hears it", says(s.moderator, received, "/execute"))
	s.step(s.moderator, received, "execute")
	eventually(s.t, "the order is carried out", says(s.officer, issued, "Complied with"))
	s.step(s.officer, issued, "withdraw")
}

// step takes a text, and is confirmed.
func (s *siege) step(p *person, record, name string) {
	s.t.Helper()
	a := s.look(p, record+"/"+name)
	form := url.Values{"step": {"confirm"}}
	s.plantAnyway(p, a, record+"/"+name, form)
}

// plantAnyway is plant for a page that asks for nothing too.
func (s *siege) plantAnyway(p *person, a answer, action string, given url.Values) {
	s.t.Helper()
	review := s.plant(p, a.path, action, url.Values{"step": {"review"}})
	if strings.Contains(review.body, `value="confirm"`) {
		again := url.Values{}
		for _, f := range formsOf(parsed(s.t, review.body)) {
			for _, field := range f.fields {
				if f.action == action && field.kind == "hidden" {
					again.Set(field.name, field.value)
				}
			}
		}
		for name, v := range given {
			again[name] = v
		}
		if a := s.seen(p, p.post(action, again)); a.status != http.StatusOK {
			s.t.Fatalf("%s: %d %s", action, a.status, words(a.body))
		}
	}
}

func (s *siege) sign(p *person, order string) {
	s.t.Helper()
	if a := p.sign(order); a.status != http.StatusOK {
		s.t.Fatalf("sign: %d %s", a.status, a.body)
	}
}

// plantBanks fills banks and lists, by the API.
func (s *siege) plantBanks() {
	say := func(where string, most int) string { return s.say("API "+where, most, false) }
	line := func(where string, most int) string { return s.say("API "+where, most, true) }
	s.call(host, "POST", "/banks", map[string]any{"name": "KETTLES", "policy": say("bank policy", 4000), "polarity": "positive",
		"marking": "green", "enabled": 1, "labels": []string{line("bank label", 100), line("bank label", 100)}})
	signal := map[string]any{"type": "pdq", "value": kettlePicture, "confidence": 70, "reference": line("signal reference", 100),
		"note": say("signal note", 250), "labels": []string{line("signal label", 100)}}
	s.signals = append(s.signals, recordForm.FindString(string(s.call(host, "POST", "/banks/KETTLES/signals", signal))))
	s.call(host, "POST", "/signals/opinion", map[string]any{"bank": "KETTLES", "type": "pdq", "value": kettlePicture,
		"view": "negative", "reasons": say("opinion reasons", 900)})
	var rows strings.Builder
	w := csv.NewWriter(&rows)
	check(s.t, w.WriteAll([][]string{{"type", "value", "reference", "labels"},
		{"sha256", kettleBytes, line("row reference", 100), strings.ReplaceAll(line("row label", 60), ";", ",")},
		{"sha256", string(tocsin.DigestOf([]byte("another"))), "=2+2", "@SUM(2;2)"}}))
	s.call(host, "POST", "/banks/KETTLES/imports?format=csv&reference="+url.QueryEscape(line("list reference", 200))+"&note="+url.QueryEscape(line("list note", 200)), []byte(rows.String()))
	s.call(host, "POST", "/banks", map[string]any{"name": "BRIDGES", "policy": say("bank policy", 900), "polarity": "positive",
		"marking": "green", "enabled": 1, "labels": []string{}})
	s.signals = append(s.signals, recordForm.FindString(string(s.call(host, "POST", "/banks/BRIDGES/signals",
		map[string]any{"type": "sha256", "value": string(tocsin.DigestOf([]byte("bridge"))), "confidence": 70, "labels": []string{}}))))
	s.call(host, "POST", "/signals/disabling", map[string]any{"bank": "BRIDGES", "type": "sha256",
		"value": string(tocsin.DigestOf([]byte("bridge"))), "reasons": say("disabling reasons", 900)})
	p, signalPage := s.every[host], "/signals/"+s.signals[1]
	s.look(p, signalPage+"/enable")
	s.post(p, signalPage+"/enable", url.Values{"step": {"confirm"}})
	for _, step := range []string{"/dispute", "/disable", "/retract"} {
		s.plant(p, signalPage+step, "", nil)
	}
}

// plantCases lets what was uploaded match, and decides it.
func (s *siege) plantCases() {
	s.upload("1", kettleBytes, kettlePicture)
	p := s.moderator
	at := p.take()
	s.plant(p, at+"/note", "", url.Values{"step": {"confirm"}})
	decision := s.find(p, at, "restrict")
	second := s.enrolled(host, "Day Shift", tocsin.DutyModerator)
	link := reviewLink.FindStringSubmatch(second.get("/reviews").body)
	if link == nil {
		s.t.Fatalf("no review waits: %s", words(second.get("/reviews").body))
	}
	s.plant(second, link[1], link[1]+"/find", url.Values{"review.outcome": {"keep"}})
	s.step(s.every[host], decision, "reverse")
	s.upload("2", kettleBytes, kettlePicture)
	at = p.take()
	s.plant(p, at+"/escalate", "", url.Values{"step": {"confirm"}})
	check(s.t, s.release(at))
	s.takeOver(at)
	s.find(s.every[host], at, "restrict")
	third := "/cases/" + string(s.upload("4", string(tocsin.DigestOf([]byte("another"))), nearPicture))
	s.takeOver(third)
	s.find(s.every[host], third, "keep")
}

// takeOver lets somebody else take a case.
func (s *siege) takeOver(at string) {
	s.t.Helper()
	if a := s.every[host].post(at+"/claim", nil); a.status != http.StatusOK {
		s.t.Fatalf("claim: %d %s", a.status, words(a.body))
	}
}

// release lets the moderator leave a case.
func (s *siege) release(at string) error {
	who, err := s.nodes[host].flow.ByCredential(s.t.Context(), s.moderator.key.ID)
	if err == nil {
		_ = s.nodes[host].flow.ReleaseCase(s.t.Context(), who.Actor(), tocsin.RecordID(strings.TrimPrefix(at, "/cases/")))
	}
	return err
}

// find decides a case, for hostile reasons.
func (s *siege) find(p *person, at, outcome string) string {
	s.t.Helper()
	given := url.Values{"do": {"review"}, "decision.basis": {"host-terms"}, "decision.exemptions.considered": {"all"},
		"decision.territory": {"EU"}, "decision.detection": {"match"}, "decision.until": {""}, "decision.law_code": {""}}
	review := s.plant(p, at+"/"+outcome, "", given)
	again := url.Values{}
	for _, f := range formsOf(parsed(s.t, review.body)) {
		for _, field := range f.fields {
			if f.action == at+"/"+outcome && field.kind == "hidden" {
				again.Add(field.name, field.value)
			}
		}
	}
	a := s.seen(p, p.post(at+"/"+outcome, doing(again, "confirm")))
	if !strings.HasPrefix(a.path, "/decisions/dec_") {
		s.t.Fatalf("decide: %d at %s: %s", a.status, a.path, words(a.body))
	}
	return a.path
}

// plantNotices is what the public and machines write.
func (s *siege) plantNotices() {
	p := s.person(host) // a jar, and no account
	given := url.Values{"notice.addresses": {s.board.URL + "/post/3"}, "notice.email": {`=quay|'/x'!{{a}}@garden.example`},
		"notice.good_faith": {"on"}}
	status := s.plant(p, "/notice/new", "/notice/new", given)
	s.token = strings.TrimPrefix(status.path, "/notice/")
	form := map[string]any{"addresses": []map[string]any{{"url": s.board.URL + "/post/4", "additional": s.say("API notice additional", 900, true)}},
		"reasons": s.say("API notice reasons", 4000, false), "name": s.say("API notice name", 200, true),
		"email": "quay@garden.example", "good_faith": true, "external_id": "n-1"}
	s.call(host, "POST", "/notices", form)
	s.call(host, "POST", "/reports", map[string]any{"item": "5", "reasons": s.say("API report reasons", 900, false),
		"reporter": "r-1", "external_id": "p-1"})
	s.call(host, "POST", "/items", map[string]any{"address": s.board.URL + "/post/6", "external_id": "6", "assertion": "public",
		"text": s.say("API item text", 900, false)})
	authorities := s.person(authority)
	given.Set("notice.addresses", "https://board.example/post/3")
	s.plant(authorities, "/notice/new", "/notice/new", given)
	s.complain()
}

// complain challenges the restriction that holds.
func (s *siege) complain() {
	f := s.nodes[host].flow
	var d tocsin.Decision
	check(s.t, f.Store.View(s.t.Context(), func(tx flow.Tx) error {
		rows, _, err := tx.Records(flow.Page{Kind: tocsin.KindDecision, Statuses: []string{"effective"}, Limit: 9})
		for _, row := range rows {
			d = tocsin.Decision{}
			if err := json.Unmarshal(row.Body, &d); err != nil || d.Outcome == tocsin.OutcomeRestrict {
				return err
			}
		}
		return err
	}))
	if len(d.Items) == 0 || d.Outcome != tocsin.OutcomeRestrict {
		s.t.Fatal("no decision holds")
	}
	s.statement = f.StatementToken(d.ID, d.Items[0].Restriction)
	s.plant(s.person(host), "/complain/"+s.statement, "/complain/"+s.statement, nil)
	s.plant(s.person(host), "/reading/new", "/reading/new", url.Values{"contested.text": {"our Zorvian soup"}})
	status := s.plant(s.person(host), "/reading/new", "/reading/new", nil)
	s.reading = strings.TrimPrefix(status.path, "/reading/")
}

// plantPeople is what people write about each other, and about themselves.
func (s *siege) plantPeople(at tocsin.PartyID) {
	p := s.every[at]
	s.plant(p, "/people", "/people", url.Values{"duties": {string(tocsin.DutyAnalyst)}})
	s.enrolled(at, "Leaver", tocsin.DutyNotifier)
	leaver := p.pageOf("Leaver")
	s.plant(p, leaver+"/duties", "", url.Values{"duties": {string(tocsin.DutyAnalyst)}})
	s.step(p, leaver, "suspend")
	s.step(p, leaver, "reinstate")
	s.step(p, leaver, "recover")
	s.post(p, leaver+"/duties", url.Values{"duties": {string(tocsin.DutyApprover)}, "reasons": {s.say("reasons for a duty", 900, false)}})
	s.step(p, leaver, "decline")
	s.plant(p, "/search", "/search", nil)
}
