// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func TestRestrictionAndReinstatementAreMeasured(t *testing.T) {
	t.Parallel()
	f := start(t)
	if got := f.apply(1, full("garden")); got != "restricted" {
		t.Errorf("action %q, want restricted", got)
	}
	if got := f.get("/post/1").status; got != http.StatusUnavailableForLegalReasons {
		t.Errorf("restricted post answers %d", got)
	}
	if got := f.apply(1); got != "reinstated" {
		t.Errorf("action %q, want reinstated", got)
	}
	if got := f.get("/post/1").status; got != http.StatusOK {
		t.Errorf("reinstated post answers %d", got)
	}
}

func TestRepeatedEventIsAnsweredWithTheStoredMeasure(t *testing.T) {
	t.Parallel()
	f := start(t)
	e := f.event(1, full("garden"))
	first := f.send(e)
	f.clock.advance(time.Hour)
	f.apply(1) // a later version does not change what the first event did
	second := f.send(e)
	if diff := cmp.Diff(first.body, second.body); diff != "" {
		t.Errorf("second answer differs:\n%s", diff)
	}
	if got := f.get("/post/1").status; got != http.StatusOK {
		t.Errorf("a repeated event restricted the post again: %d", got)
	}
	list := f.measures()
	if list.Measures[0].Deliveries != 2 || list.Changes != 2 || len(list.Measures) != 2 {
		t.Errorf("measures %+v", list)
	}
}

func TestConcurrentDeliveriesOfOneEventAreAppliedOnce(t *testing.T) {
	t.Parallel()
	f := start(t)
	body := encode(t, f.event(1, full("garden")))
	answers := make([]string, 8)
	var wg sync.WaitGroup
	for i := range answers {
		req := f.signed(http.MethodPost, "/tocsin/callback", "evt_1", body)
		wg.Go(func() { answers[i] = f.do(req).body })
	}
	wg.Wait()
	for _, a := range answers[1:] {
		if a != answers[0] {
			t.Errorf("answers differ: %s and %s", a, answers[0])
		}
	}
	list := f.measures()
	if len(list.Measures) != 1 || list.Changes != 1 || list.Measures[0].Deliveries != 8 {
		t.Errorf("measures %+v", list)
	}
}

func TestLowerOrEqualVersionChangesNothing(t *testing.T) {
	t.Parallel()
	f := start(t)
	stale := f.event(1, full("stale"))
	equal := f.event(1)
	f.version-- // the next event has the same version as equal, under another id
	f.apply(1, full("garden"))
	equal["id"] = "evt_equal"
	for _, e := range []object{stale, equal} {
		if got := actionOf(t, f.send(e)); got != "unchanged" {
			t.Errorf("event %v: action %q, want unchanged", e["id"], got)
		}
	}
	contains(t, f.get("/post/1").body, "garden authority")
	list := f.measures()
	if len(list.Measures) != 3 || list.Changes != 1 {
		t.Errorf("unchanged measures must be recorded and change nothing: %+v", list)
	}
}

func TestEventIDForAnotherItemIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	e := f.event(1, full("garden"))
	f.send(e)
	before := f.state()
	e["data"].(object)["item"] = f.event(2)["data"].(object)["item"]
	wantProblem(t, f.send(e), http.StatusConflict, "event-conflict")
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("state changed:\n%s", diff)
	}
}

// The node repeats an event whose answer was lost with the state of that moment.
func TestRepeatedEventWithALaterStateGetsItsFirstMeasure(t *testing.T) {
	t.Parallel()
	f := start(t)
	e := f.event(1, full("garden"))
	first := f.send(e)
	later := f.event(1)
	e["type"], e["data"] = later["type"], later["data"]
	if again := f.send(e); again.body != first.body {
		t.Errorf("answered %s, first %s", again.body, first.body)
	}
	contains(t, f.get("/post/1").body, "garden authority")
	if list := f.measures(); len(list.Measures) != 1 || list.Changes != 1 {
		t.Errorf("measures %+v", list)
	}
	if got := actionOf(t, f.send(later)); got != "reinstated" {
		t.Errorf("the later state under its own id: %q", got)
	}
}

func TestEventIDIsClaimedOnlyWithSuccess(t *testing.T) {
	t.Parallel()
	f := start(t)
	db := f.database()
	// The last statement of the transaction fails, after the restrictions were written.
	if _, err := db.ExecContext(t.Context(), `CREATE TRIGGER fail BEFORE INSERT ON measure
		BEGIN SELECT RAISE(ABORT, 'disk trouble'); END`); err != nil {
		t.Fatal(err)
	}
	before := f.state()
	e := f.event(1, full("canary"))
	wantProblem(t, f.send(e), http.StatusInternalServerError, "internal")
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("a failed event left traces:\n%s", diff)
	}
	if !strings.Contains(f.log.String(), "disk trouble") {
		t.Errorf("the failure is not in the log: %s", f.log)
	}
	lacks(t, f.log.String(), "canary", f.base)
	if _, err := db.ExecContext(t.Context(), `DROP TRIGGER fail`); err != nil {
		t.Fatal(err)
	}
	if got := actionOf(t, f.send(e)); got != "restricted" {
		t.Errorf("the retry answers %q", got)
	}
}

func TestUnauthenticCallbackIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	other := *f
	other.secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("another secret, 32 bytes as well"))
	body := encode(t, f.event(1, full("garden")))
	before := f.state()
	cases := map[string]func(*http.Request){
		"no signature":      func(r *http.Request) { r.Header.Del(webhooks.HeaderWebhookSignature) },
		"no timestamp":      func(r *http.Request) { r.Header.Del(webhooks.HeaderWebhookTimestamp) },
		"no id":             func(r *http.Request) { r.Header.Del(webhooks.HeaderWebhookID) },
		"other id":          func(r *http.Request) { r.Header.Set(webhooks.HeaderWebhookID, "evt_2") },
		"other secret":      func(r *http.Request) { other.sign(r, "evt_1", f.clock.Now(), body) },
		"other body":        func(r *http.Request) { f.sign(r, "evt_1", f.clock.Now(), append(body, ' ')) },
		"timestamp altered": func(r *http.Request) { r.Header.Set(webhooks.HeaderWebhookTimestamp, "1") },
		"timestamp no number": func(r *http.Request) {
			r.Header.Set(webhooks.HeaderWebhookTimestamp, "now")
		},
		"timestamp out of range": func(r *http.Request) {
			r.Header.Set(webhooks.HeaderWebhookTimestamp, "-9223372036854775808")
		},
		"garbage signature": func(r *http.Request) { r.Header.Set(webhooks.HeaderWebhookSignature, "v1,, ,v1 x") },
		"unknown scheme": func(r *http.Request) {
			signature := r.Header.Get(webhooks.HeaderWebhookSignature)
			r.Header.Set(webhooks.HeaderWebhookSignature, "v2"+strings.TrimPrefix(signature, "v1"))
		},
	}
	for name, bend := range cases {
		req := f.signed(http.MethodPost, "/tocsin/callback", "evt_1", body)
		bend(req)
		t.Run(name, func(t *testing.T) { wantProblem(t, f.do(req), http.StatusUnauthorized, "bad-signature") })
	}
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("state changed:\n%s", diff)
	}
}

func TestTimestampToleranceIsFiveMinutesBothWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		off  time.Duration
		want int
	}{
		{0, 200}, {-5 * time.Minute, 200}, {5 * time.Minute, 200},
		{-5*time.Minute - time.Second, 401}, {5*time.Minute + time.Second, 401}, {-24 * time.Hour, 401},
	} {
		t.Run(c.off.String(), func(t *testing.T) {
			t.Parallel()
			f := start(t)
			body := encode(t, f.event(1, full("garden")))
			req := f.signed(http.MethodPost, "/tocsin/callback", "evt_1", body)
			f.sign(req, "evt_1", f.clock.Now().Add(c.off), body)
			if got := f.do(req); got.status != c.want {
				t.Errorf("answer %d, want %d: %s", got.status, c.want, got.body)
			}
		})
	}
}

func TestOneMatchingSignatureOfSeveralIsEnough(t *testing.T) {
	t.Parallel()
	f := start(t)
	req := f.signed(http.MethodPost, "/tocsin/callback", "evt_1", encode(t, f.event(1, full("garden"))))
	good := req.Header.Get(webhooks.HeaderWebhookSignature)
	req.Header.Set(webhooks.HeaderWebhookSignature, "v1,AAAA v1a,BBBB "+good)
	if got := f.do(req); got.status != http.StatusOK {
		t.Errorf("answer %d: %s", got.status, got.body)
	}
}

// bend changes one event into a bad one.
type bend func(e, data, item, restriction object)

func badEvents() map[string]bend {
	return map[string]bend{
		"specversion":          func(e, _, _, _ object) { e["specversion"] = "0.3" },
		"no source":            func(e, _, _, _ object) { delete(e, "source") },
		"unknown type":         func(e, _, _, _ object) { e["type"] = "tocsin.item.deleted" },
		"no time":              func(e, _, _, _ object) { delete(e, "time") },
		"data content type":    func(e, _, _, _ object) { e["datacontenttype"] = "text/plain" },
		"no data":              func(e, _, _, _ object) { delete(e, "data") },
		"id of two lines":      func(e, _, _, _ object) { e["id"] = "evt_1\nevt_2" },
		"id is not webhook-id": func(e, _, _, _ object) { e["id"] = "evt_other" },
		"version zero":         func(_, d, _, _ object) { d["version"] = 0 },
		"version negative":     func(_, d, _, _ object) { d["version"] = -1 },
		"version too large":    func(_, d, _, _ object) { d["version"] = int64(1) << 60 },
		"set missing":          func(_, d, _, _ object) { delete(d, "restrictions") },
		"set null":             func(_, d, _, _ object) { d["restrictions"] = nil },
		"restricted by nothing": func(_, d, _, _ object) {
			d["restrictions"] = []object{}
		},
		"reinstated but restricted": func(e, _, _, _ object) { e["type"] = "tocsin.item.reinstated" },
		"too many restrictions": func(_, d, _, _ object) {
			var many []object
			for i := range 65 {
				many = append(many, gag(strconv.Itoa(i)))
			}
			d["restrictions"] = many
		},
		"restriction twice":     func(_, d, _, r object) { d["restrictions"] = []object{r, r} },
		"no ref":                func(_, _, i, _ object) { delete(i, "ref") },
		"ref is no number":      func(_, _, i, _ object) { i["ref"] = "one" },
		"ref of another post":   func(_, _, i, _ object) { i["ref"] = "2" },
		"foreign address":       func(_, _, i, _ object) { i["address"] = "http://other.test/post/1" },
		"address of a list":     func(_, _, i, _ object) { i["address"] = "/" },
		"no restriction id":     func(_, _, _, r object) { delete(r, "id") },
		"no from":               func(_, _, _, r object) { delete(r, "from") },
		"until before from":     func(_, _, _, r object) { r["until"] = "2001-01-01T00:00:00Z" },
		"territory in words":    func(_, _, _, r object) { r["territory"] = []string{"everywhere <b>"} },
		"unknown disclosure":    func(_, _, _, r object) { r["disclosure"] = "partial" },
		"full, no authority":    func(_, _, _, r object) { delete(r, "authority") },
		"full, no basis":        func(_, _, _, r object) { r["basis"] = "" },
		"full, no reasons":      func(_, _, _, r object) { r["reasons"] = nil },
		"full, no remedies":     func(_, _, _, r object) { delete(r, "remedies") },
		"gag with its reasons":  func(_, _, _, r object) { r["disclosure"] = "neutral" },
		"gag with order number": func(_, _, _, r object) { r["disclosure"], r["reasons"] = "neutral", "" },
	}
}

func TestEventThatBreaksTheContractChangesNothing(t *testing.T) {
	t.Parallel()
	f := start(t)
	before := f.state()
	for name, bend := range badEvents() {
		t.Run(name, func(t *testing.T) {
			r := full("canary")
			e := f.event(1, r)
			id := e["id"].(string)
			data := e["data"].(object)
			bend(e, data, data["item"].(object), r)
			answer := f.do(f.signed(http.MethodPost, "/tocsin/callback", id, encode(t, e)))
			wantProblem(t, answer, http.StatusUnprocessableEntity, "invalid-member")
			lacks(t, answer.body, "canary", "other.test")
		})
	}
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("state changed:\n%s", diff)
	}
	lacks(t, f.log.String(), "canary")
}

func TestBodyThatIsNotTheAgreedJSONChangesNothing(t *testing.T) {
	t.Parallel()
	f := start(t)
	good := string(encode(t, f.event(1, full("canary"))))
	before := f.state()
	cases := map[string]string{
		"empty":          "",
		"null byte":      "\x00",
		"cut":            good[:len(good)/2],
		"followed":       good + "{}",
		"array":          "[" + good + "]",
		"deep":           strings.Repeat("[", 100_000),
		"deep data":      `{"data":` + strings.Repeat(`{"item":`, 20_000),
		"unknown member": strings.Replace(good, `"specversion"`, `"canary":1,"specversion"`, 1),
		"member twice":   strings.Replace(good, `"specversion"`, `"id":"evt_1","specversion"`, 1),
		"other case":     strings.Replace(good, `"version"`, `"Version"`, 1),
		"wrong type":     strings.Replace(good, `"version":1`, `"version":"1"`, 1),
		"fraction":       strings.Replace(good, `"version":1`, `"version":1.5`, 1),
		"huge number":    strings.Replace(good, `"version":1`, `"version":1e400`, 1),
		"bad time":       strings.Replace(good, `"until":null`, `"until":"tomorrow"`, 1),
		"not UTF-8":      strings.Replace(good, `canary reasons`, "canary \xff", 1),
		"not an object":  `"canary"`,
	}
	for name, body := range cases {
		t.Run(name, func(t *testing.T) {
			if body == good {
				t.Fatal("the case bends nothing")
			}
			answer := f.do(f.signed(http.MethodPost, "/tocsin/callback", "evt_1", []byte(body)))
			wantProblem(t, answer, http.StatusBadRequest, "malformed-body")
			lacks(t, answer.body, "canary")
		})
	}
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("state changed:\n%s", diff)
	}
}

func TestOtherRefusalsAreTyped(t *testing.T) {
	t.Parallel()
	f := start(t)
	before := f.state()
	large := strings.Repeat(" ", 256<<10) + "{}"
	wantProblem(t, f.do(f.signed(http.MethodPost, "/tocsin/callback", "evt_1", []byte(large))),
		http.StatusRequestEntityTooLarge, "body-too-large")

	plain := f.signed(http.MethodPost, "/tocsin/callback", "evt_1", encode(t, f.event(1, full("garden"))))
	plain.Header.Set("Content-Type", "application/json")
	wantProblem(t, f.do(plain), http.StatusUnsupportedMediaType, "media-type")

	wantProblem(t, f.send(f.event(99, full("garden"))), http.StatusNotFound, "unknown-item")

	got := f.get("/tocsin/callback")
	wantProblem(t, got, http.StatusMethodNotAllowed, "method")
	if allow := got.header.Get("Allow"); allow != "POST" {
		t.Errorf("Allow is %q", allow)
	}
	wantProblem(t, f.get("/tocsin/nothing"), http.StatusNotFound, "no-such-endpoint")
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("state changed:\n%s", diff)
	}
}

func TestMeasuresAreListedToTheNodeAndToAnAdministratorOnly(t *testing.T) {
	t.Parallel()
	f := start(t)
	for range 3 {
		f.apply(1, full("garden"))
	}
	wantProblem(t, f.get("/tocsin/measures"), http.StatusUnauthorized, "bad-signature")

	req := f.request(http.MethodGet, "/tocsin/measures?after=1", nil)
	req.Header.Set("Authorization", "Bearer "+adminToken)
	var list measures
	decode(t, f.do(req), http.StatusOK, &list)
	if len(list.Measures) != 2 || list.Measures[0].Event != "evt_2" || list.Changes != 3 {
		t.Errorf("measures after the first: %+v", list)
	}
	for _, bad := range []string{"x", "-1", "99999999999999999999"} {
		r := f.do(f.signed(http.MethodGet, "/tocsin/measures?after="+bad, "msg_1", nil))
		wantProblem(t, r, http.StatusBadRequest, "bad-query")
	}
}

// BenchmarkCallback is the way from the node's request to a measure on disk.
func BenchmarkCallback(b *testing.B) {
	f := start(b)
	for b.Loop() {
		if r := f.send(f.event(1, full("garden"))); r.status != http.StatusOK {
			b.Fatal(r.body)
		}
	}
}

func TestManyPostsKeepTheirOwnVersions(t *testing.T) {
	t.Parallel()
	f := start(t)
	second, _ := f.create(drawn("another"), nil)
	f.apply(second, full("bridge"))
	if got := f.get("/post/1").status; got != http.StatusOK {
		t.Errorf("an event about post %d restricted post 1: %d", second, got)
	}
	if got := f.get(fmt.Sprintf("/post/%d", second)).status; got != http.StatusUnavailableForLegalReasons {
		t.Errorf("post %d answers %d", second, got)
	}
}
