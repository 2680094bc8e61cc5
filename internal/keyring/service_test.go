// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
)

func TestServiceKeyIsKnownByItsTokenAlone(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	token, key, err := r.NewServiceKey("board", []string{"orders.read", "items.write"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(token, "tsk_") || !strings.HasPrefix(string(key.ID), "svc_") {
		t.Errorf("token of length %d, id %s", len(token), key.ID)
	}
	other := open(t, dir)
	got, err := other.CheckServiceKey(token, noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(key, got); diff != "" {
		t.Errorf("another process knows another key (-made +known):\n%s", diff)
	}
	for path, content := range files(t, dir) {
		if strings.Contains(path+content, token[4:]) {
			t.Errorf("%s holds the token", path)
		}
	}
	if err := other.RevokeServiceKey("board"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckServiceKey(token, noon); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("a revoked token gives %v", err)
	}
	if err := r.RevokeServiceKey("board"); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestForeignTokensAreRefusedWithoutRepeatingThem(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	token, _, err := r.NewServiceKey("board", []string{"orders.read"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	last := "a"
	if strings.HasSuffix(token, last) {
		last = "b"
	}
	for _, bad := range []string{
		"", "tsk_", token[:29], token + "a", strings.ToUpper(token), token[:29] + last, " " + token,
		"tsk_../../../../../etc/passwd", tocsin.NewToken("tsk"),
	} {
		_, err := r.CheckServiceKey(bad, noon)
		if tocsin.CodeOf(err) != tocsin.CodeUnauthenticated || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestServiceKeyNamesAreDistinctAndPlain(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	for _, c := range []struct {
		name   string
		scopes []string
		reason tocsin.Reason
	}{
		{"board", []string{"a"}, ""}, {"board", []string{"a"}, tocsin.ReasonDuplicate},
		{"", []string{"a"}, tocsin.ReasonFormat},
		{"a name", []string{"a"}, tocsin.ReasonFormat}, {"other", nil, tocsin.ReasonFormat},
		{"other", []string{"all of it"}, tocsin.ReasonFormat}, {"other", []string{"a", "b"}, ""},
	} {
		if _, _, err := r.NewServiceKey(c.name, c.scopes, noon); tocsin.ReasonOf(err) != c.reason {
			t.Errorf("%q %v: %v", c.name, c.scopes, err)
		}
	}
	keys, err := r.ServiceKeys()
	if err != nil || len(keys) != 2 || keys[0].Name != "board" || keys[1].Name != "other" {
		t.Errorf("keys are %v, %v", keys, err)
	}
}

func TestAlteredServiceKeyIsRefused(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	token, _, err := r.NewServiceKey("board", []string{"orders.read"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "service", onlyName(t, filepath.Join(dir, "service")))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	hash := string(tocsin.DigestOf([]byte(token)))
	for _, altered := range []string{
		strings.Replace(string(text), hash, hash[:32]+strings.Repeat("0", 32), 1), // same name, another hash
		strings.Replace(string(text), hash, strings.Repeat("0", 64), 1),
		strings.Replace(string(text), hash, "", 1),
		string(text[:len(text)/2]), "",
	} {
		if err := os.WriteFile(path, []byte(altered), 0o600); err != nil {
			t.Fatal(err)
		}
		if key, err := r.CheckServiceKey(token, noon); err == nil {
			t.Errorf("an altered file let %s in", key.Name)
		}
	}
}

// TestChangeOfAServiceKeyCountsAtTheNextCheck has a key read, and not read again, before its file changes.
func TestChangeOfAServiceKeyCountsAtTheNextCheck(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(path string, text []byte) error{
		"gone":            func(path string, _ []byte) error { return os.Remove(path) },
		"not well formed": func(path string, _ []byte) error { return os.WriteFile(path, []byte("{}"), 0o600) },
		"open to others":  func(path string, _ []byte) error { return os.Chmod(path, 0o604) },
		"a file again, with other scopes": func(path string, text []byte) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.WriteFile(path, []byte(strings.Replace(string(text), "orders.read", "orders.none", 1)), 0o600)
		},
		"given other scopes where it is": func(path string, text []byte) error {
			return os.WriteFile(path, []byte(strings.Replace(string(text), "orders.read", "orders.none", 1)), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, r := newRing(t)
			token, made, err := r.NewServiceKey("board", []string{"orders.read"}, noon)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "service", onlyName(t, filepath.Join(dir, "service")))
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			longAgo := time.Now().Add(-time.Hour)
			if err := os.Chtimes(path, longAgo, longAgo); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if got, err := r.CheckServiceKey(token, noon); err != nil || !cmp.Equal(got, made) {
					t.Fatalf("unchanged: %+v, %v", got, err)
				}
			}
			if err := change(path, text); err != nil {
				t.Fatal(err)
			}
			got, err := r.CheckServiceKey(token, noon)
			if err == nil && (len(got.Scopes) != 1 || got.Scopes[0] != "orders.none") {
				t.Errorf("the check still gives %v", got.Scopes)
			}
		})
	}
}

func TestServiceKeyForSomeBanksSaysWhich(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	token, key, err := r.NewServiceKey("narrow", []string{"bank.read"}, noon, "GARDENS", "COOP_*")
	if err != nil {
		t.Fatal(err)
	}
	found, err := r.CheckServiceKey(token, noon)
	if diff := cmp.Diff(key, found); err != nil || diff != "" || len(found.Banks) != 2 {
		t.Errorf("%v %s", err, diff)
	}
	for _, bank := range []string{"", "*", "gardens", "GAR*DENS", "GARDENS**"} {
		if _, _, err := r.NewServiceKey("other", []string{"bank.read"}, noon, bank); tocsin.CodeOf(err) != tocsin.CodeInvalid {
			t.Errorf("%q: %v", bank, err)
		}
	}
}
