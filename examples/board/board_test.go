// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	_ "modernc.org/sqlite"

	"tocsin/examples/board"
)

var (
	secret     = "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret for tests, 32 bytes ok."))
	adminToken = "admin token for tests"
	epoch      = time.Date(2026, 3, 29, 0, 59, 0, 123456000, time.UTC)
)

// clock is what time the board believes it is.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// running is a board behind a real listener, with the node's side of the conversation.
type running struct {
	t       testing.TB
	board   *board.Board
	clock   *clock
	dir     string
	base    string
	secret  string
	client  *http.Client
	log     *bytes.Buffer
	version int64
}

// start opens a board of its own for the test, with one post: number 1.
func start(t testing.TB) *running {
	t.Helper()
	f := &running{t: t, clock: &clock{now: epoch}, dir: t.TempDir(), secret: secret, log: new(bytes.Buffer)}
	server := httptest.NewUnstartedServer(nil)
	f.base = "http://" + server.Listener.Addr().String()
	b, err := board.Open(t.Context(), board.Config{
		Dir: f.dir, PublicURL: f.base, WebhookSecret: secret, AdminToken: adminToken, Seed: 1,
		Clock: f.clock.Now, Log: slog.New(slog.NewTextHandler(f.log, nil)),
	})
	if err != nil {
		t.Fatalf("open board: %v", err)
	}
	f.board = b
	server.Config.Handler = b.Handler()
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := b.Close(); err != nil {
			t.Errorf("close board: %v", err)
		}
	})
	f.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return f
}

// reply is an answer read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

func (f *running) do(req *http.Request) reply {
	f.t.Helper()
	res, err := f.client.Do(req)
	if err != nil {
		f.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatalf("read answer: %v", err)
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

func (f *running) request(method, path string, body []byte) *http.Request {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.base+path, bytes.NewReader(body))
	if err != nil {
		f.t.Fatalf("make request: %v", err)
	}
	return req
}

func (f *running) get(path string) reply {
	f.t.Helper()
	return f.do(f.request(http.MethodGet, path, nil))
}

// signed is a request as the node sends it.
func (f *running) signed(method, path, id string, body []byte) *http.Request {
	f.t.Helper()
	req := f.request(method, path, body)
	f.sign(req, id, f.clock.Now(), body)
	req.Header.Set("Content-Type", "application/cloudevents+json")
	return req
}

func (f *running) sign(req *http.Request, id string, at time.Time, body []byte) {
	f.t.Helper()
	hook, err := webhooks.NewWebhook(f.secret)
	if err != nil {
		f.t.Fatal(err)
	}
	signature, err := hook.Sign(id, at, body)
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set(webhooks.HeaderWebhookID, id)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, signature)
}

// object is a JSON object a test may bend.
type object = map[string]any

// full is a restriction disclosed in full, whose every text starts with its name.
func full(name string) object {
	return object{
		"id": "rst_" + name, "from": epoch.Format(time.RFC3339), "until": nil, "territory": []string{"EU"},
		"disclosure": "full", "authority": name + " authority", "basis": name + " basis",
		"order_reference": name + " reference", "reasons": name + " reasons", "remedies": name + " remedies",
	}
}

// gag is a restriction of which nothing may be said.
func gag(name string) object {
	return object{
		"id": "rst_" + name, "from": epoch.Format(time.RFC3339), "until": nil, "territory": []string{"EU"},
		"disclosure": "neutral",
	}
}

// event is the message that these restrictions are all that run on a post, at the next version.
func (f *running) event(post int, restrictions ...object) object {
	f.version++
	kind := "tocsin.item.restricted"
	if len(restrictions) == 0 {
		kind, restrictions = "tocsin.item.reinstated", []object{}
	}
	return object{
		"specversion": "1.0", "id": fmt.Sprintf("evt_%d", f.version), "source": "http://node.test",
		"type": kind, "time": f.clock.Now().Format(time.RFC3339), "datacontenttype": "application/json",
		"data": object{
			"item":    object{"ref": strconv.Itoa(post), "address": fmt.Sprintf("%s/post/%d", f.base, post)},
			"version": f.version, "restrictions": restrictions,
		},
	}
}

func (f *running) send(e object) reply {
	f.t.Helper()
	body := encode(f.t, e)
	id, _ := e["id"].(string)
	return f.do(f.signed(http.MethodPost, "/tocsin/callback", id, body))
}

// apply sends an event that must succeed and returns the action of its measure.
func (f *running) apply(post int, restrictions ...object) string {
	f.t.Helper()
	return actionOf(f.t, f.send(f.event(post, restrictions...)))
}

func actionOf(t testing.TB, r reply) string {
	t.Helper()
	var answer struct {
		Measure struct{ Event, Action, At string }
	}
	decode(t, r, http.StatusOK, &answer)
	if _, err := time.Parse(time.RFC3339Nano, answer.Measure.At); err != nil {
		t.Fatalf("measure time %q: %v", answer.Measure.At, err)
	}
	return answer.Measure.Action
}

// measures is GET /tocsin/measures.
type measures struct {
	Measures []struct {
		Event, Item, Action string
		Version, Deliveries int64
	}
	Changes int64
}

func (f *running) measures() measures {
	f.t.Helper()
	var list measures
	decode(f.t, f.do(f.signed(http.MethodGet, "/tocsin/measures", "msg_list", nil)), http.StatusOK, &list)
	return list
}

// state is everything a callback could change, as text.
func (f *running) state() string {
	f.t.Helper()
	var all strings.Builder
	for _, table := range []string{"post", "picture", "restriction", "measure"} {
		rows, err := f.database().QueryContext(f.t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
		if err != nil {
			f.t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				f.t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprintf(&all, "%v ", *v.(*any))
			}
			all.WriteString(table + "\n")
		}
		if err := rows.Err(); err != nil {
			f.t.Fatal(err)
		}
		rows.Close()
	}
	return all.String()
}

// database opens the board's file beside the board.
func (f *running) database() *sql.DB {
	f.t.Helper()
	path := filepath.Join(f.dir, board.DatabaseFile)
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { db.Close() })
	return db
}

// create posts through the form and returns the number and the author link of the post.
func (f *running) create(fields url.Values, file []byte) (int, string) {
	f.t.Helper()
	r := f.submit(fields, file)
	if r.status != http.StatusSeeOther {
		f.t.Fatalf("new post answers %d:\n%s", r.status, r.body)
	}
	link := r.header.Get("Location")
	id, err := strconv.Atoi(strings.TrimPrefix(strings.Split(link, "?")[0], "/post/"))
	if err != nil {
		f.t.Fatalf("author link %q: %v", link, err)
	}
	return id, link
}

func (f *running) submit(fields url.Values, file []byte) reply {
	f.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			form.WriteField(name, v)
		}
	}
	if file != nil {
		part, err := form.CreateFormFile("picture", "picture.png")
		if err != nil {
			f.t.Fatal(err)
		}
		part.Write(file)
	}
	form.Close()
	req := f.request(http.MethodPost, "/new", body.Bytes())
	req.Header.Set("Content-Type", form.FormDataContentType())
	return f.do(req)
}

// remove removes or restores a post under the board's own terms.
func (f *running) remove(post int, action string) reply {
	f.t.Helper()
	form := url.Values{"token": {adminToken}, "post": {strconv.Itoa(post)}, "action": {action}}
	req := f.request(http.MethodPost, "/admin", []byte(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return f.do(req)
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func decode(t testing.TB, r reply, status int, into any) {
	t.Helper()
	if r.status != status {
		t.Fatalf("answer is %d, want %d:\n%s", r.status, status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		t.Fatalf("answer is not JSON: %v\n%s", err, r.body)
	}
}

// wantProblem checks an RFC 9457 answer.
func wantProblem(t *testing.T, r reply, status int, code string) {
	t.Helper()
	var p struct {
		Type, Title, Detail string
		Status              int
	}
	decode(t, r, status, &p)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("media type %q", got)
	}
	if p.Type != "urn:board:problem:"+code || p.Status != status || p.Title == "" || p.Detail == "" {
		t.Errorf("problem %+v, want %s with status %d", p, code, status)
	}
}

func contains(t *testing.T, body string, want ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(body, s) {
			t.Errorf("%q is missing from:\n%s", s, body)
		}
	}
}

func lacks(t *testing.T, body string, unwanted ...string) {
	t.Helper()
	for _, s := range unwanted {
		if strings.Contains(body, s) {
			t.Errorf("%q is in:\n%s", s, body)
		}
	}
}
