// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"bytes"
	"log/slog"
	"sync"

	"tocsin"
)

// logbook keeps every line that the nodes of a world log.
type logbook struct {
	mu    sync.Mutex
	lines bytes.Buffer
	root  *slog.Logger
}

func newLogbook() *logbook {
	b := &logbook{}
	b.root = slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return b
}

// Write takes a line.
func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines.Write(line)
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines.String()
}

func (b *logbook) of(id tocsin.PartyID) *slog.Logger { return b.root.With("node", id) }
