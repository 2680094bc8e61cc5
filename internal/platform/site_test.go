// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"tocsin/internal/platform"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// signer is the least that satisfies platform.Messages; the real one is tested in its own room.
type signer struct{ hook *standardwebhooks.Webhook }

func (s signer) Sign(id string, now time.Time, body []byte) (http.Header, error) {
	signature, err := s.hook.Sign(id, now, body)
	return http.Header{
		"Webhook-Id": {id}, "Webhook-Timestamp": {fmt.Sprint(now.Unix())}, "Webhook-Signature": {signature},
	}, err
}

func (s signer) Event(id, kind string, occurred, now time.Time, data json.RawMessage) (
	http.Header, []byte, error,
) {
	body, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": id, "source": "https://node.example", "type": kind,
		"time": occurred.Format(time.RFC3339Nano), "datacontenttype": "application/json", "data": data,
	})
	if err != nil {
		return nil, nil, err
	}
	header, err := s.Sign(id, now, body)
	return header, body, err
}

// site is a platform that keeps the contract: it acts once per event id and answers a repeated event
// with the measure it stored.
type site struct {
	*httptest.Server
	hook *standardwebhooks.Webhook

	mu       sync.Mutex
	applied  int
	bodies   [][]byte
	measures map[string]string // event id → answer
	version  int64

	// trouble, when set, runs before (lost request) and after (lost answer) the work of a call.
	before, after func(w http.ResponseWriter) (stop bool)
}

func newSite(t *testing.T) *site {
	t.Helper()
	hook, err := standardwebhooks.NewWebhookRaw([]byte("a key of at least twenty-four bytes"))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{hook: hook, measures: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /callback", s.callback)
	mux.HandleFunc("POST /resolve", s.resolve)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *site) client(t *testing.T) *platform.Client {
	t.Helper()
	c, err := platform.New(platform.Config{
		Callback: s.URL + "/callback", Resolve: s.URL + "/resolve",
		HTTP: s.Client(), Messages: signer{s.hook}, Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// seen tells how often the site acted and what it received.
func (s *site) seen() (applied int, bodies [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.applied, s.bodies
}

func (s *site) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(r.Body)
	if err != nil || s.hook.VerifyIgnoringTimestamp(body, r.Header) != nil {
		http.Error(w, "unsigned", http.StatusUnauthorized)
		return nil, false
	}
	return body, true
}

func (s *site) callback(w http.ResponseWriter, r *http.Request) {
	body, ok := s.body(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies = append(s.bodies, body)
	if s.before != nil && s.before(w) {
		return
	}
	answer := s.act(body)
	if s.after != nil && s.after(w) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, answer)
}

func (s *site) act(body []byte) string {
	var event struct {
		ID, Type string
		Data     struct{ Version int64 }
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return "{}"
	}
	if stored, ok := s.measures[event.ID]; ok {
		return stored
	}
	action := event.Type[len("tocsin.item."):]
	if event.Data.Version <= s.version {
		action = "unchanged"
	} else {
		s.version = event.Data.Version
		s.applied++
	}
	stored := fmt.Sprintf(`{"measure":{"event":%q,"action":%q,"at":"2026-03-04T12:00:00.5Z"}}`, event.ID, action)
	s.measures[event.ID] = stored
	return stored
}

func (s *site) resolve(w http.ResponseWriter, r *http.Request) {
	body, ok := s.body(w, r)
	if !ok {
		return
	}
	var q struct{ Address string }
	json.Unmarshal(body, &q)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch q.Address {
	case "http://board.example/post/12?from=kettle":
		io.WriteString(w, `{"kind":"item","ref":"12","address":"http://board.example/post/12"}`)
	case "http://board.example/":
		io.WriteString(w, `{"kind":"collection"}`)
	default:
		io.WriteString(w, `{"kind":"none"}`)
	}
}

// cut closes the connection without an answer.
func cut(http.ResponseWriter) bool { panic(http.ErrAbortHandler) }

// once makes trouble for the first n calls only.
func once(n int, trouble func(http.ResponseWriter) bool) func(http.ResponseWriter) bool {
	return func(w http.ResponseWriter) bool {
		if n == 0 {
			return false
		}
		n--
		return trouble(w)
	}
}
