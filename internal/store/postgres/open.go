// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"tocsin"
	"tocsin/internal/store/schema"
	"tocsin/internal/store/sqlstore"
)

const (
	defaultConnections = 16
	oldestServer       = 150000
)

// Options say which database.
type Options struct {
	URL         string // postgres://…; its parameters override ours
	Create      bool   // fill an empty database; refused if there is a node in it
	Connections int    // at most, beside the one that listens; 0: 16
	Log         *slog.Logger
}

// DB is an open database.
type DB struct {
	*sqlstore.Store
	pool     *sql.DB
	patient  *pgx.ConnConfig // for what may take long
	listener *listener
}

// Open connects, brings the schema up to date and checks it.
func Open(ctx context.Context, o Options) (*DB, error) {
	config, err := pgx.ParseConfig(o.URL)
	if err != nil { // whose text would show the address
		return nil, tocsin.Invalid(tocsin.ReasonFormat, "database.url", "This is no PostgreSQL address.")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	config.RuntimeParams = withDefaults(config.RuntimeParams)
	db := &DB{patient: patient(config)}
	if err := db.migrate(ctx, o.Create); err != nil {
		return nil, err
	}
	db.pool = stdlib.OpenDB(*config)
	db.pool.SetMaxOpenConns(o.connections())
	db.pool.SetMaxIdleConns(o.connections())
	db.Store = sqlstore.New(db.pool, db.pool, dialect, nil)
	db.listener = listen(db.patient, db.Broadcast, o.Log)
	return db, nil
}

func (o Options) connections() int {
	if o.Connections > 0 {
		return o.Connections
	}
	return defaultConnections
}

// Close ends listening and closes the connections.
func (db *DB) Close() error {
	db.listener.stop()
	return db.pool.Close()
}

// withDefaults bounds what one statement, one wait for a lock and one forgotten transaction can take, in
// milliseconds: others wait for the head of the journal meanwhile. A commit is on the server's disk before
// it is acknowledged, whatever the server's default.
func withDefaults(own map[string]string) map[string]string {
	params := map[string]string{
		"application_name":                    "tocsin",
		"statement_timeout":                   "5000",
		"lock_timeout":                        "2000",
		"idle_in_transaction_session_timeout": "10000",
		"synchronous_commit":                  "on",
	}
	maps.Copy(params, own)
	return params
}

// patient is the configuration without these bounds, for migrations, compaction and listening.
func patient(config *pgx.ConnConfig) *pgx.ConnConfig {
	c := config.Copy()
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		c.RuntimeParams[name] = "0"
	}
	return c
}

func (db *DB) migrate(ctx context.Context, create bool) error {
	own := stdlib.OpenDB(*db.patient)
	defer own.Close()
	if err := checkServer(ctx, own); err != nil {
		return err
	}
	e, err := engine()
	if err != nil {
		return err
	}
	return schema.Migrate(ctx, own, e, create)
}

// checkServer refuses a server that stores or sorts text otherwise than tested.
func checkServer(ctx context.Context, own *sql.DB) error {
	var version int
	var encoding string
	err := own.QueryRowContext(ctx, `SELECT CAST(current_setting('server_version_num') AS integer),
		current_setting('server_encoding')`).Scan(&version, &encoding)
	switch {
	case err != nil:
		return &tocsin.Error{Code: tocsin.CodeBusy, Reason: "storage_unavailable", Err: cause(err),
			Public: "PostgreSQL cannot be reached. Check database.url and that the server runs."}
	case version < oldestServer:
		return tocsin.Errorf(tocsin.CodeUnsupported, tocsin.ReasonUnknownValue,
			"This PostgreSQL server is too old. Version 15 or newer is needed.")
	case encoding != "UTF8":
		return tocsin.Errorf(tocsin.CodeUnsupported, tocsin.ReasonUnknownValue,
			"The database's encoding is not UTF8. Create it again with ENCODING 'UTF8'.")
	}
	return nil
}

// Check compares the schema, its triggers included, with what the migrations left.
func (db *DB) Check(ctx context.Context) error {
	e, err := engine()
	if err != nil {
		return err
	}
	return schema.Check(ctx, db.pool, e)
}

// Compact rewrites the tables that held text, so that nothing of an erased record is left in their files.
// It stops everything else meanwhile. The server's write-ahead log, its archive and every backup keep a
// copy until they are recycled or deleted: docs/erasure.md says how that ends.
func (db *DB) Compact(ctx context.Context) error {
	own, err := pgx.ConnectConfig(ctx, db.patient)
	if err != nil {
		return fmt.Errorf("rewrite tables: %w", cause(err))
	}
	_, err = own.Exec(ctx, "VACUUM (FULL) search, record, event")
	if err := errors.Join(err, own.Close(context.WithoutCancel(ctx))); err != nil {
		return fmt.Errorf("rewrite tables: %w", err)
	}
	return nil
}
