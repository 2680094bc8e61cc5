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

	"tocsin"
	"tocsin/internal/store/schema"
)

// Backup writes the database as it is at one moment to a new file, complete without a log beside it.
// Writers go on meanwhile. The file appears under its name only when it is whole and on the disk.
func (db *DB) Backup(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonDuplicate, "The backup's file exists already.")
	}
	partial := path + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up database: %w", err)
	}
	if err := prepareFile(partial, true); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(partial))
		}
	}()
	// A connection of its own: the writer's would make writers wait.
	own, err := sql.Open("sqlite", dataSource(db.path, "rw", url.Values{"_pragma": {"busy_timeout(5000)"}}))
	if err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	defer own.Close()
	if _, err := own.ExecContext(ctx, "VACUUM INTO $1", partial); err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	if err := syncPath(partial); err != nil {
		return err
	}
	if err := os.Rename(partial, path); err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	return syncPath(filepath.Dir(path))
}

// syncPath puts a file or folder on the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync backup: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// Check reads the whole file for damage and compares the schema with what the migrations left.
func (db *DB) Check(ctx context.Context) error {
	if err := schema.Check(ctx, db.reader, engine); err != nil {
		return err
	}
	var found string
	if err := db.reader.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	if found != "ok" {
		return &tocsin.Error{Code: tocsin.CodeInternal, Reason: "storage_broken", Err: errors.New(found),
			Public: "The database file is damaged. Stop the node and restore a backup."}
	}
	return nil
}
