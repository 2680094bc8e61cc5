// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"tocsin"
)

//go:embed migrations
var files embed.FS

// Engine is what migrating needs to know of a database engine.
type Engine struct {
	Dir         string             // below migrations
	Dialect     goose.Dialect      // of the table that counts what was applied
	Tables      string             // query: the name of every table
	Fingerprint string             // query: one text a row for everything the schema consists of, ordered
	Moment      *sql.TxOptions     // of a transaction that sees one moment; nil where every one does
	Locker      lock.SessionLocker // against other processes; nil when one process owns the database
}

// migration is one embedded file.
type migration struct {
	version int64
	name    string
	text    string
	sum     [32]byte
}

// Migrate brings the database to the newest schema and checks the result. An empty database is filled only
// if create is set; then a database that already holds a node is refused, with CodeConflict.
func Migrate(ctx context.Context, db *sql.DB, e Engine, create bool) error {
	all, err := migrations(files, e.Dir)
	if err != nil {
		return err
	}
	return e.migrate(ctx, db, all, create)
}

func (e Engine) migrate(ctx context.Context, db *sql.DB, all []migration, create bool) error {
	version, err := e.inspect(ctx, db, all)
	switch {
	case err != nil:
		return err
	case version == 0 && !create:
		return refused(reasonMissing, "There is no node in this database. "+
			"Make one with init, or correct its address.")
	case version > 0 && create:
		return tocsin.Errorf(tocsin.CodeConflict, reasonExists, "This database already holds a node.")
	case version == int64(len(all)):
		return nil
	}
	if err := e.apply(ctx, db, all); err != nil {
		return err
	}
	_, err = e.inspect(ctx, db, all)
	return err
}

// apply runs what is missing. Each migration commits together with its mark, so it is never half-way.
func (e Engine) apply(ctx context.Context, db *sql.DB, all []migration) error {
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if e.Locker != nil {
		options = append(options, goose.WithSessionLocker(e.Locker))
	}
	for _, m := range all {
		up := func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, m.text); err != nil {
				return fmt.Errorf("run %s: %w", m.name, err)
			}
			return e.mark(ctx, tx, m)
		}
		options = append(options, goose.WithGoMigrations(
			goose.NewGoMigration(m.version, &goose.GoFunc{RunTx: up}, nil)))
	}
	provider, err := goose.NewProvider(e.Dialect, db, nil, options...)
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	return nil
}

// migrations reads an engine's files, which are numbered from 1 without a hole.
func migrations(fsys fs.FS, dir string) ([]migration, error) {
	entries, err := fs.ReadDir(fsys, path.Join("migrations", dir))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	var all []migration
	for i, entry := range entries {
		number, _, _ := strings.Cut(entry.Name(), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil || version != int64(i+1) {
			return nil, fmt.Errorf("migration %s is not number %d", entry.Name(), i+1)
		}
		text, err := fs.ReadFile(fsys, path.Join("migrations", dir, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		all = append(all, migration{version, entry.Name(), string(text), sha256.Sum256(text)})
	}
	return all, nil
}
