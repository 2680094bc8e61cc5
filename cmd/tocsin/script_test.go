// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // for alter

	"tocsin/internal/media"
)

// TestMain lets scripts run this program as a process of its own, under its own name, and the program as a
// child that decodes pictures.
func TestMain(m *testing.M) {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){"tocsin": main})
}

// TestScripts runs every script of testdata against the program, as an operator types it.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: prepare,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"waitfor": waitFor, "field": field, "exits": exits, "alter": alter, "blank": blank,
		}})
}

// prepare gives a script two ports that were free a moment ago, pictures, and no settings of whoever runs the
// tests.
func prepare(env *testscript.Env) error {
	for _, name := range []string{"PORT", "PORT2"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close() // after both were drawn, so that they differ
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return err
		}
		env.Setenv(name, port)
	}
	pictures, err := filepath.Abs(repository("internal/media/testdata"))
	if err != nil {
		return err
	}
	env.Setenv("PICTURES", pictures)
	env.Setenv("TOCSIN_CONFIG", "")
	return nil
}

// waitFor waits until a GET of an address succeeds: waitfor http://127.0.0.1:$PORT/healthz
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor address")
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(args[0])
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode < http.StatusMultipleChoices {
				return
			}
		}
		if time.Now().After(end) {
			ts.Fatalf("%s did not answer: %v", args[0], err)
		}
	}
}

// field puts a value out of a JSON file into a variable: field file path.to.it NAME, or "stdout" for the
// file.
func field(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: field file path NAME")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &value))
	for name := range strings.SplitSeq(args[1], ".") {
		if list, ok := value.([]any); ok && len(list) > 0 {
			value = list[0]
		}
		object, ok := value.(map[string]any)
		if !ok || object[name] == nil {
			ts.Fatalf("%s holds no %s", args[0], args[1])
		}
		value = object[name]
	}
	ts.Setenv(args[2], fmt.Sprint(value))
}

// alter changes a database behind the program's back: alter file statement
func alter(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: alter file statement")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	result, err := db.Exec(args[1])
	ts.Check(err)
	if n, err := result.RowsAffected(); err != nil || n == 0 && strings.HasPrefix(args[1], "UPDATE") {
		ts.Fatalf("nothing was altered: %v", err)
	}
}

// exits runs the program and asks for its exit code: exits 2 tocsin keys nonsense
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program args…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if e, ok := err.(interface{ ExitCode() int }); ok {
		got = e.ExitCode()
	} else if err != nil {
		ts.Fatalf("run: %v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// blank writes a picture that shows nothing: blank file
func blank(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: blank file")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	ts.Check(png.Encode(f, image.NewGray(image.Rect(0, 0, 96, 96))))
}
