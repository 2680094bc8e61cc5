// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/url"
	"slices"

	"tocsin"
	"tocsin/decode/lexicon"
)

// plantEntries writes the corpus into an entry of a lexicon at the authority, and takes it through all that a host does with it.
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

	preventing(s.world)
	arrived := s.entryAt(receiver, "proposed")
	s.plant(receiver, arrived+"/approve", "", url.Values{"entry.voice": {"civil_society"}, "do": {"confirm"}})
	for _, does := range []string{"/adopt", "/drop", "/adopt"} {
		s.plant(receiver, arrived+does, "", url.Values{"do": {"confirm"}})
		s.look(receiver, arrived)
	}
	s.look(receiver, "/lexicon")
	s.plant(legal, at+"/retract", "", url.Values{"do": {"confirm"}})
	s.look(receiver, s.entryAt(receiver, "retracted"))
	s.look(receiver, "/entries?show=retracted")
}

// entryAt waits until the only entry of a node is in a state.
func (s *siege) entryAt(p *person, state string) (path string) {
	s.t.Helper()
	eventually(s.t, "the entry is "+state, func() bool {
		link := entryLink.FindStringSubmatch(p.get("/entries?show=" + state).body)
		if link != nil {
			path = link[1]
		}
		return link != nil
	})
	return path
}

// preventing lets the host approve entries: a new edition of the directory has it as a service of prevention, too.
func preventing(w *world) {
	next := w.directory
	next.Serial++
	next.Parties = slices.Clone(next.Parties)
	at := slices.IndexFunc(next.Parties, func(p tocsin.Party) bool { return p.ID == host })
	next.Parties[at].Roles = append(slices.Clone(next.Parties[at].Roles), tocsin.RolePreventionService)
	w.publish(next)
}
