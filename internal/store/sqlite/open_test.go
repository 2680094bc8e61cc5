// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/sqlite"
	"tocsin/internal/store/sqlstore"
	"tocsin/internal/store/storetest"
)

// refused checks that a database is not opened, for a cause.
func refused(t *testing.T, o sqlite.Options, reason tocsin.Reason) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), o)
	if err == nil {
		err = db.Close()
		t.Fatalf("opened, and closed with %v", err)
	}
	if tocsin.ReasonOf(err) != reason {
		t.Errorf("got %v, want %s", err, reason)
	}
	if _, ok := errors.AsType[*tocsin.Error](err); ok && !strings.Contains(err.Error(), ". ") {
		t.Errorf("%q does not say what to do", err)
	}
}

func TestMissingDatabaseIsNotCreated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	refused(t, sqlite.Options{Path: path}, "schema_missing")
	for _, made := range []string{path, path + ".lock"} {
		if _, err := os.Stat(made); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was made", filepath.Base(made))
		}
	}
}

func TestEmptyFileIsNoNode(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, sqlite.Options{Path: path}, "schema_missing")
	open(t, path, true) // what a killed init left is made whole by the next
}

func TestCreatingRefusesAnExistingNode(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	if tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("got %v", err)
	}
	open(t, path, false)
}

func TestSecondOpenOfOneFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	open(t, path, true)
	refused(t, sqlite.Options{Path: path}, "storage_in_use")
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "a node's data?.db"), true)
	err := db.Update(t.Context(), func(tx flow.Tx) error { return tx.SetPosition("feed", 1) })
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files beside each other, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestLogIsEmptiedAtClose(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("%d bytes are left in the log", info.Size())
	}
}

func TestLeasesEndWithTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	at := time.Unix(1_900_000_000, 0)
	claim := func(db *sqlite.DB) (jobs []flow.ClaimedJob) {
		t.Helper()
		err := db.Update(t.Context(), func(tx flow.Tx) (err error) {
			if err := tx.Enqueue(flow.Job{Kind: "callback", Key: "a", RunAt: at}); err != nil {
				return err
			}
			jobs, err = tx.ClaimJobs(at, time.Hour, 1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return jobs
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := claim(db); len(got) != 1 {
		t.Fatalf("claimed %v", got)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := claim(open(t, path, false)); len(got) != 1 || got[0].Attempt != 2 {
		t.Errorf("claimed %v", got)
	}
}

func TestBackupIsWholeAndOpens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "node.db"), true)
	addText(t, db, 100)
	path := filepath.Join(dir, "backup.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	addText(t, db, 100)
	if err := db.Backup(t.Context(), path); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("over an existing file: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the backup: %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(path + ".partial"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left beside the backup: %v", err)
	}
	copied := open(t, path, false)
	if err := copied.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if got := storetest.Verify(t, copied); len(got) != 2 {
		t.Errorf("the backup has %d events", len(got))
	}
}

func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		addText(t, db, 3000)
	}
	if err := errors.Join(db.Check(t.Context()), db.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(content) / 2; i < len(content)/2+8192; i++ {
		content[i] ^= 0xff
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path, false).Check(t.Context()); err == nil {
		t.Error("two damaged pages were not found")
	}
}

func TestWaitingWriterEndsWithItsContext(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "node.db"), true)
	err := db.Update(t.Context(), func(flow.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		inner := db.Update(ctx, func(flow.Tx) error { return nil })
		if tocsin.CodeOf(inner) != tocsin.CodeBusy {
			t.Errorf("a writer inside a writer: %v", inner)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestJournalIsAppendOnly(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "node.db"), true)
	storetest.AppendOnly(t, db, db.Writer(),
		"REPLACE INTO event SELECT seq, id, record, version, kind, 9, actor, header, payload, hash FROM event",
		"UPDATE OR REPLACE event SET id = (SELECT id FROM event WHERE seq = 2) WHERE seq = 1",
		"REPLACE INTO leaf SELECT shard, idx, event_seq, x'00' FROM leaf",
		"REPLACE INTO leaf_hash SELECT shard, idx, zeroblob(32) FROM leaf_hash",
	)
}

func TestErrorsAreClassified(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "node.db"), true).Writer()
	for statement, want := range map[string]sqlstore.Class{
		"INSERT INTO follower VALUES ('a', 1), ('a', 2)":      sqlstore.ClassDuplicate,
		"INSERT INTO journal_head SELECT * FROM journal_head": sqlstore.ClassDuplicate,
		"INSERT INTO follower VALUES ('a', 'x')":              sqlstore.ClassBug,
		"INSERT INTO follower VALUES ('a', NULL)":             sqlstore.ClassBug,
		"SELECT nonsense":   sqlstore.ClassBug,
		`SELECT "nonsense"`: sqlstore.ClassBug,
		"INSERT INTO record VALUES ('a', 'item', 1, 'open', 'no JSON', 1, 1, NULL, NULL, 0)": sqlstore.ClassBug,
	} {
		_, err := db.ExecContext(t.Context(), statement)
		if err == nil || sqlite.Classify(err) != want {
			t.Errorf("%s: %v has class %d, want %d", statement, err, sqlite.Classify(err), want)
		}
	}
	other, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "none", "node.db")+"?mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.PingContext(t.Context()); sqlite.Classify(err) != sqlstore.ClassLost {
		t.Errorf("a missing file: %v", err)
	}
}

func TestChangedDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Drift(t, func(t *testing.T) (*sql.DB, func() error) {
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
		return raw, func() error {
			db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
			if err != nil {
				return err
			}
			return db.Close()
		}
	}, "DROP TRIGGER event_no_delete", "ALTER TABLE event RENAME COLUMN actor TO who")
}
