// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tocsin"
)

// fullPause is how long writes are refused at once after the storage was full, before one may try.
const fullPause = 5 * time.Second

// health remembers that the storage failed. A full disk heals by itself; one that cannot be trusted ends
// writing until somebody looked and restarted.
type health struct {
	mu    sync.Mutex
	err   error
	until time.Time // zero: for ever
}

// learn takes the outcome of a write.
func (h *health) learn(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch tocsin.ReasonOf(err) {
	case reasonBroken:
		h.err, h.until = err, time.Time{}
	case reasonFull:
		h.err, h.until = err, time.Now().Add(fullPause)
	default:
		if err == nil && !h.until.IsZero() {
			h.err, h.until = nil, time.Time{}
		}
	}
}

// refusal is why nothing may be written now.
func (h *health) refusal() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil && (h.until.IsZero() || time.Now().Before(h.until)) {
		return h.err
	}
	return nil
}

// Ready reports why the store cannot serve: unreachable, full, or not to be trusted.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := Deadline(ctx)
	defer cancel()
	s.health.mu.Lock()
	err := s.health.err
	s.health.mu.Unlock()
	if err != nil {
		return err
	}
	var seq int64
	if err := s.reader.QueryRowContext(ctx, "SELECT seq FROM journal_head").Scan(&seq); err != nil {
		return s.dialect.translate(fmt.Errorf("read journal head: %w", err))
	}
	return nil
}
