// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// box is a box of the page: commands, or with no language what the commands before it print.
var box = regexp.MustCompile("(?s)\n```(sh)?\n(.*?)```")

// reader is somebody who types what docs/integrate.md says, in a folder of her own, on ports that are free.
type reader struct {
	*testing.T
	dir     string
	ports   *strings.Replacer
	printed bytes.Buffer // by the last box
}

func newReader(t *testing.T) *reader {
	t.Helper()
	for _, program := range []string{"bash", "curl", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("NOT TESTED: %s is not installed, so the commands of the page were not tried", program)
		}
	}
	r := &reader{T: t, dir: t.TempDir()}
	board := filepath.Join(r.dir, "the-board")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", board, "./examples/board/cmd/board")
	build.Dir = repository("")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the board: %v\n%s", err, out)
	}
	tree, err := filepath.Abs(repository("examples"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tree, filepath.Join(r.dir, "examples")); err != nil {
		t.Fatal(err)
	}
	// The page names the ports that node and board have by default, and these two stay, each as one process.
	node, platform := freePort(t), freePort(t)
	r.ports = strings.NewReplacer("go run ./examples/board/cmd/board", "exec "+board+" -listen 127.0.0.1:"+platform,
		"--public-url", "--listen 127.0.0.1:"+node+" --public-url", "tocsin serve", "exec tocsin serve",
		"8420", node, "8451", platform)
	return r
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// shell is bash with a box, in the reader's folder.
func (r *reader) shell(ctx context.Context, commands string) *exec.Cmd {
	c := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", commands)
	c.Dir = r.dir
	c.Env = append(os.Environ(), "TOCSIN_CONFIG=", r.ports.Replace("BOARD=http://127.0.0.1:8451"),
		"SECRET_FILE=platform.secret") // exported once, for all boxes of the page
	c.Stdout, c.Stderr = &r.printed, &r.printed
	return c
}

// serves starts a box whose program stays, and waits until it answers.
func (r *reader) serves(commands, address string) {
	r.Helper()
	c := r.shell(context.WithoutCancel(r.Context()), commands)
	c.Stdout, c.Stderr = r.Output(), r.Output()
	if err := c.Start(); err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
	})
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(address)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode < http.StatusMultipleChoices {
				return
			}
		}
		if time.Now().After(end) {
			r.Fatalf("nothing answers after\n%s", commands)
		}
	}
}

// TestIntegrationPageWorksAsWritten runs every command of docs/integrate.md in the order of the page, and looks for what
// the page says they print.
func TestIntegrationPageWorksAsWritten(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(repository("docs/integrate.md"))
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	ran := 0
	for _, found := range box.FindAllStringSubmatch(string(page), -1) {
		language, text := found[1], r.ports.Replace(strings.ReplaceAll(found[2], "\\\n", " "))
		switch {
		case language == "":
			for want := range strings.Lines(text) {
				if want = strings.TrimSpace(want); !strings.Contains(r.printed.String(), want) {
					t.Errorf("the page promises %q, and this came:\n%s", want, &r.printed)
				}
			}
			continue
		case strings.Contains(text, "tocsin serve"):
			r.serves(text, r.ports.Replace("http://127.0.0.1:8420/readyz"))
		case strings.Contains(text, "the-board"):
			r.serves(text, r.ports.Replace("http://127.0.0.1:8451/"))
		default:
			r.printed.Reset()
			ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
			err := r.shell(ctx, text).Run()
			stop()
			if err != nil {
				t.Fatalf("%v, from\n%s\nThis came:\n%s", err, text, &r.printed)
			}
		}
		ran++
	}
	if ran < 12 {
		t.Errorf("only %d boxes were found", ran)
	}
}
