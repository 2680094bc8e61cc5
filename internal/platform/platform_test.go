// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/platform"
)

// confirmed is dated as far in the future as is accepted.
const confirmed = `{"measure":{"event":"evt_1","action":"restricted","at":"2026-03-04T12:05:00Z"}}`

func full() platform.Full {
	return platform.Full{
		Term:      platform.Term{ID: "rst_1", From: noon, Territory: []string{"EU"}},
		Authority: "Office of Kettles", Basis: "Art. 3", OrderReference: "K-1",
		Reasons: "a garden", Remedies: "a bridge",
	}
}

func visibility(restrictions ...platform.Restriction) platform.Visibility {
	return platform.Visibility{
		Event: "evt_1", At: noon, Version: 1, Restrictions: restrictions,
		Item: platform.Item{Ref: "12", Address: "http://board.example/post/12"},
	}
}

func TestRestrictionAndReinstatementAreConfirmed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.client(t)
	got, err := c.Apply(t.Context(), visibility(full()))
	want := platform.Measure{
		Event: "evt_1", Action: platform.ActionRestricted, At: noon.Add(500 * time.Millisecond),
	}
	if err != nil || got != want {
		t.Fatalf("got %v %v", got, err)
	}
	lifted := visibility()
	lifted.Event, lifted.Version = "evt_2", 2
	if got, err := c.Apply(t.Context(), lifted); err != nil || got.Action != platform.ActionReinstated {
		t.Fatalf("got %v %v", got, err)
	}
	stale := visibility(full())
	stale.Event = "evt_3"
	if got, err := c.Apply(t.Context(), stale); err != nil || got.Action != platform.ActionUnchanged {
		t.Fatalf("stale version: %v %v", got, err)
	}
}

func TestMessageIsTheWholeStateAsTheContractWritesIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	neutral := platform.Neutral{Term: platform.Term{
		ID: "rst_2", From: noon, Until: noon.Add(time.Hour), Territory: []string{"FR", "IE"},
	}}
	if _, err := s.client(t).Apply(t.Context(), visibility(full(), neutral)); err != nil {
		t.Fatal(err)
	}
	var event struct{ Data json.RawMessage }
	_, bodies := s.seen()
	if err := json.Unmarshal(bodies[0], &event); err != nil {
		t.Fatal(err)
	}
	want := `{"item":{"ref":"12","address":"http://board.example/post/12"},"version":1,"restrictions":[` +
		`{"id":"rst_1","from":"2026-03-04T12:00:00Z","until":null,"territory":["EU"],"disclosure":"full",` +
		`"authority":"Office of Kettles","basis":"Art. 3","order_reference":"K-1",` +
		`"reasons":"a garden","remedies":"a bridge"},` +
		`{"id":"rst_2","from":"2026-03-04T12:00:00Z","until":"2026-03-04T13:00:00Z",` +
		`"territory":["FR","IE"],"disclosure":"neutral"}]}`
	if diff := cmp.Diff(want, string(event.Data)); diff != "" {
		t.Fatal(diff)
	}
}

func TestReinstatementCarriesAnEmptyListNotNull(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if _, err := s.client(t).Apply(t.Context(), visibility()); err != nil {
		t.Fatal(err)
	}
	if _, bodies := s.seen(); !bytes.Contains(bodies[0], []byte(`"restrictions":[]`)) {
		t.Fatalf("sent %s", bodies[0])
	}
}

func TestNeutralRestrictionHasNoPlaceForAnAuthority(t *testing.T) {
	t.Parallel()
	kind := reflect.TypeFor[platform.Neutral]()
	if kind.NumField() != 1 || kind.Field(0).Type != reflect.TypeFor[platform.Term]() {
		t.Fatal("Neutral has more than a Term")
	}
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[platform.Term]()) {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"ID", "From", "Until", "Territory"}, names); diff != "" {
		t.Fatalf("a Term may say only which, when and where: %s", diff)
	}
}

// The failure pair: the same call lost on the way there, and done but lost on the way back.
func TestOutcomeLostOnEitherWayIsAppliedOnceWhenRepeated(t *testing.T) {
	t.Parallel()
	busy := func(w http.ResponseWriter) bool {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	half := func(w http.ResponseWriter) bool {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, `{"measure":`)
		panic(http.ErrAbortHandler)
	}
	troubles := map[string]func(http.ResponseWriter) bool{"cut": cut, "busy": busy, "half": half}
	for name, trouble := range troubles {
		t.Run(name+"/lost request", func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.before = once(2, trouble)
			repeatUntilConfirmed(t, s, 0)
		})
		t.Run(name+"/lost answer", func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.after = once(2, trouble)
			repeatUntilConfirmed(t, s, 1)
		})
	}
}

// repeatUntilConfirmed makes two calls that fail and a third that does not.
func repeatUntilConfirmed(t *testing.T, s *site, appliedMeanwhile int) {
	t.Helper()
	c := s.client(t)
	for range 2 {
		_, err := c.Apply(t.Context(), visibility(full()))
		u, ok := errors.AsType[*platform.Unknown](err)
		if !ok || !u.Sent {
			t.Fatalf("got %v, want an unknown outcome that may have arrived", err)
		}
		if u.Status == http.StatusServiceUnavailable && u.RetryAfter != 7*time.Second {
			t.Errorf("retry after %v", u.RetryAfter)
		}
	}
	if applied, _ := s.seen(); applied != appliedMeanwhile {
		t.Fatalf("applied %d times before the repeat, want %d", applied, appliedMeanwhile)
	}
	got, err := c.Apply(t.Context(), visibility(full()))
	applied, bodies := s.seen()
	if err != nil || got.Action != platform.ActionRestricted || applied != 1 {
		t.Fatalf("after the repeat: %v %v, applied %d times", got, err, applied)
	}
	if !bytes.Equal(bodies[0], bodies[2]) {
		t.Error("the repeat sent other bytes")
	}
}

func TestTimeoutIsAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.before = func(http.ResponseWriter) bool { cancel(); return false }
	_, err := s.client(t).Apply(ctx, visibility(full()))
	u, ok := errors.AsType[*platform.Unknown](err)
	if !ok || u.Why != platform.WhyNoAnswer || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

type notSent struct{}

func (notSent) Error() string                              { return "unreachable" }
func (notSent) RequestSent() bool                          { return false }
func (n notSent) Do(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("dial: %w", n) }

func TestTransportThatSentNothingSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c, err := platform.New(platform.Config{
		Callback: s.URL, Resolve: s.URL, HTTP: notSent{}, Messages: signer{s.hook}, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Apply(t.Context(), visibility(full()))
	u, ok := errors.AsType[*platform.Unknown](err)
	if !ok || u.Why != platform.WhyNotSent || u.Sent {
		t.Fatalf("got %v", err)
	}
}

// answering returns a client of a server that always answers the same.
func answering(t *testing.T, status int, contentType, body string) *platform.Client {
	t.Helper()
	s := newSite(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s.client(t)
}

func TestOnlyAProblemWithAClientErrorIsAFinalNo(t *testing.T) {
	t.Parallel()
	const problem = "application/problem+json"
	body := `{"type":"about:blank","title":"No \u0007such post","status":1,"detail":"x","code":"no_such_item"}`
	for _, c := range []struct {
		status  int
		kind    string
		body    string
		refused bool
	}{
		{404, problem, body, true}, {422, problem + "; charset=utf-8", body, true}, {401, problem, body, true},
		{404, "text/html", "<h1>not found</h1>", false}, {404, problem, "not JSON", false},
		{400, problem, "null", false}, {400, "application/json", body, false},
		{408, problem, body, false}, {425, problem, body, false}, {429, problem, body, false},
		{500, problem, body, false}, {503, problem, body, false}, {204, "", "", false}, {302, "", "", false},
		{201, "application/json", confirmed, false},
	} {
		_, err := answering(t, c.status, c.kind, c.body).Apply(t.Context(), visibility(full()))
		r, refused := errors.AsType[*platform.Refused](err)
		u, unknown := errors.AsType[*platform.Unknown](err)
		if refused != c.refused || unknown == c.refused {
			t.Errorf("%d %s %s: got %v", c.status, c.kind, c.body, err)
			continue
		}
		if unknown && u.Status != c.status {
			t.Errorf("%d: status %d", c.status, u.Status)
		}
		want := platform.Refused{
			Status: c.status, Code: "no_such_item", Type: "about:blank", Title: "No such post", Detail: "x",
		}
		if refused && *r != want {
			t.Errorf("%d: got %+v", c.status, *r)
		}
	}
}

func TestMeasureThatBreaksTheContractConfirmsNothing(t *testing.T) {
	t.Parallel()
	good := confirmed
	if _, err := answering(t, 200, "application/json", good).Apply(t.Context(), visibility(full())); err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for name, body := range map[string]string{
		"empty": "", "null": "null", "array": "[]", "not JSON": "ok", "cut": good[:40], "two": good + good,
		"other event":       edit("evt_1", "evt_2"),
		"unheard-of action": edit("restricted", "deleted"),
		"future":            edit("12:05:00Z", "12:05:01Z"),
		"no zone":           edit("12:05:00Z", "12:05:00"),
		"date only":         edit("T12:05:00Z", ""),
		"number":            edit(`"2026-03-04T12:05:00Z"`, "1772625900"),
		"null action":       edit(`"restricted"`, "null"),
		"missing action":    edit(`"action":"restricted",`, ""),
		"repeated action":   edit(`"action"`, `"action":"unchanged","action"`),
		"repeated measure":  edit(`{"measure"`, `{"measure":{},"measure"`),
		"unknown member":    edit(`"action"`, `"note":"x","action"`),
		"unknown outside":   edit(`{"measure"`, `{"note":1,"measure"`),
		"other case":        edit(`"event"`, `"Event"`),
		"bad UTF-8":         edit("evt_1", "evt_1\xff"),
		"too large":         good + strings.Repeat(" ", 64<<10),
	} {
		_, err := answering(t, 200, "application/json", body).Apply(t.Context(), visibility(full()))
		if u, ok := errors.AsType[*platform.Unknown](err); !ok || u.Why != platform.WhyBadAnswer {
			t.Errorf("%s: got %v", name, err)
		}
	}
	past := edit("restricted", "reinstated") // what this event did before the state moved on
	m, err := answering(t, 200, "application/json", past).Apply(t.Context(), visibility(full()))
	if err != nil || m.Action != platform.ActionReinstated {
		t.Errorf("stored measure: got %v, %v", m, err)
	}
	if _, err := answering(t, 200, "text/plain", good).Apply(t.Context(), visibility(full())); err == nil {
		t.Error("a measure in plain text was accepted")
	}
}

func TestVisibilityThatBreaksTheContractIsNotSent(t *testing.T) {
	t.Parallel()
	edit := func(change func(*platform.Full)) platform.Visibility {
		f := full()
		change(&f)
		return visibility(f)
	}
	noEvent, noItem, noVersion := visibility(full()), visibility(full()), visibility(full())
	noEvent.Event, noItem.Item.Address, noVersion.Version = "", "post/12", 0
	for name, v := range map[string]platform.Visibility{
		"no event": noEvent, "no address": noItem, "no version": noVersion, "nil": visibility(nil),
		"twice":        visibility(full(), full()),
		"no basis":     edit(func(f *platform.Full) { f.Basis = "" }),
		"no reasons":   edit(func(f *platform.Full) { f.Reasons = "" }),
		"no remedies":  edit(func(f *platform.Full) { f.Remedies = "" }),
		"no id":        edit(func(f *platform.Full) { f.ID = "" }),
		"no start":     edit(func(f *platform.Full) { f.From = time.Time{} }),
		"end at start": edit(func(f *platform.Full) { f.Until = f.From }),
		"nowhere":      edit(func(f *platform.Full) { f.Territory = nil }),
	} {
		s := newSite(t)
		_, err := s.client(t).Apply(t.Context(), v)
		if _, bodies := s.seen(); !errors.Is(err, platform.ErrInvalid) || len(bodies) != 0 {
			t.Errorf("%s: got %v, %d messages sent", name, err, len(bodies))
		}
	}
}

func TestAddressResolvesToAnItemACollectionOrNothing(t *testing.T) {
	t.Parallel()
	c := newSite(t).client(t)
	for address, want := range map[string]platform.Resolution{
		"http://board.example/post/12?from=kettle": {
			Kind: platform.KindItem,
			Item: platform.Item{Ref: "12", Address: "http://board.example/post/12"},
		},
		"http://board.example/":      {Kind: platform.KindCollection},
		"http://board.example/other": {Kind: platform.KindNone},
	} {
		if got, err := c.Resolve(t.Context(), address); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: got %v %v", address, got, err)
		}
	}
	for _, address := range []string{
		"", "post/12", "ftp://board.example/", "http://u:p@board.example/", "http:///x",
	} {
		if _, err := c.Resolve(t.Context(), address); !errors.Is(err, platform.ErrInvalid) {
			t.Errorf("%q: got %v", address, err)
		}
	}
}

func TestResolutionThatBreaksTheContractIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `{}`, `{"kind":"page"}`, `{"kind":"item"}`, `{"kind":"item","ref":"12"}`, `{"kind":null}`,
		`{"kind":"none","ref":"12","address":"http://board.example/"}`,
		`{"kind":"item","ref":"","address":"http://board.example/"}`,
		`{"kind":"item","ref":"1\n2","address":"http://board.example/"}`,
		`{"kind":"item","ref":"12","address":"/post/12"}`,
		`{"kind":"item","ref":12,"address":"http://board.example/"}`,
		`{"kind":"none","kind":"item"}`, `{"Kind":"none"}`,
	} {
		_, err := answering(t, 200, "application/json", body).Resolve(t.Context(), "http://board.example/")
		if u, ok := errors.AsType[*platform.Unknown](err); !ok || u.Why != platform.WhyBadAnswer {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestErrorsRepeatNothingOfThePlatform(t *testing.T) {
	t.Parallel()
	const secret = "wiAqfeWnRk"
	address := "http://board.example/" + secret
	v := visibility(full())
	v.Item.Address = address
	problem := strings.ReplaceAll(`{"type":"S","title":"S","detail":"S","code":"X S"}`, "S", secret)
	clients := []*platform.Client{
		answering(t, 404, "application/problem+json", problem),
		answering(t, 200, "application/json", `"`+secret+`"`),
		answering(t, 500, "text/plain", secret), answering(t, 302, "text/plain", secret),
	}
	s := newSite(t)
	s.URL += "/" + secret
	clients = append(clients, s.client(t))
	down := newSite(t)
	down.Server.Close()
	down.URL += "/" + secret
	clients = append(clients, down.client(t))
	for i, c := range clients {
		_, applied := c.Apply(t.Context(), v)
		_, resolved := c.Resolve(t.Context(), address)
		for _, err := range []error{applied, resolved} {
			if err == nil {
				t.Errorf("client %d: no error", i)
				continue
			}
			text := fmt.Sprintf("%v %+v", err, err)
			for e := err; e != nil; e = errors.Unwrap(e) {
				text += " " + e.Error()
			}
			for _, word := range []string{secret, "http", "127.0.0.1"} {
				if strings.Contains(text, word) {
					t.Errorf("client %d: %s", i, text)
				}
			}
		}
	}
	_, err := clients[0].Resolve(t.Context(), secret)
	if strings.Contains(err.Error(), secret) {
		t.Errorf("invalid input repeated: %v", err)
	}
}

func TestIncompleteConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := platform.New(platform.Config{}); err == nil {
		t.Error("empty configuration accepted")
	}
	s := newSite(t)
	bad := platform.Config{
		Callback: "/x", Resolve: s.URL, HTTP: s.Client(), Messages: signer{s.hook}, Now: time.Now,
	}
	if _, err := platform.New(bad); err == nil {
		t.Error("relative callback accepted")
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"measure":{"event":"evt_1","action":"restricted","at":"2026-03-04T12:05:00Z"}}`))
	f.Add([]byte(`{"kind":"item","ref":"12","address":"http://board.example/post/12"}`))
	f.Add([]byte(`{"kind":"none"}`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := platform.ParseMeasure(body); err == nil && !json.Valid(body) {
			t.Errorf("a measure from %q, which is not JSON", body)
		}
		r, err := platform.ParseResolution(body)
		if err == nil && (r.Kind == platform.KindItem) != (r.Item != platform.Item{}) {
			t.Errorf("%q resolves to %v", body, r)
		}
	})
}

// TestMediaOfAnItemAreReadStrictly: a list of addresses and types, or none; and only of an item.
func TestMediaOfAnItemAreReadStrictly(t *testing.T) {
	t.Parallel()
	item := func(more string) string {
		return `{"kind":"item","ref":"12","address":"http://board.example/post/12"` + more + `}`
	}
	one := `{"address":"http://board.example/m/1","type":"image/png"}`
	for body, want := range map[string][]platform.Medium{
		item(""):            nil,
		item(`,"media":[]`): {},
		item(`,"media":[` + one + `],"language":"fr"`): {{Address: "http://board.example/m/1", Type: "image/png"}},
		item(`,"media":[` + strings.Repeat(one+",", platform.MaxMedia-1) + one + `]`): slices.Repeat(
			[]platform.Medium{{Address: "http://board.example/m/1", Type: "image/png"}}, platform.MaxMedia),
	} {
		got, err := platform.ParseResolution([]byte(body))
		if err != nil || !cmp.Equal(got.Media, want) || got.Item.Ref != "12" {
			t.Errorf("%.120s: got %v, %v", body, got, err)
		}
	}
	for _, body := range []string{
		item(`,"media":null`), item(`,"media":{}`), item(`,"media":["http://board.example/m/1"]`),
		item(`,"media":[{"address":"http://board.example/m/1"}]`),
		item(`,"media":[{"address":"/m/1","type":"image/png"}]`),
		item(`,"media":[{"address":"http://u@board.example/m/1","type":"image/png"}]`),
		item(`,"media":[{"address":"file:///etc/passwd","type":"image/png"}]`),
		item(`,"media":[{"address":"http://board.example/m/1","type":"image"}]`),
		item(`,"media":[{"address":"http://board.example/m/1","type":"text/html; charset=utf-8"}]`),
		item(`,"media":[{"address":"http://board.example/m/1","type":"image/png","name":"kettle"}]`),
		item(`,"media":[` + strings.Repeat(one+",", platform.MaxMedia) + one + `]`),
		item(`,"media":[],"media":[]`), item(`,"files":[]`),
		`{"kind":"collection","media":[]}`, `{"kind":"none","media":[` + one + `]}`, `{"media":[]}`,
	} {
		if got, err := platform.ParseResolution([]byte(body)); err == nil {
			t.Errorf("%.120s: taken for %v", body, got)
		}
	}
}
