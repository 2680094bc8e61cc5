// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"tocsin"
	"tocsin/internal/store/schema"
	"tocsin/internal/store/sqlstore"
)

// readers is how many transactions can read at once, beside the one that writes.
const readers = 4

// engine is what migrating needs to know. Names beginning with sqlite_ are the engine's own.
var engine = schema.Engine{
	Dir:     "sqlite",
	Dialect: goose.DialectSQLite3,
	Tables:  "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'",
	Fingerprint: `SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema
		WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY 1`,
}

// Options say which file.
type Options struct {
	Path   string
	Create bool // make a new database; refused if there is one
}

// DB is an open database.
type DB struct {
	*sqlstore.Store
	path           string
	writer, reader *sql.DB
	lock           *os.File
	truncator      *truncator
}

// Open takes the file for this process, brings its schema up to date and checks it.
func Open(ctx context.Context, o Options) (*DB, error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := prepareFile(path, o.Create); err != nil {
		return nil, err
	}
	lock, err := takeLock(path + ".lock")
	if err != nil {
		return nil, err
	}
	db := &DB{path: path, lock: lock}
	if err := db.open(ctx, o.Create); err != nil {
		return nil, errors.Join(err, db.closeHandles())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, create bool) (err error) {
	if db.writer, err = openHandle(writerName(db.path)); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db.writer.SetMaxOpenConns(1)
	if err := schema.Migrate(ctx, db.writer, engine, create); err != nil {
		return err
	}
	// The process that held these leases is gone: only one has the file.
	if _, err := db.writer.ExecContext(ctx, "UPDATE job SET lease_until = 0 WHERE done_at IS NULL"); err != nil {
		return fmt.Errorf("release leases: %w", err)
	}
	if db.reader, err = openHandle(readerName(db.path)); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db.reader.SetMaxOpenConns(readers)
	db.reader.SetMaxIdleConns(readers)
	db.truncator = startTruncator(db.truncate)
	db.Store = sqlstore.New(db.writer, db.reader, dialect, db.truncator.wake)
	return nil
}

// Close waits for what runs, moves the write-ahead log into the file and gives the file free.
func (db *DB) Close() error {
	db.truncator.stop()
	ctx, cancel := sqlstore.Deadline(context.Background())
	defer cancel()
	err := db.reader.Close() // an open reader would keep the log
	_, truncateErr := db.truncate(ctx)
	return errors.Join(err, truncateErr, db.closeHandles())
}

func (db *DB) closeHandles() error {
	var errs []error
	for _, h := range []*sql.DB{db.reader, db.writer} {
		if h != nil {
			errs = append(errs, h.Close())
		}
	}
	return errors.Join(append(errs, releaseLock(db.lock))...)
}

// prepareFile makes the file for its owner only, because SQLite would make it for everybody; the files
// beside it inherit its mode.
func prepareFile(path string, create bool) error {
	if !create {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return &tocsin.Error{Code: tocsin.CodeNotFound, Reason: "schema_missing", Err: err,
				Public: "There is no node in this folder. Make one with init, or correct data_dir."}
		}
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return f.Close()
}

// cacheSize is of each connection, 500 KiB: the system keeps the file's pages anyway, and the two megabytes that SQLite would
// fill for each, over hours, look like a leak and made nothing that was measured more than a few per cent faster.
const cacheSize = "cache_size(-500)"

// writerName asks for IMMEDIATE transactions: a deferred one that read and then writes fails at once when
// another committed in between. FULL is what makes an acknowledgement true after a power cut.
func writerName(path string) string {
	return dataSource(path, "rw", url.Values{
		"_txlock": {"immediate"},
		"_pragma": {
			"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", cacheSize, "temp_store(2)",
			"secure_delete(1)", "recursive_triggers(1)", "trusted_schema(0)",
		},
	})
}

func readerName(path string) string {
	return dataSource(path, "rw", url.Values{
		"_txlock": {"deferred"},
		"_pragma": {"busy_timeout(5000)", "query_only(1)", cacheSize, "temp_store(2)", "trusted_schema(0)"},
	})
}

func dataSource(path, mode string, query url.Values) string {
	query.Set("mode", mode)
	query.Set("_dqs", "0") // "name" is never a string
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}
