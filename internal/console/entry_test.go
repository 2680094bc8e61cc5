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
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
)

var entryLink = regexp.MustCompile(`href="(/entries/lxe_[a-z2-7]{26})"`)

// librarian may speak for a party and say what is read for.
var librarian = flow.Actor{ID: "prs_" + tocsin.ActorID(strings.Repeat("d", 26)), Duties: []tocsin.Duty{tocsin.DutyLegal},
	Passkey: true}

// sharedText is a lexicon of one draft.
func sharedText(t *testing.T, change func(*lexicon.Entry)) string {
	t.Helper()
	e := *lexicon.Demonstration().Entry("lex:zorvian")
	e.Approvals, e.Status = nil, lexicon.StatusDraft
	if change != nil {
		change(&e)
	}
	s, err := lexicon.New([]lexicon.Entry{e})
	check(t, err)
	var out strings.Builder
	check(t, s.Write(&out))
	return out.String()
}

// shareEntry puts an entry into the exchange.
func (n *node) shareEntry(t *testing.T) {
	t.Helper()
	_, _, err := n.flow.AddEntries(t.Context(), librarian, []byte(sharedText(t, nil)))
	check(t, err)
}

// TestEntryIsAddedApprovedSentAndTakenBackInTheConsole goes from the form of an authority to the page of a host, without script.
func TestEntryIsAddedApprovedSentAndTakenBackInTheConsole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority, host)
	legal := w.enrolled(authority, "Legal", tocsin.DutyLegal)
	form := legal.get("/entries/new")
	if form.status != http.StatusOK || !strings.Contains(legal.get("/entries").body, "No entry is in this state.") {
		t.Fatalf("the form: %d %s", form.status, words(form.body))
	}
	faulty := legal.post("/entries/new", url.Values{"entry.text": {sharedText(t, func(e *lexicon.Entry) { e.Sense = " " })}})
	if faulty.status != unprocessable || !strings.Contains(faulty.body, "sense: is missing") || !strings.Contains(faulty.body, "zorvian") {
		t.Errorf("with a fault: %d %s", faulty.status, words(faulty.body))
	}
	if a := legal.post("/entries/new", url.Values{"entry.text": {"no lexicon"}}); a.status != unprocessable {
		t.Errorf("no lexicon: %d", a.status)
	}
	added := legal.post("/entries/new", url.Values{"entry.text": {sharedText(t, nil)}})
	at := added.path
	if !strings.HasPrefix(at, "/entries/lxe_") || !strings.Contains(added.body, "Nobody yet.") {
		t.Fatalf("added: %d at %s: %s", added.status, at, words(added.body))
	}
	if a := legal.post(at+"/approve", doing(url.Values{"entry.voice": {"academia"}}, "confirm")); a.status != unprocessable {
		t.Errorf("an authority approves for academia: %d", a.status)
	}
	w.does(legal, at+"/approve", url.Values{"entry.voice": {"authority"}}, "as an authority")
	w.does(legal, at+"/send", url.Values{"entry.party": {string(host)}}, string(host))
	if a := legal.post(at+"/send", url.Values{"entry.party": {string(host)}}); a.status != unprocessable {
		t.Errorf("sent twice: %d", a.status)
	}
	receiver := w.enrolled(host, "Legal", tocsin.DutyLegal)
	var link []string
	eventually(t, "the host has it", func() bool {
		link = entryLink.FindStringSubmatch(receiver.get("/entries").body)
		return link != nil
	})
	if home := receiver.get("/").body; !strings.Contains(home, `id="figures-entry"`) {
		t.Errorf("the first page does not count what arrived: %s", words(home))
	}
	page := receiver.get(link[1])
	for _, want := range []string{"as an authority", string(authority), "It lacks the approval", "neither as an authority"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the host's page lacks %q: %s", want, words(page.body))
		}
	}
	w.does(legal, at+"/retract", url.Values{"entry.reasons": {"It is a cheese."}}, "Took its approval back")
	eventually(t, "the host reads why", func() bool { return strings.Contains(receiver.get(link[1]).body, "It is a cheese.") })
	if moderator := w.enrolled(host, "Night Shift", tocsin.DutyModerator); moderator.get(link[1]).status != http.StatusOK ||
		moderator.get(link[1]+"/approve").status != http.StatusForbidden {
		t.Error("a moderator reads it, and speaks for nobody")
	}
}

// does goes through a deed to its end, and wants to read something then.
func (w *world) does(p *person, path string, form url.Values, want string) {
	w.t.Helper()
	if open := p.get(path); open.status != http.StatusOK {
		w.t.Fatalf("open %s: %d %s", path, open.status, words(open.body))
	}
	done := p.post(path, doing(form, "confirm"))
	if !strings.Contains(done.body, want) {
		w.t.Fatalf("%s: %d at %s: %s", path, done.status, done.path, words(done.body))
	}
}
