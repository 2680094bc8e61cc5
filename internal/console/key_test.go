// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
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

func (m machines) Revoke(name string) error { return m.ring.RevokeServiceKey(name) }

func TestServiceKeysAreSeenAndEndedButNotMade(t *testing.T) {
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
