// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A test that skips is a test that did not run. Each says so in capitals, and CI, where every service is
// there, fails when one skips (.ci/tests.py) or is gone (.ci/must-run-…).

const (
	loud = "NOT TESTED"
	// bothEngines runs a part of a test on SQLite and a part named postgresql, which may be skipped.
	bothEngines = "OnEachEngine"
)

// function is a function of a test file: whether it skips by itself, and whom it calls.
type function struct {
	skips bool
	calls map[string]bool
}

// testFunctions gives the functions of the test files of each folder, and of the rooms that only tests use, methods by
// their name alone.
func testFunctions(t *tree) map[string]map[string]*function {
	folders := map[string]map[string]*function{}
	for _, f := range t.files {
		if !f.goCode() || !f.test() && !testRooms[f.dir()] {
			continue
		}
		for _, d := range f.syntax.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Body == nil {
				continue
			}
			if folders[f.dir()] == nil {
				folders[f.dir()] = map[string]*function{}
			}
			own := &function{calls: map[string]bool{}}
			ast.Inspect(d.Body, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					own.calls[name.Name] = true
				}
				return true
			})
			own.skips = skipsItself(d.Body)
			folders[f.dir()][d.Name.Name] = own
		}
	}
	return folders
}

func skipsItself(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && isSkip(call) {
			found = true
		}
		return true
	})
	return found
}

func isSkip(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (selector.Sel.Name == "Skip" || selector.Sel.Name == "Skipf" || selector.Sel.Name == "SkipNow") &&
		len(call.Args) <= 3
}

// quietSkips are skips that do not begin by saying what is not tested.
func quietSkips(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if !f.goCode() || !f.test() && !testRooms[f.dir()] {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isSkip(call) {
				return true
			}
			if len(call.Args) == 0 || !strings.HasPrefix(strings.TrimLeft(spelled(call.Args[0]), "\"`"), loud) {
				found = append(found, fmt.Sprintf("%s: a skip must begin with %q and say what is missing",
					f.set.Position(call.Pos()), loud))
			}
			return true
		})
	}
	return found
}

// spelled is the literal that an expression begins with.
func spelled(e ast.Expr) string {
	for {
		switch at := e.(type) {
		case *ast.BinaryExpr:
			e = at.X
		case *ast.BasicLit:
			return at.Value
		default:
			return ""
		}
	}
}

// spread marks what calls a function that skips, in one folder or in those that lend it theirs.
func spread(functions, lent map[string]*function) {
	for changed := true; changed; {
		changed = false
		for _, f := range functions {
			for name := range f.calls {
				to := cmp.Or(functions[name], lent[name])
				if !f.skips && name != bothEngines && to != nil && to.skips {
					f.skips, changed = true, true
				}
			}
		}
	}
}

// mayBeSkipped are the tests, as "package name", that skip or call what does, here or in a room that only tests use. Fuzz
// targets and benchmarks are not what CI counts.
func mayBeSkipped(t *tree) []string {
	folders, lent := testFunctions(t), map[string]*function{}
	for room := range testRooms {
		spread(folders[room], nil)
		for name, f := range folders[room] {
			if ast.IsExported(name) {
				lent[name] = f
			}
		}
	}
	var found []string
	for dir, functions := range folders {
		spread(functions, lent)
		for name, f := range functions {
			if !strings.HasPrefix(name, "Test") {
				continue
			}
			if f.skips {
				found = append(found, path.Join("tocsin", dir)+" "+name)
			}
			if f.calls[bothEngines] {
				found = append(found, path.Join("tocsin", dir)+" "+name+"/postgresql")
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestEverySkipSaysWhatIsNotTested(t *testing.T) {
	t.Parallel()
	expectAbsent(t, quietSkips, fstest.MapFS{"wire/quiet_test.go": breach(
		"package wire\n\nimport \"testing\"\n\nfunc TestRose(t *testing.T) { t.Skip(\"no rose\") }")})
}

// TestSkipOfALentFunctionIsTheTests: a room that only tests use may skip in their place.
func TestSkipOfALentFunctionIsTheTests(t *testing.T) {
	t.Parallel()
	made, err := readTree(fstest.MapFS{
		"internal/testkit/need.go": breach("package testkit\n\nimport \"testing\"\n\nfunc Need(t *testing.T) { need(t) }\n\n" +
			"func need(t *testing.T) { t.Skip(\"NOT TESTED: no rose\") }"),
		"wire/rose_test.go": breach("package wire\n\nimport (\n\t\"testing\"\n\n\t\"tocsin/internal/testkit\"\n)\n\n" +
			"func TestRose(t *testing.T) { testkit.Need(t) }\n\nfunc TestThorn(t *testing.T) { t.Log(\"sharp\") }"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := mayBeSkipped(made); !slices.Equal(found, []string{"tocsin/wire TestRose"}) {
		t.Errorf("found %v", found)
	}
}

// TestWhatMaySkipMustRunInCI: a test that needs something is listed, so that CI misses it when it did not run.
func TestWhatMaySkipMustRunInCI(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, stage := range []string{"race", "plain", "plain-flow", "interop"} {
		text, err := os.ReadFile(".ci/must-run-" + stage)
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, strings.Split(string(text), "\n")...)
	}
	here, err := readTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	found := mayBeSkipped(here)
	if len(found) < 20 {
		t.Fatalf("only %d tests were found that may skip", len(found))
	}
	for _, name := range found {
		if !slices.Contains(listed, name) {
			t.Errorf("%s may skip and is in no list of .ci/must-run-…: add the line\n%s", name, name)
		}
	}
}
