// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/alexedwards/scs/v2"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/store/postgres"
	"tocsin/internal/store/sqlite"
	"tocsin/internal/store/sqlstore"
)

// database is what a node needs of an engine beyond the journal itself.
type database interface {
	flow.Store
	Sessions(clock tocsin.Clock) *sqlstore.Sessions
	Ready(ctx context.Context) error   // whether it can take writes now
	Compact(ctx context.Context) error // removes what erasures left behind
	Close() error
}

var _ scs.CtxStore = (*sqlstore.Sessions)(nil)

// DatabasePath is where a node without PostgreSQL keeps its journal.
func DatabasePath(c config.Config) string { return filepath.Join(c.DataDir, "tocsin.db") }

// Backup writes a consistent copy of a SQLite database to a new file while the node runs. PostgreSQL has
// its own tools for that.
func (n *Node) Backup(ctx context.Context, path string) error {
	db, ok := n.store.(*sqlite.DB)
	if !ok {
		return tocsin.Errorf(tocsin.CodeUnsupported, "postgres",
			"Back up PostgreSQL with pg_dump or pg_basebackup.")
	}
	return db.Backup(ctx, path)
}

// openStore opens the configured engine; create makes a new SQLite file and refuses an existing one.
func openStore(ctx context.Context, c config.Config, log *slog.Logger, create bool) (database, error) {
	address, err := c.Database.PostgresURL()
	if err != nil {
		return nil, err
	}
	if address != "" {
		db, err := postgres.Open(ctx, postgres.Options{URL: address, Create: create})
		if err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
		return db, nil
	}
	if create {
		if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("make data folder: %w", err)
		}
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Path: DatabasePath(c), Create: create})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}
