// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"os"
	"path"
	"strings"
	"testing"
)

// rooms is the map of ARCHITECTURE.md as data: a package imports only lower ranks, and equal ranks never
// import each other, except inside one room. A pattern ending in /* makes each package below it a room of
// its own.
var rooms = map[string]int{
	".": 0,

	"match":               1,
	"decode":              1,
	"wire":                1,
	"translog":            1,
	"internal/config":     1,
	"internal/telemetry":  1,
	"internal/policy":     1,
	"internal/locale":     1,
	"internal/softkey":    1,
	"internal/credential": 1,

	"match/hammingdisk": 2,
	"internal/flow":     2,
	"internal/visitor":  2,

	"internal/store":    3,
	"internal/keyring":  3,
	"internal/blob":     3,
	"internal/peer":     3,
	"internal/outbound": 3,
	"internal/webhook":  3,
	"internal/platform": 3,
	"internal/logaudit": 3,
	"internal/matcher":  3,
	"internal/media":    3,
	"internal/notify":   3,
	"internal/provider": 3,
	"internal/locate":   3,
	"internal/bridge/*": 3,

	"internal/api":        4,
	"internal/console":    4,
	"internal/mediaproxy": 4,
	"internal/publog":     4,

	"internal/node": 5,
	"internal/demo": 6,
	"cmd/tocsin":    7,
	"bench":         7,
	"docs/picture":  7,
	"interop":       7,
}

// pure rooms do no I/O: they may not import what reaches outside the process.
var pure = map[string]bool{".": true, "match": true, "decode": true, "wire": true, "translog": true}

var outside = map[string]bool{
	"os": true, "net": true, "net/http": true, "os/exec": true, "database/sql": true, "syscall": true,
}

// examples stand outside the ranks: they import nothing of ours, as anybody's platform would.
const examples = "examples"

// importsExamples is the one room that may start an example.
const importsExamples = "internal/demo"

// testRooms are imported by tests only.
var testRooms = map[string]bool{"internal/testkit": true, "internal/testkit/idp": true, "internal/store/storetest": true}

// vagueNames say nothing about what a package provides.
var vagueNames = map[string]bool{
	"util": true, "utils": true, "helper": true, "helpers": true, "manager": true, "common": true, "base": true,
	"types": true, "misc": true, "shared": true,
}

// maxLines is where a file must say why it is long; longFile is how it says so.
const (
	maxLines  = 500
	longFile  = "Why this file is long:"
	habit     = 300
	maxColumn = 110
)

// TestStructure reads the whole tree in this process: a test that asked a go command would be answered from
// the test cache after somebody broke a rule.
func TestStructure(t *testing.T) {
	t.Parallel()
	tree, err := readTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			for _, v := range rule.check(tree) {
				t.Error(v)
			}
		})
	}
	reportSizes(t, tree)
}

// reportSizes prints, with -v, what is beyond the habits but within the rules.
func reportSizes(t *testing.T, tree *tree) {
	t.Helper()
	for _, f := range tree.files {
		if f.generated || path.Ext(f.name) != ".go" {
			continue
		}
		if n := strings.Count(f.text, "\n"); n > habit {
			t.Logf("%s: %d lines; the habit is %d", f.name, n, habit)
		}
		wide := 0
		for line := range strings.Lines(f.text) {
			if len([]rune(strings.TrimRight(line, "\r\n"))) > maxColumn {
				wide++
			}
		}
		if wide > 0 {
			t.Logf("%s: %d lines wider than %d columns", f.name, wide, maxColumn)
		}
	}
}

// roomOf returns the room of a folder and its rank; a folder outside the map has none.
func roomOf(dir string) (room string, rank int, known bool) {
	for at := dir; ; at = path.Dir(at) {
		if rank, known = rooms[at]; known && (at != "." || dir == ".") {
			return at, rank, true
		}
		if rank, known = rooms[path.Dir(at)+"/*"]; known {
			return at, rank, true
		}
		if at == "." || at == "/" {
			return "", 0, false
		}
	}
}
