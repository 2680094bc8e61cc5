// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"tocsin"
)

// Snapshot copies a SQLite database as it is at one moment, whether or not a node has it open: it takes no
// lock that a node would wait for, and changes nothing.
func Snapshot(ctx context.Context, database, to string) (err error) {
	if database, err = filepath.Abs(database); err != nil {
		return fmt.Errorf("find database: %w", err)
	}
	if _, err := os.Stat(database); err != nil {
		return &tocsin.Error{Code: tocsin.CodeNotFound, Reason: "schema_missing", Err: err,
			Public: "There is no node in this folder. Make one with init, or correct data_dir"}
	}
	// SQLite would make the file for everybody; an empty one it takes over.
	if err := writeFile(to, strings.NewReader("")); err != nil {
		return fmt.Errorf("make backup: %w", err)
	}
	source := url.URL{Scheme: "file", Path: database,
		RawQuery: url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(5000)"}}.Encode()}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
		return fmt.Errorf("copy database: %w", errors.Join(err, os.Remove(to)))
	}
	return errors.Join(syncPath(to), syncPath(filepath.Dir(to)))
}
