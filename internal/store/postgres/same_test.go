// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/store/postgres"
	"tocsin/internal/store/sqlite"
	"tocsin/internal/store/sqlstore"
)

// columns reads "table.column type null" of every table.
func columns(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	onPostgres := columns(t, open(t, newDatabase(t), true).Pool(), `
		SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'bigint' THEN 'integer'
			WHEN 'bytea' THEN 'blob' WHEN 'boolean' THEN 'integer' WHEN 'json' THEN 'text' ELSE data_type END
			|| CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
			|| CASE WHEN data_type = 'text' AND collation_name IS DISTINCT FROM 'C' THEN ' sorted so' ELSE '' END
		FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name <> 'goose_db_version' ORDER BY 1`)
	path := filepath.Join(t.TempDir(), "node.db")
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	onSQLite := columns(t, raw, `
		SELECT t.name || '.' || c.name || ' ' || lower(c.type)
			|| CASE c."notnull" WHEN 1 THEN ' not null' ELSE '' END
		FROM pragma_table_list t, pragma_table_info(t.name) c
		WHERE t.schema = 'main' AND t.name <> 'goose_db_version' AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY 1`)
	if diff := cmp.Diff(onSQLite, onPostgres); diff != "" || len(onSQLite) < 50 {
		t.Errorf("%d columns (-sqlite +postgres):\n%s", len(onSQLite), diff)
	}
	strict := columns(t, raw, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict
		AND name NOT IN ('goose_db_version', 'sqlite_schema', 'sqlite_sequence')`)
	if len(strict) > 0 {
		t.Errorf("tables that are not STRICT: %v", strict)
	}
}

func TestErrorsAreClassified(t *testing.T) {
	t.Parallel()
	pool := open(t, newDatabase(t), true).Pool()
	for statement, want := range map[string]sqlstore.Class{
		"INSERT INTO follower VALUES ('a', 1), ('a', 2)":      sqlstore.ClassDuplicate,
		"INSERT INTO journal_head SELECT * FROM journal_head": sqlstore.ClassDuplicate,
		"INSERT INTO follower VALUES ('a', NULL)":             sqlstore.ClassBug,
		"SELECT nonsense": sqlstore.ClassBug,
		"INSERT INTO record VALUES ('a', 'item', 1, 'open', 'no JSON', 1, 1, NULL, NULL, false)": sqlstore.ClassBug,
		"SELECT pg_sleep(20)": sqlstore.ClassSlow,
		"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$": sqlstore.ClassContended,
		"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$": sqlstore.ClassContended,
		"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$": sqlstore.ClassFull,
		"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53300'; END $$": sqlstore.ClassLost,
		"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '58030'; END $$": sqlstore.ClassBroken,
		"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001'; END $$": sqlstore.ClassBroken,
		"SELECT pg_terminate_backend(pg_backend_pid())":               sqlstore.ClassLost,
	} {
		conn, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want == sqlstore.ClassSlow {
			_, err = conn.ExecContext(t.Context(), "SET statement_timeout = 50")
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.ExecContext(t.Context(), statement)
		if err == nil || postgres.Classify(err) != want {
			t.Errorf("%s: %v has class %d, want %d", statement, err, postgres.Classify(err), want)
		}
		_ = conn.Close()
	}
}
