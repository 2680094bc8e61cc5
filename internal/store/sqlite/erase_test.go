// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/sqlite"
	"tocsin/internal/store/storetest"
)

// trace is a record whose text holds one mark everywhere, unlike anything else, after the name of its place.
type trace struct {
	id   tocsin.RecordID
	mark string
}

// addText commits a record with text of a size in every place that holds any, and changes all of it once,
// so that there are former versions too.
func addText(t *testing.T, db *sqlite.DB, size int) trace {
	t.Helper()
	id := tocsin.NewRecordID(tocsin.KindItem)
	tr := trace{id, tocsin.NewToken("x")[2:]}
	part := func(name string) []byte { return bytes.Repeat([]byte(name+tr.mark), 1+size/30) }
	for version := int64(1); version <= 2; version++ {
		name := fmt.Sprint(" ", version)
		r := flow.Row{ID: id, Kind: tocsin.KindItem, Version: version, Status: "visible", Body: []byte("{}"),
			UpdatedAt: time.Unix(version, 0), Key: part("key" + name), Document: part("document" + name)}
		h := tocsin.Header{V: tocsin.HeaderVersion, ID: tocsin.NewEventID(), Kind: "item.noted", Record: id,
			Of: tocsin.KindItem, Version: version, At: r.UpdatedAt, Actor: tocsin.ActorClock}
		exact, err := h.Encode()
		if err != nil {
			t.Fatal(err)
		}
		words := ""
		for i := range 20 {
			words += fmt.Sprintf("kettle%dversion%d%s the garden ", i, version, tr.mark)
		}
		err = db.Update(t.Context(), func(tx flow.Tx) error {
			save := tx.Create
			if version > 1 {
				save = func(r flow.Row) error { return tx.Save(r, version-1) }
			}
			if err := save(r); err != nil {
				return err
			}
			if err := tx.SetSearchText(id, words); err != nil {
				return err
			}
			payload := part("payload" + name)
			return tx.Append([]flow.Entry{{Header: h, Exact: exact, Payload: payload, Leaf: []byte("leaf")}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return tr
}

// residue names what is left of the traces in all files of a folder.
func residue(t *testing.T, dir string, traces []trace) (found []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range traces {
			if i := bytes.Index(content, []byte(tr.mark)); i >= 0 {
				found = append(found, fmt.Sprintf("%s holds %q", f.Name(), content[max(0, i-30):i]))
			}
		}
	}
	return found
}

// addAndErase erases a third of the records. Pages are split and merged, rows spill into overflow pages.
func addAndErase(t *testing.T, db *sqlite.DB, dir string) (erased []trace) {
	t.Helper()
	var kept []trace
	for i := range 30 {
		tr := addText(t, db, 40*i*(i%4))
		if i%3 == 0 {
			erased = append(erased, tr)
		} else {
			kept = append(kept, tr)
		}
	}
	for name, traces := range map[string][]trace{"erased": erased, "kept": kept} {
		if len(residue(t, dir, traces)) == 0 {
			t.Fatalf("the search cannot find what is there of those to be %s", name)
		}
	}
	for _, tr := range erased {
		if err := db.Update(t.Context(), func(tx flow.Tx) error { return tx.Erase(tr.id) }); err != nil {
			t.Fatal(err)
		}
	}
	if len(residue(t, dir, kept)) == 0 {
		t.Fatal("the other records are gone too")
	}
	return erased
}

func TestErasedTextIsNowhereAfterCompacting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "node.db"), true)
	erased := addAndErase(t, db, dir)
	if err := db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, found := range residue(t, dir, erased) {
		t.Error(found)
	}
	storetest.Verify(t, db)
}

// TestErasedTextLeavesTheLogByItself: without compacting, deleting overwrites and the log is emptied soon,
// also when somebody was reading at that moment.
func TestErasedTextLeavesTheLogByItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "node.db"), true)
	var erased []trace
	reading, stop := context.WithTimeout(t.Context(), 5*time.Minute) // longer than the default
	defer stop()
	err := db.View(reading, func(tx flow.Tx) error {
		if _, err := tx.Head(); err != nil {
			return err
		}
		erased = addAndErase(t, db, dir)
		if len(residue(t, dir, erased)) == 0 {
			t.Error("the reader did not hold the log")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 { // a bound of 10 s, not a measure
		if info, err := os.Stat(filepath.Join(dir, "node.db-wal")); err == nil && info.Size() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, found := range residue(t, dir, erased) {
		t.Error(found)
	}
}

func TestErasedTextIsNotInABackup(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	db := open(t, filepath.Join(dir, "node.db"), true)
	erased := addAndErase(t, db, dir)
	if err := db.Backup(t.Context(), filepath.Join(elsewhere, "backup.db")); err != nil {
		t.Fatal(err)
	}
	for _, found := range residue(t, elsewhere, erased) {
		t.Error(found)
	}
}
