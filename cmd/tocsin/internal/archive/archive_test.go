// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/cmd/tocsin/internal/archive"
	"tocsin/internal/blob"
	"tocsin/internal/flow"
	"tocsin/internal/store/sqlite"
)

// newBackup backs up a real database that a node has open.
func newBackup(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), archive.DatabaseName)
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	check(t, err)
	defer func() { check(t, db.Close()) }()
	check(t, db.Update(t.Context(), func(tx flow.Tx) error {
		return tx.SaveCommand("kettle", []byte("{}"), time.Unix(0, 0).UTC())
	}))
	dir := filepath.Join(t.TempDir(), "backup")
	m, err := archive.Write(t.Context(), dir, archive.Manifest{Party: "fr-authority"}, newBlobs(t, "a list"),
		func(ctx context.Context, to string) error { return archive.Snapshot(ctx, path, to) })
	check(t, err)
	if len(m.Files) != 2 || m.Files[0].Size == 0 || m.Files[1].Size != 6 {
		t.Fatalf("manifest %+v", m)
	}
	return dir
}

// newBlobs is a folder with some blobs.
func newBlobs(t *testing.T, texts ...string) *blob.Store {
	t.Helper()
	s, err := blob.New(t.TempDir(), blob.Options{})
	check(t, err)
	for _, text := range texts {
		_, _, err := s.Put(t.Context(), strings.NewReader(text))
		check(t, err)
	}
	return s
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRestoredDatabaseHoldsWhatWasBackedUp(t *testing.T) {
	t.Parallel()
	dir, to := newBackup(t), filepath.Join(t.TempDir(), "data", archive.DatabaseName)
	blobs := newBlobs(t)
	m, err := archive.Restore(t.Context(), dir, to, blobs)
	check(t, err)
	list, err := blobs.Open(t.Context(), m.Files[1].SHA256)
	check(t, err)
	defer list.Close()
	if text, err := io.ReadAll(list); err != nil || string(text) != "a list" {
		t.Errorf("the list came back as %q, %v", text, err)
	}
	if m.Party != "fr-authority" {
		t.Errorf("manifest %+v", m)
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: to})
	check(t, err)
	defer func() { check(t, db.Close()) }()
	check(t, db.View(t.Context(), func(tx flow.Tx) error {
		_, found, err := tx.Command("kettle")
		if err == nil && !found {
			t.Error("what was committed before the backup is not there")
		}
		return err
	}))
}

func TestBackupIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := newBackup(t)
	check(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	}))
}

func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	dir := newBackup(t)
	_, err := archive.Write(t.Context(), dir, archive.Manifest{}, newBlobs(t), func(context.Context,
		string) error {
		return nil
	})
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second backup into a folder: %v", err)
	}
	for _, beside := range []string{"", "-wal", "-shm"} {
		to := filepath.Join(t.TempDir(), archive.DatabaseName)
		check(t, os.WriteFile(to+beside, nil, 0o600))
		if _, err := archive.Restore(t.Context(), dir, to, newBlobs(t)); !errors.Is(err, fs.ErrExist) {
			t.Errorf("over a file %q: %v", beside, err)
		}
	}
}

// TestBrokenBackupIsRefused breaks a backup in each way it can break; nothing may be restored from it.
func TestBrokenBackupIsRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]func(t *testing.T, dir string){
		"no manifest": func(t *testing.T, dir string) {
			check(t, os.Remove(filepath.Join(dir,
				archive.ManifestName)))
		},
		"no database": func(t *testing.T, dir string) {
			check(t, os.Remove(filepath.Join(dir,
				archive.DatabaseName)))
		},
		"one bit":   func(t *testing.T, dir string) { edit(t, dir, archive.DatabaseName, flip) },
		"cut short": func(t *testing.T, dir string) { edit(t, dir, archive.DatabaseName, halve) },
		"no list":   func(t *testing.T, dir string) { check(t, os.RemoveAll(filepath.Join(dir, "blobs"))) },
		"another list": func(t *testing.T, dir string) {
			check(t, filepath.WalkDir(filepath.Join(dir, "blobs"), func(path string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				return os.WriteFile(path, []byte("a lost"), 0o600)
			}))
		},
		"no JSON": func(t *testing.T, dir string) { edit(t, dir, archive.ManifestName, halve) },
		"newer format": func(t *testing.T, dir string) {
			edit(t, dir, archive.ManifestName, replacer(`"format": 1`, `"format": 2`))
		},
		"unknown member": func(t *testing.T, dir string) {
			edit(t, dir, archive.ManifestName, replacer(`"format"`, `"extra": 1, "format"`))
		},
		"another file": func(t *testing.T, dir string) {
			edit(t, dir, archive.ManifestName, replacer(archive.DatabaseName, "../../kettle"))
		},
	}
	for name, damage := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, to := newBackup(t), filepath.Join(t.TempDir(), archive.DatabaseName)
			damage(t, dir)
			if _, err := archive.Restore(t.Context(), dir, to, newBlobs(t)); err == nil {
				t.Error("it was restored")
			}
			entries, err := os.ReadDir(filepath.Dir(to))
			check(t, err)
			if len(entries) > 0 {
				t.Errorf("it left %v", entries)
			}
		})
	}
}

func TestSnapshotNeedsADatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := archive.Snapshot(t.Context(), filepath.Join(dir, "none.db"), filepath.Join(dir, "copy.db"))
	if tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("of nothing: %v", err)
	}
}

func edit(t *testing.T, dir, name string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	check(t, err)
	changed := change(bytes.Clone(text))
	if bytes.Equal(changed, text) {
		t.Fatal("nothing changed")
	}
	check(t, os.WriteFile(path, changed, 0o600))
}

func flip(text []byte) []byte  { text[len(text)/2] ^= 1; return text }
func halve(text []byte) []byte { return text[:len(text)/2] }

func replacer(old, by string) func([]byte) []byte {
	return func(text []byte) []byte { return []byte(strings.Replace(string(text), old, by, 1)) }
}
