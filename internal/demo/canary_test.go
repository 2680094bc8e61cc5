// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/demo"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/telemetry"
)

// canary is planted in every text; it must come out nowhere but where people who may read the record read it.
const canary = "zwitscher7q"

// plant writes the canary into every plain string of a value that is empty; typed codes and ids are left alone.
func plant(v reflect.Value, planted *int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			plant(v.Field(i), planted)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			*planted++
			v.SetString(fmt.Sprintf("%s text %d, long enough to stand for reasons", canary, *planted))
		}
	}
}

// logBook is a log that several nodes write to.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// order is one whose every text holds the canary, its address too.
func order(w *demo.World, post string) tocsin.Order {
	o := w.Draft("x", w.Post(post)+"#"+canary)
	planted := 0
	host := o.Annex.Heading.Addressee
	plant(reflect.ValueOf(&o.Annex).Elem(), &planted)
	o.Annex.Heading.Addressee = host
	o.Annex.Heading.Reference = canary + "-" + post
	o.Reasons, o.Exemptions.Rationale = canary+" reasons of an officer", canary+" rationale of an officer"
	o.Relay, o.Supersedes = canary+" relay", canary+" earlier"
	return o
}

func TestTextPlantedEverywhereComesOutNowhere(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	log, err := telemetry.NewLogger(book, "json", "debug")
	if err != nil {
		t.Fatal(err)
	}
	clock := &demo.Clock{}
	clock.Step(-13 * time.Hour)
	w, err := demo.NewWorld(t.Context(), demo.WorldOptions{Dir: t.TempDir(), Clock: clock, Log: log, Posts: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	errors := liveThrough(t, w, clock)
	for _, m := range []*demo.Member{w.Authority, w.Host, w.Superv} {
		for what, text := range public(t, m) {
			mustNotSing(t, string(m.Entry.ID)+" "+what, text)
		}
		stored(t, m)
	}
	mustNotSing(t, "log lines", book.String())
	mustNotSing(t, "errors", strings.Join(errors, "\n"))
	if !strings.Contains(book.String(), "serving") {
		t.Error("the log book is empty: nothing was looked at")
	}
}

// liveThrough takes two orders through everything in which people write text, and gathers what errors say.
func liveThrough(t *testing.T, w *demo.World, clock *demo.Clock) (errors []string) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hire := func(m *demo.Member, duty tocsin.Duty) *demo.Worker {
		t.Helper()
		worker, err := m.Hire(ctx, canary+" person", duty)
		must(err)
		return worker
	}
	officer, approver := hire(w.Authority, tocsin.DutyOfficer), hire(w.Authority, tocsin.DutyApprover)
	moderator := hire(w.Host, tocsin.DutyModerator)
	authority, host := w.Authority.Node.Flow, w.Host.Node.Flow
	_, err := authority.InformHost(ctx, officer.Actor, demo.Host)
	must(err)
	clock.Step(0)
	until := func(what string, done func() bool) {
		t.Helper()
		for limit := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatalf("waited in vain until %s", what)
			}
		}
	}
	issue := func(post string) (issued, received tocsin.RecordID) {
		t.Helper()
		d, err := authority.DraftOrder(ctx, officer.Actor, "", order(w, post))
		must(err)
		must(officer.Sign(ctx, d.ID))
		must(approver.Sign(ctx, d.ID))
		until("the host has it", func() bool {
			list, _, err := host.Orders(ctx, moderator.Actor, flow.Listing{Kind: tocsin.KindReceivedOrder})
			must(err)
			for _, l := range list {
				v, err := host.Received(ctx, moderator.Actor, l.ID)
				must(err)
				if v.Order != nil && v.Order.ID == d.ID && v.Located {
					received = l.ID
				}
			}
			return received != ""
		})
		return d.ID, received
	}
	stands := func(id tocsin.RecordID, state tocsin.IssuedState) {
		t.Helper()
		until(string(state), func() bool {
			v, err := authority.Issued(ctx, officer.Actor, id)
			must(err)
			return v.Status == state
		})
	}
	first, received := issue("1")
	must(host.ExecuteOrder(ctx, moderator.Actor, received, canary+" note"))
	stands(first, tocsin.IssuedComplied)
	second, received := issue("2")
	must(host.CannotExecute(ctx, moderator.Actor, received, tocsin.AnnexIII{Grounds: []tocsin.Ground{tocsin.GroundManifestError},
		Information: canary + " information", ClarificationNeeded: canary + " question", AuthorisedPerson: canary + " person"}))
	stands(second, tocsin.IssuedClarify)
	must(authority.ClarifyOrder(ctx, officer.Actor, second, canary+" clarification"))
	stands(second, tocsin.IssuedRunning)
	must(authority.WithdrawOrder(ctx, officer.Actor, first, canary+" withdrawal"))
	stands(first, tocsin.IssuedWithdrawn)
	wrong := order(w, "2")
	wrong.Annex.Content.Addresses[0].URL = "https://" + canary + ".example/"
	_, rootErr := authority.DraftOrder(ctx, officer.Actor, "", wrong)
	_, twice := authority.DraftOrder(ctx, officer.Actor, "", order(w, "2"))
	unknown := order(w, "2")
	unknown.Annex.Heading.Addressee = tocsin.PartyID(canary)
	_, nobody := authority.DraftOrder(ctx, officer.Actor, "", unknown)
	for _, err := range []error{rootErr, twice, nobody, authority.WithdrawOrder(ctx, officer.Actor, first, canary)} {
		if err == nil {
			t.Fatal("a wrong command was accepted")
		}
		errors = append(errors, err.Error())
	}
	return errors
}

// public is everything a node tells anybody who asks.
func public(t *testing.T, m *demo.Member) map[string]string {
	told := map[string]string{}
	_, port, err := net.SplitHostPort(m.Entry.LogOrigin)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+port+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = m.Entry.LogOrigin
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		told[path] = fmt.Sprint(resp.Header) + string(body)
		return string(body)
	}
	size, err := strconv.Atoi(strings.Split(get("/log/checkpoint"), "\n")[1])
	if err != nil || size < 3 || size > 255 {
		t.Fatalf("log of %d leaves, %v", size, err)
	}
	get(fmt.Sprintf("/log/tile/0/000.p/%d", size))
	entries := fmt.Sprintf("/log/tile/entries/000.p/%d", size)
	if !strings.Contains(get(entries), string(demo.Authority)) {
		t.Error("the entries tell nothing: nothing was looked at")
	}
	for _, path := range []string{"/.well-known/tocsin", "/", "/orders", "/readyz", "/api/v1/orders", "/peer/v1/inbox", "/search?q=x"} {
		get(path)
	}
	return told
}

// stored looks through every column of every table but the one of the search: headers, states, jobs,
// deliveries, commands, lookups. What people wrote stands there sealed.
func stored(t *testing.T, m *demo.Member) {
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(node.DatabasePath(m.Config))+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columns, err := db.Query(`SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'search%' AND m.name NOT LIKE 'sqlite%'`)
	if err != nil {
		t.Fatal(err)
	}
	var places [][2]string
	for columns.Next() {
		var place [2]string
		if err := columns.Scan(&place[0], &place[1]); err != nil {
			t.Fatal(err)
		}
		places = append(places, place)
	}
	if err := columns.Close(); err != nil || len(places) < 50 {
		t.Fatalf("%d columns, %v", len(places), err)
	}
	var found int
	if err := db.QueryRow("SELECT count(*) FROM search WHERE instr(word, $1) > 0", canary).Scan(&found); err != nil || found == 0 {
		t.Fatalf("the search holds %d of the words planted: nothing was looked at (%v)", found, err)
	}
	for _, p := range places {
		var n int
		query := fmt.Sprintf("SELECT count(*) FROM %s WHERE instr(lower(CAST(%s AS TEXT)), $1) > 0", p[0], p[1])
		if err := db.QueryRow(query, canary).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			t.Errorf("%s: %s.%s holds what somebody wrote", m.Entry.ID, p[0], p[1])
		}
	}
}

func mustNotSing(t *testing.T, where, text string) {
	t.Helper()
	if i := strings.Index(strings.ToLower(text), canary); i >= 0 {
		t.Errorf("%s: …%s…", where, text[max(0, i-60):min(len(text), i+60)])
	}
}
