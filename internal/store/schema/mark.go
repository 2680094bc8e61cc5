// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"tocsin"
)

// Why a database is refused at start.
const (
	reasonMissing     tocsin.Reason = "schema_missing"
	reasonExists      tocsin.Reason = "schema_exists"
	reasonForeign     tocsin.Reason = "schema_foreign"
	reasonNewer       tocsin.Reason = "schema_newer"
	reasonEdited      tocsin.Reason = "schema_edited"
	reasonDrifted     tocsin.Reason = "schema_drifted"
	reasonHalfApplied tocsin.Reason = "schema_half_applied"
)

// counter is goose's table. Goose keeps neither a checksum nor a limit, hence schema_mark.
const counter = "goose_db_version"

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type mark struct {
	version          int64
	sum, fingerprint []byte
}

// Check compares the live schema with what the migrations left, as at start.
func Check(ctx context.Context, db *sql.DB, e Engine) error {
	all, err := migrations(files, e.Dir)
	if err != nil {
		return err
	}
	_, err = e.inspect(ctx, db, all)
	return err
}

// inspect gives the version of the schema, 0 for an empty database, or says why it is refused. It looks at one
// moment: another process may be migrating, and between two migrations the parts would not fit each other.
func (e Engine) inspect(ctx context.Context, db *sql.DB, all []migration) (version int64, err error) {
	tx, err := db.BeginTx(ctx, e.Moment)
	if err != nil {
		return 0, fmt.Errorf("look at schema: %w", err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }() // it changed nothing
	return e.inspectMoment(ctx, tx, all)
}

func (e Engine) inspectMoment(ctx context.Context, db queryer, all []migration) (int64, error) {
	tables, err := texts(ctx, db, e.Tables)
	if err != nil {
		return 0, err
	}
	if len(tables) == 0 {
		return 0, nil
	}
	if !slices.Contains(tables, counter) {
		return 0, refused(reasonForeign, "This database belongs to another program. Give Tocsin one of its own.")
	}
	version, err := applied(ctx, db)
	switch {
	case err != nil:
		return 0, err
	case version > int64(len(all)):
		return 0, refused(reasonNewer, "This database has schema %d and this program knows up to %d. "+
			"Start a newer program, or restore a backup made before the upgrade.", version, len(all))
	case version == 0 && len(tables) == 1: // a start that was killed before its first migration
		return 0, nil
	case !slices.Contains(tables, "schema_mark"):
		return 0, halfApplied(version)
	}
	return version, e.compare(ctx, db, all[:version])
}

// compare holds the marks against the embedded files, and the last one against the live schema.
func (e Engine) compare(ctx context.Context, db queryer, done []migration) error {
	marks, err := readMarks(ctx, db)
	if err != nil {
		return err
	}
	if len(marks) != len(done) {
		return halfApplied(int64(len(done)))
	}
	for i, m := range done {
		switch {
		case marks[i].version != m.version:
			return halfApplied(m.version)
		case !bytes.Equal(marks[i].sum, m.sum[:]):
			return refused(reasonEdited, "Migration %s was applied with other content than this program has. "+
				"Start the program that applied it, or restore a backup.", m.name)
		}
	}
	live, err := e.fingerprint(ctx, db)
	if err != nil {
		return err
	}
	if !bytes.Equal(marks[len(marks)-1].fingerprint, live) {
		return refused(reasonDrifted, "The database's tables, indexes or triggers were changed since schema %d "+
			"was made. Undo that change, or restore a backup.", len(done))
	}
	return nil
}

// mark records a migration inside its own transaction.
func (e Engine) mark(ctx context.Context, tx *sql.Tx, m migration) error {
	live, err := e.fingerprint(ctx, tx)
	if err != nil {
		return err
	}
	const insert = "INSERT INTO schema_mark (version, sha256, fingerprint) VALUES ($1, $2, $3)"
	if _, err := tx.ExecContext(ctx, insert, m.version, m.sum[:], live); err != nil {
		return fmt.Errorf("mark migration: %w", err)
	}
	return nil
}

// fingerprint is the SHA-256 over everything the live schema consists of.
func (e Engine) fingerprint(ctx context.Context, db queryer) ([]byte, error) {
	parts, err := texts(ctx, db, e.Fingerprint)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return h.Sum(nil), nil
}

func applied(ctx context.Context, db queryer) (int64, error) {
	rows, err := db.QueryContext(ctx, "SELECT max(version_id) FROM "+counter)
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	defer rows.Close()
	var version sql.NullInt64
	for rows.Next() {
		if err := rows.Scan(&version); err != nil {
			return 0, fmt.Errorf("read schema version: %w", err)
		}
	}
	return version.Int64, rows.Err()
}

func readMarks(ctx context.Context, db queryer) ([]mark, error) {
	rows, err := db.QueryContext(ctx, "SELECT version, sha256, fingerprint FROM schema_mark ORDER BY version")
	if err != nil {
		return nil, fmt.Errorf("read schema marks: %w", err)
	}
	defer rows.Close()
	var marks []mark
	for rows.Next() {
		var m mark
		if err := rows.Scan(&m.version, &m.sum, &m.fingerprint); err != nil {
			return nil, fmt.Errorf("read schema marks: %w", err)
		}
		marks = append(marks, m)
	}
	return marks, rows.Err()
}

func texts(ctx context.Context, db queryer, query string) ([]string, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("read schema: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func halfApplied(version int64) error {
	return refused(reasonHalfApplied, "Schema %d of this database was left half-way. Restore a backup; "+
		"if the database is new, delete it and run init again.", version)
}

func refused(reason tocsin.Reason, format string, args ...any) error {
	return tocsin.Errorf(tocsin.CodeInternal, reason, format, args...)
}
