// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin/examples/board"
)

func TestEveryPageCarriesItsSafeguards(t *testing.T) {
	t.Parallel()
	f := start(t)
	for path, status := range map[string]int{
		"/": 200, "/post/1": 200, "/media/1.png": 200, "/tag/bridge": 200, "/tag/empty": 200, "/new": 200,
		"/admin": 200, "/style.css": 200, "/icon.svg": 200, "/?before=x": 400, "/nothing": 404, "/post/2": 404,
		"/post/x": 404, "/media/2.png": 404, "/media/1.jpg": 404, "/tag/A": 404, "/tocsin/measures": 401,
	} {
		r := f.get(path)
		if r.status != status {
			t.Errorf("%s answers %d, want %d", path, r.status, status)
		}
		contains(t, r.header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'; img-src 'self'")
		if r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Cache-Control") == "" {
			t.Errorf("%s: headers %v", path, r.header)
		}
		lacks(t, r.body, "<script", "<style", "style=", "onclick")
	}
}

func TestPageIsReadableWithoutSeeing(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, path := range []string{"/", "/post/1", "/new", "/admin", "/nothing"} {
		body := f.get(path).body
		contains(t, body, `<html lang="en">`, `<main id="main">`, `href="#main"`, "<title>", "<nav aria-label=")
		if n := strings.Count(body, "<h1"); n != 1 {
			t.Errorf("%s has %d main headings", path, n)
		}
		if strings.Count(body, "<img ") != strings.Count(body, " alt=") {
			t.Errorf("%s has a picture without alternative text", path)
		}
		for _, input := range []string{"text", "picture", "alt", "tags", "token", "post"} {
			if strings.Contains(body, `id="`+input+`"`) {
				contains(t, body, `<label for="`+input+`">`)
			}
		}
	}
}

func TestListsAreCutIntoPages(t *testing.T) {
	t.Parallel()
	f := start(t)
	for i := range 13 {
		f.create(drawn(fmt.Sprintf("kettle number %d.", i)), nil)
	}
	first := f.get("/tag/kettle").body
	contains(t, first, "kettle number 12.", "kettle number 1.", `href="?before=3"`)
	lacks(t, first, "kettle number 0.")
	second := f.get("/tag/kettle?before=3").body
	contains(t, second, "kettle number 0.")
	lacks(t, second, "kettle number 1.", "?before=")
}

func TestBoardIsTheSameAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := board.Config{Dir: dir, PublicURL: "http://board.test", Seed: 2}
	open := func() {
		b, err := board.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	open()
	secrets := readAll(t, dir, board.SecretFile) + readAll(t, dir, board.AdminFile)
	cfg.Seed = 5
	open()
	if again := readAll(t, dir, board.SecretFile) + readAll(t, dir, board.AdminFile); again != secrets {
		t.Error("a restart made new secrets")
	}
	f := running{t: t, dir: dir}
	if n := strings.Count(f.state(), "picture\n"); n != 2 {
		t.Errorf("the board was seeded again: %d posts", n)
	}
	info, err := os.Stat(filepath.Join(dir, board.SecretFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("secret file: %v, %v", info, err)
	}
}

func readAll(t *testing.T, dir, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestBadConfigIsRefused(t *testing.T) {
	t.Parallel()
	good := board.Config{Dir: t.TempDir(), PublicURL: "https://board.test/", WebhookSecret: secret,
		AdminToken: adminToken}
	for name, bend := range map[string]func(*board.Config){
		"no folder":          func(c *board.Config) { c.Dir = "" },
		"folder is a file":   func(c *board.Config) { c.Dir = "board.go" },
		"no address":         func(c *board.Config) { c.PublicURL = "" },
		"address with path":  func(c *board.Config) { c.PublicURL = "http://board.test/forum" },
		"address with user":  func(c *board.Config) { c.PublicURL = "http://u@board.test" },
		"address of no host": func(c *board.Config) { c.PublicURL = "file:///tmp" },
		"short secret":       func(c *board.Config) { c.WebhookSecret = "whsec_c2hvcnQ=" },
		"prefix alone":       func(c *board.Config) { c.WebhookSecret = "whsec_" },
		"secret not base64":  func(c *board.Config) { c.WebhookSecret = "whsec_" + strings.Repeat("*", 44) },
		"short admin token":  func(c *board.Config) { c.AdminToken = "short" },
	} {
		cfg := good
		bend(&cfg)
		if b, err := board.Open(t.Context(), cfg); err == nil {
			b.Close()
			t.Errorf("%s was accepted", name)
		}
	}
	b, err := board.Open(t.Context(), good)
	if err != nil {
		t.Fatalf("good config: %v", err)
	}
	b.Close()
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	if _, err := f.database().ExecContext(t.Context(), "PRAGMA user_version = 3"); err != nil {
		t.Fatal(err)
	}
	b, err := board.Open(t.Context(), board.Config{Dir: f.dir, PublicURL: f.base})
	if err == nil {
		b.Close()
		t.Fatal("a newer schema was opened")
	}
	contains(t, err.Error(), "schema 3")
}

// TestBoardImportsNothingOfOurs keeps the board a stranger: it may use only itself.
func TestBoardImportsNothingOfOurs(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			ours := name == "tocsin" || strings.HasPrefix(name, "tocsin/")
			if ours && !strings.HasPrefix(name, "tocsin/examples/board") {
				t.Errorf("%s imports %s", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSendScriptSpeaksTheContract runs the commands of the README.
func TestSendScriptSpeaksTheContract(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"sh", "curl", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("NOT TESTED: %s is not installed, so the commands of the README were not tried", program)
		}
	}
	f := start(t)
	f.clock.advance(time.Since(f.clock.Now())) // the script signs with the machine's clock
	file := filepath.Join(f.dir, "shared")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	version := 0
	script := func(args ...string) string {
		version++
		cmd := exec.CommandContext(t.Context(), "./send.sh", args...)
		cmd.Env = append(os.Environ(), "BOARD="+f.base, "SECRET_FILE="+file,
			fmt.Sprintf("VERSION=%d", version), fmt.Sprintf("EVENT=evt_%d", version))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("send.sh %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	contains(t, script("restrict", "1"), `"action":"restricted"`)
	if got := f.get("/post/1").status; got != http.StatusUnavailableForLegalReasons {
		t.Errorf("restricted post answers %d", got)
	}
	contains(t, script("gag", "1"), `"action":"restricted"`)
	if got := f.get("/post/1").status; got != http.StatusGone {
		t.Errorf("gagged post answers %d", got)
	}
	contains(t, script("own", "1"), `"action":"restricted"`)
	if got := f.get("/post/1").status; got != http.StatusGone {
		t.Errorf("post that the board decided on answers %d", got)
	}
	contains(t, script("lift", "1"), `"action":"reinstated"`)
	contains(t, script("identify", "1"), `"kind":"item","ref":"1"`)
	contains(t, script("resolve", f.base+"/post/1/"), `"kind":"item","ref":"1"`)
	contains(t, script("measures"), `"changes":4`)
}
