// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"

	"tocsin"
)

// Sessions keeps the console's sessions for scs. A token is stored as its SHA-256, so that a copy of the
// database opens no session.
type Sessions struct {
	store *Store
	clock tocsin.Clock
}

var _ scs.CtxStore = (*Sessions)(nil)

// Sessions gives the session store of this database.
func (s *Store) Sessions(clock tocsin.Clock) *Sessions { return &Sessions{s, clock} }

// FindCtx gives the data of a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	ctx, cancel := Deadline(ctx)
	defer cancel()
	var data []byte
	err := s.store.reader.QueryRowContext(ctx, "SELECT data FROM session WHERE token = $1 AND expiry_at > $2",
		digest(token), micros(s.clock.Now())).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, s.store.dialect.translate(fmt.Errorf("find session: %w", err))
	}
	return data, true, nil
}

// Lives reports whether a session has not ended, asked with the SHA-256 of its token: whoever asks need not hold a
// token.
func (s *Sessions) Lives(ctx context.Context, session tocsin.Digest) (bool, error) {
	inner, err := hex.DecodeString(string(session))
	if err != nil || len(inner) != sha256.Size {
		return false, nil
	}
	stored := sha256.Sum256(inner) // as digest makes it of one part
	ctx, cancel := Deadline(ctx)
	defer cancel()
	var one int
	err = s.store.reader.QueryRowContext(ctx, "SELECT 1 FROM session WHERE token = $1 AND expiry_at > $2",
		stored[:], micros(s.clock.Now())).Scan(&one)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, s.store.dialect.translate(fmt.Errorf("find session: %w", err))
	}
	return true, nil
}

// CommitCtx stores or replaces a session.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if data == nil {
		data = []byte{}
	}
	return s.exec(ctx, "save session", `INSERT INTO session (token, data, expiry_at) VALUES ($1, $2, $3)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry_at = excluded.expiry_at`,
		digest(token), data, micros(expiry))
}

// DeleteCtx ends a session; it is no error if there is none.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.exec(ctx, "delete session", "DELETE FROM session WHERE token = $1", digest(token))
}

// Prune deletes the sessions that have expired.
func (s *Sessions) Prune(ctx context.Context) error {
	return s.exec(ctx, "prune sessions", "DELETE FROM session WHERE expiry_at <= $1", micros(s.clock.Now()))
}

// Find is [Sessions.FindCtx] without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is [Sessions.CommitCtx] without a context.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is [Sessions.DeleteCtx] without a context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s *Sessions) exec(ctx context.Context, doing, query string, args ...any) error {
	ctx, cancel := Deadline(ctx)
	defer cancel()
	if _, err := s.store.writer.ExecContext(ctx, query, args...); err != nil {
		return s.store.dialect.translate(fmt.Errorf("%s: %w", doing, err))
	}
	return nil
}
