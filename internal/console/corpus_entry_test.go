// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/decode/lexicon"
)

// plantEntries writes the corpus into an entry of a lexicon at the authority, and shows it where it was sent.
func (s *siege) plantEntries() {
	legal, receiver := s.enrolled(authority, "Legal", tocsin.DutyLegal), s.enrolled(host, "Legal", tocsin.DutyLegal)
	hostile := sharedText(s.t, func(e *lexicon.Entry) {
		e.Sense = s.say("entry sense", 900, true)
		e.Sources[0].Citation = s.say("entry source", 900, true)
	})
	s.planted["POST /entries/new entry.text"] = true // in its members: a text that is no lexicon only comes back
	added := s.plant(legal, "/entries/new", "/entries/new", url.Values{"entry.text": {hostile}})
	at := added.path
	if no := s.seen(legal, legal.post("/entries/new", url.Values{"entry.text": {s.say("entry lexicon", 900, false)}})); no.status != unprocessable {
		s.t.Errorf("no lexicon: %d", no.status)
	}
	s.plant(legal, at+"/approve", "", url.Values{"entry.voice": {"authority"}, "do": {"confirm"}})
	s.plant(legal, at+"/send", "", url.Values{"entry.party": {string(host)}})
	s.plant(legal, at+"/retract", "", url.Values{"do": {"confirm"}})
	eventually(s.t, "the host has the entry", func() bool {
		link := entryLink.FindStringSubmatch(receiver.get("/entries?show=retracted").body)
		return link != nil && s.look(receiver, link[1]).status == http.StatusOK
	})
	s.look(receiver, "/entries?show=retracted")
}
