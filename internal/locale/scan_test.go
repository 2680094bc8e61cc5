// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryIdIsUsedAndEveryUsedIdExists(t *testing.T) {
	t.Parallel()
	known := messages{}
	for _, languages := range readCatalogues(t) {
		maps.Copy(known, languages["en"])
	}
	uses, err := scan(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range uses.problems(known) {
		t.Error(problem)
	}
}

// use is one call of T or N with an id, or the beginning of one, that stands in the source.
type use struct {
	place  string
	id     string
	prefix bool
	// names are the placeholders the call fills; nil when they cannot be read off the source.
	names []string
}

type uses struct {
	calls    []use
	literals map[string]bool
}

// scan reads all Go source but tests; templates are seen through their generated code. It reads in this
// process, so that the test cache notices every change.
func scan(root fs.FS) (uses, error) {
	found := uses{literals: map[string]bool{}}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" ||
			entry.Name() == "node_modules" || name == "examples"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil // a file that does not parse fails the build, and says so better there
		}
		ast.Inspect(file, func(node ast.Node) bool {
			found.note(files, node)
			return true
		})
		return nil
	})
	return found, err
}

func (u *uses) note(files *token.FileSet, node ast.Node) {
	switch n := node.(type) {
	case *ast.BasicLit:
		if text, ok := literal(n); ok {
			u.literals[text] = true
		}
	case *ast.CallExpr:
		counted, ok := translates(n.Fun)
		if !ok || len(n.Args) == 0 {
			return
		}
		at := 0
		if !looksLikeID(n.Args[0]) && len(n.Args) > 1 {
			at = 1 // the form with a context
		}
		if !looksLikeID(n.Args[at]) {
			return
		}
		call := use{place: files.Position(n.Pos()).String()}
		if text, ok := literal(n.Args[at]); ok {
			call.id = text
			call.names = names(n, at+1, counted)
		} else {
			call.id, _ = literal(n.Args[at].(*ast.BinaryExpr).X)
			call.prefix = true
		}
		u.calls = append(u.calls, call)
	}
}

// translates reports whether a call is to T or N, or leaves a notice for T, and whether it is N.
func translates(fun ast.Expr) (counted, ok bool) {
	name := ""
	switch f := fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	return name == "N", slices.Contains([]string{"N", "T", "notice", "noticeUndo"}, name)
}

var prefixPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]*\.([a-zA-Z0-9_-]+\.)*$`)

// looksLikeID accepts "order.title" and "reason." + code.
func looksLikeID(arg ast.Expr) bool {
	if text, ok := literal(arg); ok {
		return idPattern.MatchString(text)
	}
	sum, ok := arg.(*ast.BinaryExpr)
	if !ok || sum.Op != token.ADD {
		return false
	}
	text, ok := literal(sum.X)
	return ok && prefixPattern.MatchString(text)
}

// names reads the placeholders that a call fills, or returns nil where one is not a literal.
func names(call *ast.CallExpr, from int, counted bool) []string {
	filled := []string{}
	if counted {
		filled, from = append(filled, "Count"), from+1
	}
	if call.Ellipsis.IsValid() {
		return nil
	}
	for i := from; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		if !ok {
			return nil
		}
		filled = append(filled, name)
	}
	slices.Sort(filled)
	return filled
}

func literal(expr ast.Expr) (string, bool) {
	lit, ok := expr.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// problems compares the source with the catalogue.
func (u uses) problems(known messages) []string {
	var problems []string
	used := map[string]bool{}
	for id := range known {
		used[id] = u.literals[id]
	}
	for _, call := range u.calls {
		if call.prefix {
			hits := 0
			for id := range known {
				if strings.HasPrefix(id, call.id) {
					used[id] = true
					hits++
				}
			}
			if hits == 0 {
				problems = append(problems, fmt.Sprintf("%s: no id begins with %q", call.place, call.id))
			}
			continue
		}
		forms, exists := known[call.id]
		switch {
		case !exists:
			problems = append(problems, fmt.Sprintf("%s: no catalogue has %q", call.place, call.id))
		case call.names != nil && !subset(placeholders(forms), call.names):
			problems = append(problems, fmt.Sprintf("%s: %s wants %v, the call fills %v", call.place, call.id,
				placeholders(forms), call.names))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(used)) {
		if !used[id] {
			problems = append(problems, "nothing uses "+id)
		}
	}
	return problems
}

// subset reports whether all of want is in have.
func subset(want, have []string) bool {
	for _, name := range want {
		if !slices.Contains(have, name) {
			return false
		}
	}
	return true
}

func TestScanSeesMissingUnusedAndUnfilled(t *testing.T) {
	t.Parallel()
	source := fstest.MapFS{"room/page_templ.go": {Data: []byte(`package room
func page() {
	T(ctx, "bed.missing")
	l.T("bed.rose", "Name", n)
	l.T("bed.tulip")
	locale.N(ctx, "bed.count", 2)
	l.T("reason." + code)
	l.T("other." + code)
	pick("bed.literal")
}`)}, "room/page_test.go": {Data: []byte(`package room
func test() { l.T("bed.tested") }`)}}
	found, err := scan(source)
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) map[string]string { return map[string]string{"other": s} }
	known := messages{
		"bed.rose": text("{{.Name}}"), "bed.tulip": text("{{.Name}}"), "bed.count": text("{{.Count}}"),
		"reason.dry": text("dry"), "bed.literal": text("x"), "bed.tested": text("x"),
	}
	got := strings.Join(found.problems(known), "\n")
	for _, want := range []string{`no catalogue has "bed.missing"`, "bed.tulip wants [Name]", `begins with "other."`,
		"nothing uses bed.tested"} {
		if !strings.Contains(got, want) {
			t.Errorf("not seen: %s in\n%s", want, got)
		}
	}
	if lines := strings.Count(got, "\n") + 1; lines != 4 {
		t.Errorf("want four problems, got:\n%s", got)
	}
}
