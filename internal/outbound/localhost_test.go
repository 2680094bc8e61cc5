// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"tocsin/internal/outbound"
)

func TestNamesUnderLocalhostAreThisMachine(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	origin := "http://fr.localhost:" + u.Port()
	client, err := outbound.New(outbound.Config{Declared: []string{origin}})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := client.Declared().Do(request); err != nil || answer.StatusCode != http.StatusNoContent {
		t.Fatalf("declared name under localhost: %v, %v", answer, err)
	}
	if _, err := client.Foreign().Do(request); err == nil {
		t.Fatal("a foreign address reached this machine")
	}
}
