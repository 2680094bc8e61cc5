// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/keyring"
)

// as asks with a token and gives status, headers and body.
func (l *lab) as(token string) (*http.Response, string) {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), http.MethodGet, l.url+"/", nil)
	check(l.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	check(l.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	check(l.t, err)
	return resp, string(body)
}

func TestKeyThatAsksTooOftenIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	token, _, err := l.ring.IssueServiceKey(keyring.ServiceTerms{Name: "eager", Scopes: []string{"order.read"}, PerMinute: 12}, noon)
	check(t, err)
	for range 2 {
		if resp, body := l.as(token); resp.StatusCode == http.StatusTooManyRequests {
			t.Errorf("at once: %s", body)
		}
	}
	resp, body := l.as(token)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "5" ||
		!strings.Contains(body, `"reason":"service_key_rate"`) {
		t.Errorf("%d, again after %q: %s", resp.StatusCode, resp.Header.Get("Retry-After"), body)
	}
	if resp, body := l.as(l.token); resp.StatusCode == http.StatusTooManyRequests {
		t.Errorf("another key pays for it: %s", body)
	}
}

func TestExpiredKeyIsToldSo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	end := noon // the clock of this node stands still at noon
	token, _, err := l.ring.IssueServiceKey(keyring.ServiceTerms{Name: "old", Scopes: []string{"order.read"}, Expires: &end},
		noon.Add(-time.Hour))
	check(t, err)
	resp, body := l.as(token)
	if resp.StatusCode != http.StatusUnauthorized || !strings.Contains(body, `"reason":"service_key_expired"`) ||
		resp.Header.Get("Www-Authenticate") != "Bearer" {
		t.Errorf("%d: %s", resp.StatusCode, body)
	}
}
