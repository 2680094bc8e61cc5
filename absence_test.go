// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// What follows holds because something is nowhere in the tree. Each test also reads a tree in which it is,
// since a search that finds nothing may be a search that cannot find.

// connects are the ways to open a connection to somebody else.
var connects = map[string]bool{
	"http.Client": true, "http.Transport": true, "http.DefaultClient": true, "http.DefaultTransport": true,
	"http.Get": true, "http.Head": true, "http.Post": true, "http.PostForm": true,
	"net.Dial": true, "net.DialTimeout": true, "net.Dialer": true, "tls.Dial": true, "tls.DialWithDialer": true,
	"tls.Dialer": true,
}

// connecting may do so: the one outgoing client; and what plays strangers beside nodes and never ships in one.
var connecting = map[string]bool{"internal/outbound": true, "internal/demo": true, "internal/testkit": true, "internal/visitor": true,
	"examples": true, "bench": true, "interop": true}

func opensConnections(t *tree) []string {
	var found []string
	for _, f := range t.files {
		room, _, _ := roomOf(f.dir())
		if !f.goCode() || f.test() || underExamples(f.dir()) || connecting[room] || testRooms[f.dir()] {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if from, ok := selector.X.(*ast.Ident); ok && connects[from.Name+"."+selector.Sel.Name] {
				found = append(found, fmt.Sprintf("%s: uses %s.%s", f.set.Position(n.Pos()), from.Name, selector.Sel.Name))
			}
			return true
		})
	}
	return found
}

// TestOnlyOutboundOpensConnections: nothing fetches content, and no address in an order leads a node anywhere.
func TestOnlyOutboundOpensConnections(t *testing.T) {
	t.Parallel()
	expectAbsent(t, opensConnections, fstest.MapFS{"internal/media/fetch.go": breach(
		`package media; import "net/http"; var stranger = http.Client{}`)})
}

// aPerson are words for whoever put an item online, and for judging people.
var aPerson = map[string]bool{"author": true, "uploader": true, "poster": true, "account": true, "user": true,
	"username": true, "nickname": true, "profile": true, "subscriber": true, "device": true, "birth": true,
	"nationality": true, "religion": true, "score": true, "suspicion": true, "suspect": true}

// holding are the rooms whose structures and tables are what a node knows, stores and tells.
var holding = map[string]bool{".": true, "wire": true, "translog": true, "internal/flow": true,
	"internal/platform": true, "internal/store": true}

var word = regexp.MustCompile(`[A-Z]+(?:[a-z0-9]+)?|[a-z0-9]+`)

// ofAPerson reports whether a name in any style has one of the words in it.
func ofAPerson(name string) bool {
	for _, w := range word.FindAllString(name, -1) {
		if aPerson[strings.ToLower(w)] {
			return true
		}
	}
	return false
}

var (
	remark     = regexp.MustCompile(`--[^\n]*`)
	identifier = regexp.MustCompile(`\w+`)
)

func fieldsOfAuthors(t *tree) []string {
	var found []string
	for _, f := range t.files {
		room, _, _ := roomOf(f.dir())
		if !holding[room] || f.test() || testRooms[f.dir()] {
			continue
		}
		for _, name := range named(f) {
			if ofAPerson(name) {
				found = append(found, fmt.Sprintf("%s: %s", f.name, name))
			}
		}
	}
	return found
}

// named gives the fields of a file's structures, or the words of its SQL.
func named(f file) []string {
	if path.Ext(f.name) == ".sql" {
		return identifier.FindAllString(remark.ReplaceAllString(f.text, ""), -1)
	}
	var names []string
	if !f.goCode() {
		return nil
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		structure, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		for _, field := range structure.Fields.List {
			for _, name := range field.Names {
				names = append(names, name.Name)
			}
		}
		return true
	})
	return names
}

// TestNothingIsKeptAboutAuthors: no structure, document or table has a place for whoever put an item online.
func TestNothingIsKeptAboutAuthors(t *testing.T) {
	t.Parallel()
	expectAbsent(t, fieldsOfAuthors, fstest.MapFS{
		"garden.go": breach("package tocsin\n\ntype Bed struct{ AuthorID string }"),
		"internal/store/schema/migrations/sqlite/2_more.sql": breach("CREATE TABLE bed (id TEXT, user_name TEXT)"),
	})
}

func breach(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// expectAbsent wants nothing found in the repository, and something in each file of the broken tree.
func expectAbsent(t *testing.T, check func(*tree) []string, broken fstest.MapFS) {
	t.Helper()
	here, err := readTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range check(here) {
		t.Error(v)
	}
	there, err := readTree(broken)
	if err != nil {
		t.Fatal(err)
	}
	if found := check(there); len(found) != len(broken) {
		t.Errorf("in a tree with %d breaches it found %v", len(broken), found)
	}
}
