// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
)

// machines are the service keys of a world's node, as a node hands them to flow.
type machines struct{ ring *keyring.Ring }

func (m machines) List() ([]flow.MachineKey, error) {
	keys, err := m.ring.ServiceKeys()
	var list []flow.MachineKey
	for _, k := range keys {
		list = append(list, flow.MachineKey(k))
	}
	return list, err
}

func (m machines) Check(t flow.KeyTerms, at time.Time) error { return termsOf("", t).Check(at) }

func (m machines) Issue(id tocsin.ActorID, t flow.KeyTerms, at time.Time) (string, error) {
	token, _, err := m.ring.IssueServiceKey(termsOf(id, t), at)
	return token, err
}

func termsOf(id tocsin.ActorID, t flow.KeyTerms) keyring.ServiceTerms {
	return keyring.ServiceTerms{ID: id, Name: t.Name, Scopes: t.Scopes, Expires: &t.Expires, PerMinute: t.PerMinute}
}

func (m machines) Revoke(name string) error { return m.ring.RevokeServiceKey(name) }

func TestServiceKeysAreSeenAndEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	boss := w.enrolled(host, "Administrator", tocsin.DutyAdministrator)
	reviewer := w.enrolled(host, "Reviewer", tocsin.DutyReviewer)
	moderator := w.enrolled(host, "Moderator", tocsin.DutyModerator)
	if a := boss.get("/keys"); !strings.Contains(a.body, "No machine has a key") || !strings.Contains(a.body, "tocsin keys service new") {
		t.Errorf("empty: %s", words(a.body))
	}
	ring := w.nodes[host].ring
	end := w.clock.Now().Add(30 * 24 * time.Hour)
	token, _, err := ring.IssueServiceKey(keyring.ServiceTerms{Name: "garden", Scopes: []string{"content.screen"},
		Expires: &end, PerMinute: 600}, w.clock.Now())
	check(t, err)
	a := boss.get("/keys")
	for _, want := range []string{"garden", "content.screen", "600 requests", "/keys/garden/revoke", "never"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %q: %s", want, words(a.body))
		}
	}
	if strings.Contains(a.body, token) {
		t.Error("the page shows a token")
	}
	if a := reviewer.get("/keys"); a.status != http.StatusOK || strings.Contains(a.body, "/keys/garden/revoke") {
		t.Errorf("a reviewer: %d", a.status)
	}
	for _, p := range []*person{reviewer, moderator} {
		if a := p.post("/keys/garden/revoke", confirmed); a.status != http.StatusForbidden {
			t.Errorf("ended by who may not: %d", a.status)
		}
	}
	if a := moderator.get("/keys"); a.status != http.StatusForbidden {
		t.Errorf("a moderator: %d", a.status)
	}
	if a := boss.get("/keys/nothing/revoke"); a.status != http.StatusNotFound {
		t.Errorf("a key that is none: %d", a.status)
	}
	if a := boss.get("/keys/garden/revoke"); !strings.Contains(a.body, "from the next request on") {
		t.Errorf("what it does: %s", words(a.body))
	}
	if _, err := ring.CheckServiceKey(token, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if a := boss.post("/keys/garden/revoke", confirmed); a.path != "/keys" || !strings.Contains(a.body, "refused from now on") {
		t.Errorf("end: %d at %s", a.status, a.path)
	}
	if _, err := ring.CheckServiceKey(token, w.clock.Now()); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("a token outlives its key: %v", err)
	}
	if text := w.log.String(); !strings.Contains(text, "service key revoked") {
		t.Error("the log does not tell who ended it")
	}
}

// TestAdministratorMakesAServiceKeyWithHerPasskey: what it may, how often and until when is said in words and signed for;
// its token comes once, in the answer, and stands nowhere else.
func TestAdministratorMakesAServiceKeyWithHerPasskey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	boss := w.enrolled(host, "Administrator", tocsin.DutyAdministrator)
	other := w.enrolled(host, "Another One", tocsin.DutyAdministrator)
	reviewer := w.enrolled(host, "Reviewer", tocsin.DutyReviewer)
	if a := boss.get("/keys/new"); !strings.Contains(a.body, `value="content.screen"`) || !strings.Contains(a.body, "Compare content with the banks") ||
		!strings.Contains(a.body, `value="6000"`) || !strings.Contains(a.body, "screens each upload") || strings.Contains(a.body, "console.scope.") {
		t.Errorf("the form: %s", words(a.body))
	}
	good := url.Values{"name": {"garden"}, "scopes": {"content.screen", "bank.read"}, "per_minute": {"0"},
		"expires": {w.clock.Now().UTC().AddDate(0, 1, 0).Format("2006-01-02")}}
	if a := boss.get("/keys/new"); strings.Contains(a.body, `value="case.read"`) {
		t.Error("she can give what she may not read")
	}
	for _, scope := range []string{"case.read", "order.read", "complaint.read"} {
		form := maps.Clone(good)
		form["scopes"] = []string{"content.screen", scope}
		if a := boss.post("/keys/new", form); a.status != unprocessable {
			t.Errorf("%s: %d", scope, a.status)
		}
	}
	for field, wrong := range map[string][2]string{"name": {"<b>Gate", "A name is 1 to 64"}, "scopes": {"case.decide", "Tick at least one"},
		"per_minute": {"many", "a whole number"}, "expires": {"2020-01-01", "within three years"}} {
		form := maps.Clone(good)
		form[field] = wrong[:1]
		a := boss.post("/keys/new", form)
		if a.status != unprocessable || !strings.Contains(wording(a.body), wrong[1]) || strings.Contains(a.body, "<b>Gate") {
			t.Errorf("%s: %d %s", field, a.status, words(a.body))
		}
	}
	if a := boss.post("/keys/new", good); a.status != http.StatusOK || !strings.Contains(a.body, `data-finish="/keys/new/finish"`) ||
		!strings.Contains(a.body, "No limit") {
		t.Errorf("the review: %d %s", a.status, words(a.body))
	}
	sent := map[string]string{}
	for name, values := range good {
		sent[name] = strings.Join(values, " ")
	}
	if a := reviewer.call("/keys/new/begin", sent); a.status != http.StatusForbidden {
		t.Errorf("a reviewer: %d", a.status)
	}
	o := boss.begin("/keys/new/begin", sent)
	if a := boss.call("/keys/new/finish", map[string]any{"credential": other.assert(o)}); a.status != http.StatusForbidden {
		t.Errorf("by another's passkey: %d %s", a.status, a.body)
	}
	o = boss.begin("/keys/new/begin", sent)
	answered := map[string]any{"credential": boss.assert(o)}
	a := boss.call("/keys/new/finish", answered)
	var made struct{ Secret string }
	check(t, json.Unmarshal([]byte(a.body), &made))
	key, err := w.nodes[host].ring.CheckServiceKey(made.Secret, w.clock.Now())
	if err != nil || key.Name != "garden" || !slices.Equal(key.Scopes, good["scopes"]) || key.PerMinute != 0 || key.Expires == nil {
		t.Fatalf("made %+v, %v: %d %s", key, err, a.status, a.body)
	}
	if a := boss.call("/keys/new/finish", answered); a.status < 400 {
		t.Errorf("made twice: %d", a.status)
	}
	if a := boss.post("/keys/new", good); a.status != unprocessable || !strings.Contains(a.body, "Another service key has this name") {
		t.Errorf("of the same name: %d", a.status)
	}
	if a := boss.get("/keys"); strings.Contains(a.body, made.Secret) || !strings.Contains(a.body, "garden") {
		t.Errorf("the list: %s", words(a.body))
	}
	if a := reviewer.get("/audit"); !strings.Contains(a.body, "A service key was made") {
		t.Errorf("the journal: %s", words(a.body))
	}
	if text := w.log.String(); strings.Contains(text, made.Secret) || !strings.Contains(text, "service key made") {
		t.Error("the log holds the token, or does not tell who made the key")
	}
}

func TestAdministratorIsToldOfAServiceKeyThatEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	boss := w.enrolled(host, "Administrator", tocsin.DutyAdministrator)
	moderator := w.enrolled(host, "Moderator", tocsin.DutyModerator)
	n := w.nodes[host]
	end := w.clock.Now().Add((14*24 + 4) * time.Hour)
	_, _, err := n.ring.IssueServiceKey(keyring.ServiceTerms{Name: "garden", Scopes: []string{"content.screen"}, Expires: &end}, w.clock.Now())
	check(t, err)
	told := func(p *person) bool {
		t.Helper()
		check(t, n.flow.WatchServiceKeys(t.Context()))
		p.signIn()
		return strings.Contains(p.get("/alerts").body, "A service key is about to end")
	}
	if told(boss) {
		t.Error("told more than two weeks before")
	}
	w.clock.jump(5 * time.Hour)
	if !told(boss) || told(moderator) {
		t.Error("the administrator is not told, or the moderator is")
	}
	_, _, err = n.ring.RotateServiceKey("garden", 24*time.Hour, w.clock.Now())
	check(t, err)
	if told(boss) {
		t.Error("told although it was renewed")
	}
}

// TestTokenOfAServiceKeyIsShownOnceInABrowser, in place of the button that made it, and is gone with the page.
func TestTokenOfAServiceKeyIsShownOnceInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, true, host)
	p := b.enrol(w, host, "Administrator", tocsin.DutyAdministrator)
	p.open("/keys/new")
	p.picture("key-form")
	p.fill("name", "garden")
	p.tick("scopes", "content.screen", "bank.read")
	p.click("Look at it once more")
	p.reads("Your passkey signs for exactly this")
	p.picture("key-review")
	p.click("Make the key")
	p.reads("The key is made")
	p.picture("key-made")
	token := js[string](p, `document.getElementById("token").value`)
	if _, err := w.nodes[host].ring.CheckServiceKey(token, w.clock.Now()); err != nil {
		t.Errorf("%q: %v", token, err)
	}
	p.click("I have kept it")
	p.reads("garden")
	if strings.Contains(p.words(), token) {
		t.Error("the token stays")
	}
}
