// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package remote_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin"
	"tocsin/cmd/tocsin/internal/remote"
)

const token = "tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa"

func tokenFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newClient(t *testing.T, answer http.HandlerFunc) *remote.Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	c, err := remote.New(server.URL, tokenFile(t, token+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRequestCarriesTokenAndBody(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer "+token || r.URL.Path != "/api/v1/orders" ||
			string(body) != `{"a":1}` || r.Header.Get("Idempotency-Key") != "k" {
			t.Errorf("%s %s %q %v", r.Method, r.URL.Path, body, r.Header)
		}
		_ = json.NewEncoder(w).Encode(map[string]int{"b": 2})
	})
	var out map[string]int
	err := c.Call(t.Context(), http.MethodPost, "/orders", nil, map[string]int{"a": 1}, &out, "Idempotency-Key",
		"k")
	if err != nil || out["b"] != 2 {
		t.Errorf("answer %v, error %v", out, err)
	}
}

func TestProblemKeepsItsClassAndPlaces(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write([]byte(`{"status":409,"code":"conflict","reason":"stale_version","detail":"Load it again.",
			"errors":[{"location":"body.version","message":"old"}]}`))
	})
	err := c.Call(t.Context(), http.MethodGet, "/orders", nil, nil, nil)
	if tocsin.CodeOf(err) != tocsin.CodeConflict || tocsin.ReasonOf(err) != tocsin.ReasonStale ||
		!strings.Contains(err.Error(), "body.version") {
		t.Errorf("error %v", err)
	}
}

func TestWhatIsNoNodeIsSaidSo(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	if err := c.Call(t.Context(), http.MethodGet, "/orders", nil, nil, nil); err == nil ||
		!strings.Contains(err.Error(), "418") {
		t.Errorf("error %v", err)
	}
	gone, err := remote.New("http://127.0.0.1:1", tokenFile(t, token))
	if err != nil {
		t.Fatal(err)
	}
	err = gone.Call(t.Context(), http.MethodGet, "/orders", nil, nil, nil)
	if tocsin.ReasonOf(err) != remote.ReasonUnreachable || strings.Contains(err.Error(), token) {
		t.Errorf("error %v", err)
	}
}

func TestTokenNeverTravelsInTheClear(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://node.example", "http://192.0.2.1:8420", "http://localhost.example",
		"node.example", "ftp://localhost", ""} {
		if _, err := remote.New(address, tokenFile(t, token)); err == nil {
			t.Errorf("%q was accepted", address)
		}
	}
	for _, address := range []string{"https://node.example", "http://localhost:8420", "http://fr.localhost",
		"http://[::1]:1"} {
		if _, err := remote.New(address, tokenFile(t, token)); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestTokenFileHoldsOneToken(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "whsec_x", token + "\n" + token, "tsk_a b"} {
		_, err := remote.New("http://localhost:1", tokenFile(t, content))
		if err == nil || content != "" && strings.Contains(err.Error(), content) {
			t.Errorf("%q: %v", content, err)
		}
	}
}
