// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// newRing gives a fresh key folder and its ring.
func newRing(t *testing.T) (string, *keyring.Ring) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := keyring.Create(dir); err != nil {
		t.Fatal(err)
	}
	return dir, open(t, dir)
}

func open(t *testing.T, dir string) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files gives every file below a folder with its content.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFolderIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	if _, err := r.Generate(tocsin.UseHop, noon); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.NewServiceKey("platform", []string{"orders.read"}, noon); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteMark(flow.Published{Shard: 1, Origin: "node.example/log-1"}); err != nil {
		t.Fatal(err)
	}
	var paths []string
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, _ error) error {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		paths = append(paths, path)
		return nil
	})
	for _, path := range paths {
		if filepath.Base(path) == "lock" {
			continue // holds nothing
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, info.Mode().Perm()|0o040); err != nil {
			t.Fatal(err)
		}
		if err := everyRead(dir); err == nil || !strings.Contains(err.Error(), "chmod") {
			t.Errorf("a wider mode of %s was accepted: %v", path, err)
		}
		if err := os.Chmod(path, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	if err := everyRead(dir); err != nil {
		t.Errorf("the narrowed folder is refused: %v", err)
	}
}

// everyRead reads everything a folder holds.
func everyRead(dir string) error {
	r, err := keyring.Open(dir)
	if err != nil {
		return err
	}
	_, _, markErr := r.ReadMark()
	_, serviceErr := r.ServiceKeys()
	return errors.Join(markErr, serviceErr)
}

func TestCreateNeverTouchesAFolderInUse(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	if _, err := r.Generate(tocsin.UseDocument, noon); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	if err := keyring.Create(dir); err == nil {
		t.Error("a key folder was created over another")
	}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "letters.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := keyring.Create(foreign); err == nil {
		t.Error("a key folder was created among other files")
	}
	if after := files(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("a refused creation changed the folder")
	}
}

func TestCreateCompletesWhatACrashLeft(t *testing.T) {
	t.Parallel()
	whole, _ := newRing(t)
	lookup, err := os.ReadFile(filepath.Join(whole, "lookup.pem"))
	if err != nil {
		t.Fatal(err)
	}
	steps := []string{"kek", "party", "service", "lookup.pem"}
	for n := range len(steps) + 1 {
		left := steps[:n]
		dir := filepath.Join(t.TempDir(), "keys")
		for _, name := range slices.Concat([]string{""}, left) {
			path := filepath.Join(dir, name)
			if name == "lookup.pem" {
				err = os.WriteFile(path, lookup, 0o600)
			} else {
				err = os.MkdirAll(path, 0o700)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := keyring.Open(dir); err == nil {
			t.Errorf("a folder with only %v was opened", left)
		}
		if err := keyring.Create(dir); err != nil {
			t.Fatalf("after a crash that left %v: %v", left, err)
		}
		r := open(t, dir)
		same := bytes.Equal(r.LookupKey("item", "x"), open(t, whole).LookupKey("item", "x"))
		if wasThere := len(left) == 4; same != wasThere {
			t.Errorf("left %v: the lookup key was kept = %v", left, same)
		}
	}
}

func TestStrangeFilesAreNamed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"kek/key.pem", "kek/000002-0000000000000000.pem", "party/hop.pem", "party/hop-20261399-x.pem",
		"party/hop-20261126-x.pem", "service/x.json",
	} {
		dir, _ := newRing(t)
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("canary"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := everyRead(dir)
		if err == nil || !strings.Contains(err.Error(), filepath.Base(name)) {
			t.Errorf("%s: the error does not name the file: %v", name, err)
		}
		if strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%s: the error quotes the file", name)
		}
	}
}

func TestLookupKeySeparatesKindsAndFolders(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	_, other := newRing(t)
	if !bytes.Equal(r.LookupKey("item", "a"), open(t, dir).LookupKey("item", "a")) {
		t.Error("the lookup key does not survive a restart")
	}
	seen := map[string]string{}
	for _, k := range []struct {
		r           *keyring.Ring
		kind, value string
	}{
		{r, "item", "a"}, {r, "ite", "ma"}, {r, "itema", ""}, {r, "", "itema"}, {r, "order", "a"}, {r, "item", "b"},
		{other, "item", "a"},
	} {
		key := string(k.r.LookupKey(k.kind, k.value))
		if before, ok := seen[key]; ok || len(key) != 32 {
			t.Errorf("%s/%s gives the same as %s, or %d bytes", k.kind, k.value, before, len(key))
		}
		seen[key] = k.kind + "/" + k.value
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	if _, err := r.Generate(tocsin.UseDocument, noon); err != nil {
		t.Fatal(err)
	}
	_, signer, err := r.Signer(tocsin.UseDocument)
	if err != nil {
		t.Fatal(err)
	}
	id := tocsin.NewRecordID(tocsin.KindItem)
	key, _, err := r.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"ring": r, "signer": signer, "record key": key} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if printed := fmt.Sprintf(verb, v); printed != "[keys]" {
				t.Errorf("%s prints with %s as %s", name, verb, printed)
			}
		}
		if printed := fmt.Sprintf("%+v", struct{ Inner any }{v}); printed != "{Inner:[keys]}" {
			t.Errorf("%s inside a struct prints as %s", name, printed)
		}
		var text, structured strings.Builder
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&structured, nil)).Info("x", "v", v)
		if !strings.HasSuffix(text.String(), " v=[keys]\n") ||
			!strings.Contains(structured.String(), `"v":"[keys]"}`) {
			t.Errorf("%s is logged as %s%s", name, text.String(), structured.String())
		}
		if b, err := json.Marshal(v); err != nil || string(b) != `"[keys]"` {
			t.Errorf("%s is encoded as %s, %v", name, b, err)
		}
	}
}
