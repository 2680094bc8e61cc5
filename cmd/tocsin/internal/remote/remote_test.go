// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package remote_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
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

func TestListGoesOutAndComesInAsItIs(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token || r.URL.RawQuery != "format=csv" {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte("value\nkettle\n"))
			return
		}
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Content-Type") != "text/csv" || r.Header.Get("Idempotency-Key") != "k" {
			t.Errorf("headers %v", r.Header)
		}
		_ = json.NewEncoder(w).Encode(map[string]int{"bytes": len(body)})
	})
	query := url.Values{"format": {"csv"}}
	var out map[string]int
	// A reader of unknown length: it is sent as it is read.
	err := c.Send(t.Context(), "/banks/A/imports", query, io.MultiReader(strings.NewReader("value\n")),
		"text/csv", &out, nil, "Idempotency-Key", "k")
	if err != nil || out["bytes"] != 6 {
		t.Errorf("answer %v, error %v", out, err)
	}
	var list strings.Builder
	if n, err := c.Fetch(t.Context(), "/banks/A/signals", query, &list); err != nil || n != 13 ||
		list.String() != "value\nkettle\n" {
		t.Errorf("fetched %q, %v", list.String(), err)
	}
}

func TestProblemIsNeverTakenForAList(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"status":404,"code":"not_found","reason":"unknown_record","detail":"Not there."}`))
	})
	var list strings.Builder
	_, err := c.Fetch(t.Context(), "/banks/A/signals", nil, &list)
	if tocsin.CodeOf(err) != tocsin.CodeNotFound || list.Len() > 0 {
		t.Errorf("fetched %q, error %v", list.String(), err)
	}
}
