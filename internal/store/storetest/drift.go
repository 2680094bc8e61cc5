// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"tocsin"
)

// Drift changes a database as its program never would, and expects it to be refused afterwards with a
// sentence that says what to do. fresh gives a handle on a new database and a way to open it once the handle
// is closed. more adds statements of the engine that change the schema.
func Drift(t *testing.T, fresh func(t *testing.T) (db *sql.DB, reopen func() error), more ...string) {
	type change struct {
		statement string
		reason    tocsin.Reason
	}
	changes := []change{
		{"SELECT 1", ""},
		{"ANALYZE", ""},
		{"INSERT INTO goose_db_version (version_id, is_applied) SELECT max(version_id) + 1, true FROM goose_db_version", "schema_newer"},
		{"UPDATE schema_mark SET sha256 = fingerprint", "schema_edited"},
		{"DELETE FROM schema_mark", "schema_half_applied"},
		{"INSERT INTO schema_mark SELECT 9, sha256, fingerprint FROM schema_mark WHERE version = 1", "schema_half_applied"},
		{"UPDATE schema_mark SET version = 9 WHERE version = 1", "schema_half_applied"},
		{"DROP TABLE schema_mark", "schema_half_applied"},
		{"DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)", "schema_half_applied"},
		{"DROP TABLE goose_db_version", "schema_foreign"},
	}
	for _, statement := range append([]string{
		"DROP INDEX record_due",
		"CREATE INDEX more ON record (status)",
		"ALTER TABLE record ADD COLUMN more text",
		"CREATE TABLE more (id text)",
		"DROP TABLE session",
	}, more...) {
		changes = append(changes, change{statement, "schema_drifted"})
	}
	for _, c := range changes {
		t.Run(strings.ReplaceAll(c.statement, " ", "_"), func(t *testing.T) {
			t.Parallel()
			db, reopen := fresh(t)
			_, err := db.ExecContext(t.Context(), c.statement)
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			err = reopen()
			if tocsin.ReasonOf(err) != c.reason || (err == nil) != (c.reason == "") {
				t.Fatalf("got %v, want %q", err, c.reason)
			}
			if err != nil && !strings.Contains(err.Error(), ". ") {
				t.Errorf("%q does not say what to do", err)
			}
		})
	}
}
