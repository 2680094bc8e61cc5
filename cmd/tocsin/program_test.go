// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/cmd/tocsin/internal/remote"
	"tocsin/internal/api"
	"tocsin/internal/config"
)

func TestEachErrorHasItsExitCode(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		err  error
		want int
	}{
		"none":        {nil, exitOK},
		"unknown":     {errors.New("kettle"), exitFailed},
		"internal":    {tocsin.Errorf(tocsin.CodeInternal, "x", "x"), exitFailed},
		"usage":       {fmt.Errorf("check: %w", usagef("x")), exitUsage},
		"not found":   {tocsin.Errorf(tocsin.CodeNotFound, "x", "x"), exitNotFound},
		"no file":     {fmt.Errorf("open: %w", fs.ErrNotExist), exitNotFound},
		"conflict":    {tocsin.Errorf(tocsin.CodeConflict, "x", "x"), exitConflict},
		"file there":  {fmt.Errorf("write: %w", fs.ErrExist), exitConflict},
		"invalid":     {tocsin.Errorf(tocsin.CodeInvalid, "x", "x"), exitRefused},
		"forbidden":   {tocsin.Errorf(tocsin.CodeForbidden, "x", "x"), exitRefused},
		"erased":      {tocsin.Errorf(tocsin.CodeErased, "x", "x"), exitRefused},
		"busy":        {tocsin.Errorf(tocsin.CodeBusy, "x", "x"), exitUnavailable},
		"differences": {fmt.Errorf("fsck: %w", errDifferences), exitDifferences},
		"over the API": {&remote.Problem{Problem: api.Problem{Code: tocsin.CodeConflict, Detail: "x"}},
			exitConflict},
	}
	for name, c := range cases {
		p := &program{started: true}
		if got := p.exitCode(c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
	if got := (&program{}).exitCode(errors.New("unknown flag")); got != exitUsage {
		t.Errorf("before any command began: exit code %d, want %d", got, exitUsage)
	}
	if len(exitCodes) != exitDifferences+1 {
		t.Errorf("%d codes are explained, of %d", len(exitCodes), exitDifferences+1)
	}
}

// TestEverySettingCanBeWritten sets each key of the example and reads it back, so that init and pin can rely
// on it.
func TestEverySettingCanBeWritten(t *testing.T) {
	t.Parallel()
	for _, f := range config.Fields() {
		text, err := setValue(config.Example(), f.Key, "written'by: test")
		if err != nil {
			t.Errorf("%s: %v", f.Key, err)
			continue
		}
		if n := strings.Count(text, "'written''by: test'"); n != 1 {
			t.Errorf("%s: stands %d times", f.Key, n)
		}
		if strings.Count(text, "\n") != strings.Count(config.Example(), "\n") {
			t.Errorf("%s: other lines changed", f.Key)
		}
	}
	if _, err := setValue(config.Example(), "nowhere.at_all", "x"); err == nil {
		t.Error("a key that is not there was written")
	}
}

func TestAddressOfALogIsReadStrictly(t *testing.T) {
	t.Parallel()
	for address, shard := range map[string]int64{"https://node.example": 0, "https://node.example/": 0,
		"https://node.example/log": 0, "https://node.example/log/": 0, "http://localhost:8420/log/12": 12} {
		s, err := openSource(address)
		if err != nil || s.shard != shard {
			t.Errorf("%s: shard %d, error %v; want shard %d", address, s.shard, err, shard)
		}
	}
	for _, address := range []string{"", "node.example", "ftp://node.example", "https://node.example/log/0",
		"https://node.example/log/x", "https://node.example/other", "https://node.example/log/1/2",
		"https://user@node.example", "https://node.example/log?x=1"} {
		if _, err := openSource(address); !isUsage(err) {
			t.Errorf("%q: %v, want a usage error", address, err)
		}
	}
}

func TestOrderFileIsYAMLOrJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"reasons: x\nannex_i:\n  a:\n    reference: '7'\n",
		`{"reasons":"x","annex_i":{"a":{"reference":"7"}}}`} {
		order, err := orderFromFile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(`{"annex_i":{"a":{"reference":"7"}},"reasons":"x"}`, string(order)); diff != "" {
			t.Error(diff)
		}
	}
	for _, text := range []string{"a: 1\na: 2\n", "[", "- a\n", "a: b: c\n", "\xff"} {
		if _, err := orderFromFile([]byte(text)); tocsin.CodeOf(err) != tocsin.CodeInvalid {
			t.Errorf("%q: %v, want an invalid file", text, err)
		}
	}
}

func FuzzOrderFileNeverPanics(f *testing.F) {
	f.Add([]byte(exampleOrder))
	f.Add([]byte("a: &x [*x]\n"))
	f.Add([]byte(`{"a":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		order, err := orderFromFile(text)
		if err == nil && len(order) == 0 {
			t.Errorf("nothing came of %q", text)
		}
	})
}

func TestFingerprintIsReadInGroups(t *testing.T) {
	t.Parallel()
	digest := string(tocsin.DigestOf([]byte("kettle")))
	if got := strings.ReplaceAll(grouped(digest), " ", ""); got != digest || len(groups(digest)) != 16 {
		t.Errorf("grouped %q of %q", got, digest)
	}
}
