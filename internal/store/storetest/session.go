// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"tocsin"
)

// SessionStore is a session store that can forget what expired.
type SessionStore interface {
	scs.CtxStore
	Lives(ctx context.Context, session tocsin.Digest) (bool, error)
	Prune(ctx context.Context) error
}

// Sessions tests a session store in a database.
func Sessions(t *testing.T, db *sql.DB, open func(tocsin.Clock) SessionStore) {
	now := start
	s := open(tocsin.ClockFunc(func() time.Time { return now }))
	ctx := t.Context()
	find := func(token, want string) {
		t.Helper()
		data, ok, err := s.FindCtx(ctx, token)
		if err != nil || ok != (want != "") || string(data) != want {
			t.Errorf("%s: got %q, %v, %v, want %q", token, data, ok, err, want)
		}
	}
	commit := func(token, data string, expiry time.Time) {
		t.Helper()
		if err := s.CommitCtx(ctx, token, []byte(data), expiry); err != nil {
			t.Fatal(err)
		}
	}
	lives := func(token string, want bool) {
		t.Helper()
		if got, err := s.Lives(ctx, tocsin.DigestOf([]byte(token))); err != nil || got != want {
			t.Errorf("%s lives: %v, %v, want %v", token, got, err, want)
		}
	}
	find("token", "")
	lives("token", false)
	commit("token", "one", start.Add(time.Hour))
	commit("other", "two", start.Add(2*time.Hour))
	find("token", "one")
	commit("token", "three", start.Add(time.Hour))
	find("token", "three")
	lives("token", true)
	if got, err := s.Lives(ctx, "token"); got || err != nil {
		t.Errorf("asked with what is no digest: %v, %v", got, err)
	}
	find("", "")
	find("tok\x00en\xff", "")
	for _, token := range storedTokens(t, db) {
		if len(token) != 32 || bytes.Contains(token, []byte("token")) {
			t.Errorf("a token is stored as %q", token)
		}
	}
	now = start.Add(time.Hour)
	find("token", "")
	lives("token", false)
	lives("other", true)
	find("other", "two")
	if err := s.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	if left := storedTokens(t, db); len(left) != 1 {
		t.Errorf("%d sessions are left", len(left))
	}
	for range 2 { // the second time it is no error
		if err := s.Delete("other"); err != nil {
			t.Fatal(err)
		}
	}
	find("other", "")
	if err := s.Commit("last", nil, start.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if data, ok, err := s.Find("last"); len(data) != 0 || !ok || err != nil {
		t.Errorf("a session without data: %q, %v, %v", data, ok, err)
	}
}

// storedTokens reads every token as the database holds it.
func storedTokens(t *testing.T, db *sql.DB) (tokens [][]byte) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT token FROM session")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var token []byte
		if err := rows.Scan(&token); err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return tokens
}
