// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // registers the "sqlite" driver
)

//go:embed schema.sql
var schema string

// schemaVersion is the number kept in SQLite's user_version.
const schemaVersion = 2

// store is the board's SQLite file: one writing connection, so that writers queue, and a pool of readers that
// the write-ahead log lets run beside it. synchronous=FULL makes an acknowledged measure survive a power cut.
type store struct {
	writer *sql.DB
	reader *sql.DB
}

func openStore(ctx context.Context, path string) (*store, error) {
	writer, err := openPool(path, 1, "_txlock=immediate")
	if err != nil {
		return nil, err
	}
	s := &store{writer: writer}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	if s.reader, err = openPool(path, 4, "_txlock=deferred&_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return s, nil
}

func openPool(path string, conns int, options string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(5000)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + options
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func (s *store) close() error { return errors.Join(s.reader.Close(), s.writer.Close()) }

// migrate creates the tables of an empty file and refuses a file that a newer board wrote.
func (s *store) migrate(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var have int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
			return fmt.Errorf("read schema version: %w", err)
		}
		switch have {
		case schemaVersion:
			return nil
		case 0:
			_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA user_version = %d;", schemaVersion))
			if err != nil {
				return fmt.Errorf("create schema: %w", err)
			}
			return nil
		}
		return fmt.Errorf("open database: schema %d, but this program writes schema %d; "+
			"run the version that wrote the file", have, schemaVersion)
	})
}

// write runs do in a transaction that commits only when do succeeds.
func (s *store) write(ctx context.Context, do func(*sql.Tx) error) error {
	return within(ctx, s.writer, do)
}

// read runs do on one snapshot of the database.
func (s *store) read(ctx context.Context, do func(*sql.Tx) error) error {
	return within(ctx, s.reader, do)
}

func within(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer tx.Rollback() // does nothing once committed
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// each runs query and calls scan for every row.
func each(ctx context.Context, tx *sql.Tx, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
