// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// rules are the house rules that a program can check. Each returns what breaks it; structure_self_test.go
// breaks every one of them and sees it found.
var rules = []struct {
	name  string
	check func(*tree) []string
}{
	{"imports point strictly down", importsPointDown},
	{"pure rooms reach nothing outside", pureRooms},
	{"examples stand outside", examplesStandOutside},
	{"test rooms serve tests only", testRoomsServeTests},
	{"every package says what it is for", packageComments},
	{"package names say something", packageNames},
	{"every file names its licence", licenceLines},
	{"open ends have a number", openEnds},
	{"long files say why", longFiles},
	{"only main ends the process", onlyMainExits},
	{"console pages hold no script", consolePages},
	{"decisions are indexed", decisionIndex},
	{"dependencies are recorded", dependencyRecord},
	{"the repository speaks of itself only", machinePaths},
}

const module = "tocsin"

// own returns the folder that an import path of this module names.
func own(imported string) (dir string, ours bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func underExamples(dir string) bool { return dir == examples || strings.HasPrefix(dir, examples+"/") }

func importsPointDown(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if !f.goCode() || f.test() || underExamples(f.dir()) || testRooms[f.dir()] {
			continue
		}
		room, rank, known := roomOf(f.dir())
		if !known {
			found = append(found, fmt.Sprintf("%s: its package has no rank; give it one, and a line in ARCHITECTURE.md", f.name))
			continue
		}
		for _, imported := range f.imports {
			dir, ours := own(imported)
			if !ours || underExamples(dir) || testRooms[dir] {
				continue
			}
			if other, low, _ := roomOf(dir); other != room && low >= rank {
				found = append(found, fmt.Sprintf("%s: rank %d imports %s of rank %d", f.name, rank, imported, low))
			}
		}
	}
	return found
}

func pureRooms(t *tree) []string {
	var found []string
	for _, f := range t.files {
		room, _, _ := roomOf(f.dir())
		if !f.goCode() || f.test() || !pure[room] {
			continue
		}
		for _, imported := range f.imports {
			if outside[imported] {
				found = append(found, fmt.Sprintf("%s: a pure package imports %s", f.name, imported))
			}
		}
	}
	return found
}

func examplesStandOutside(t *tree) []string {
	var found []string
	for _, f := range t.files {
		for _, imported := range f.imports {
			dir, ours := own(imported)
			room, _, _ := roomOf(f.dir())
			switch inside := underExamples(f.dir()); {
			case !ours:
			case inside && !underExamples(dir):
				found = append(found, fmt.Sprintf("%s: an example imports %s of ours", f.name, imported))
			case !inside && underExamples(dir) && !f.test() && room != importsExamples && !testRooms[f.dir()]:
				found = append(found, fmt.Sprintf("%s: only %s and tests start an example", f.name, importsExamples))
			}
		}
	}
	return found
}

func testRoomsServeTests(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if f.test() || testRooms[f.dir()] {
			continue
		}
		for _, imported := range f.imports {
			if dir, ours := own(imported); ours && testRooms[dir] || imported == "testing" {
				found = append(found, fmt.Sprintf("%s: %s is for tests", f.name, imported))
			}
		}
	}
	return found
}

var neverDoes = regexp.MustCompile(`\bnever\b|\bmust (?:not|\w+ no)\b`)

var startHere = regexp.MustCompile(`(?i)\bstart (?:reading|with|at|here)\b`)

func packageComments(t *tree) []string {
	comments, names := map[string]string{}, map[string]string{}
	for _, f := range t.files {
		if f.goCode() && !f.test() {
			names[f.dir()] = f.syntax.Name.Name
			comments[f.dir()] += f.syntax.Doc.Text()
		}
	}
	var found []string
	for _, dir := range slices.Sorted(maps.Keys(names)) {
		text := strings.Join(strings.Fields(comments[dir]), " ")
		begin := "Package " + names[dir] + " "
		if names[dir] == "main" {
			begin = "Command " + path.Base(dir) + " "
		}
		switch {
		case !strings.HasPrefix(text, begin):
			found = append(found, fmt.Sprintf("%s: no package comment that begins with %q", dir, begin))
		case names[dir] != "main" && (!neverDoes.MatchString(text) || !startHere.MatchString(text)):
			found = append(found, fmt.Sprintf("%s: the comment must say what the package must never do and where to "+
				"start reading", dir))
		}
	}
	return found
}

func packageNames(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if f.goCode() && vagueNames[path.Base(f.dir())] {
			found = append(found, fmt.Sprintf("%s: the package's name says nothing about what it provides", f.name))
		}
	}
	return found
}

// licensed are the endings of files that a person writes and that can hold a comment.
var licensed = map[string]bool{
	".go": true, ".templ": true, ".sql": true, ".sh": true, ".py": true, ".mjs": true, ".js": true, ".css": true,
}

// vendored files keep the licence lines of their authors.
func vendored(name string) bool { return strings.Contains(name, "/vendored/") }

func licenceLines(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if f.generated || vendored(f.name) || !licensed[path.Ext(f.name)] {
			continue
		}
		head := f.text[:min(len(f.text), 400)]
		if path.Ext(f.name) == ".go" {
			const want = "// SPDX-FileCopyrightText: The Tocsin contributors\n// SPDX-License-Identifier: Apache-2.0\n"
			if !strings.HasPrefix(head, want) {
				found = append(found, f.name+": must begin with the two licence lines")
			}
			continue
		}
		if !strings.Contains(head, "SPDX-FileCopyrightText: The Tocsin contributors") ||
			!strings.Contains(head, "SPDX-License-Identifier: Apache-2.0") {
			found = append(found, f.name+": lacks the two licence lines near its top")
		}
	}
	return found
}

// The words are put together here so that this file does not contain them.
var openEnd = regexp.MustCompile(`\b(?:TO` + `DO|FIX` + `ME|X` + `XX)\b(?:\(#\d+\))?`)

func openEnds(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if f.generated || vendored(f.name) || !licensed[path.Ext(f.name)] {
			continue
		}
		for _, at := range openEnd.FindAllStringIndex(f.text, -1) {
			if !strings.HasSuffix(f.text[at[0]:at[1]], ")") {
				found = append(found, fmt.Sprintf("%s:%d: an open end without a number (#n)", f.name, f.lineOf(at[0])))
			}
		}
	}
	return found
}

func longFiles(t *tree) []string {
	var found []string
	for _, f := range t.files {
		lines := strings.Count(f.text, "\n")
		if f.generated || vendored(f.name) || !licensed[path.Ext(f.name)] || lines <= maxLines {
			continue
		}
		if !strings.Contains(f.text, longFile) {
			found = append(found, fmt.Sprintf("%s: %d lines; split it by responsibility, or say %q", f.name, lines, longFile))
		}
	}
	return found
}

func onlyMainExits(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if !f.goCode() || f.test() {
			continue
		}
		for _, declaration := range f.syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && f.syntax.Name.Name == "main" && function.Recv == nil && function.Name.Name == "main" {
				continue
			}
			ast.Inspect(declaration, func(node ast.Node) bool {
				if selector, ok := node.(*ast.SelectorExpr); ok && endsProcess(selector) {
					found = append(found, fmt.Sprintf("%s: ends the process outside func main", f.set.Position(node.Pos())))
				}
				return true
			})
		}
	}
	return found
}

func endsProcess(selector *ast.SelectorExpr) bool {
	room, ok := selector.X.(*ast.Ident)
	if !ok {
		return false
	}
	fatal := strings.HasPrefix(selector.Sel.Name, "Fatal") || strings.HasPrefix(selector.Sel.Name, "Panic")
	return room.Name == "os" && selector.Sel.Name == "Exit" || room.Name == "log" && fatal
}

// pageBans need script evaluation or inline code or style, which the console's content security policy
// forbids.
var pageBans = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`\bhx-on\b`), "hx-on needs script evaluation"},
	{regexp.MustCompile(`(?i)["'{\s](?:js|javascript):`), "js: values need script evaluation"},
	{regexp.MustCompile(`hx-trigger\s*=\s*(?:"[^"]*\[|'[^']*\[|\{[^}]*\[)`), "a trigger filter needs script evaluation"},
	{regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>`), ""}, // decided by hasSource
	{regexp.MustCompile(`(?i)<style\b`), "inline style"},
	{regexp.MustCompile(`(?i)\sstyle\s*=`), "inline style"},
	{regexp.MustCompile(`(?i)\son[a-z]+\s*=\s*["'{]`), "inline event handler"},
	{regexp.MustCompile(`(?m)^(?:script|css)\s+\w+\(`), "templ writes script and css components inline"},
	{regexp.MustCompile(`\btempl\.(?:JSFuncCall|JSUnsafeFuncCall|ComponentScript|Raw|JSONScript|SafeScript\w*)\b`),
		"writes inline script, or markup that nobody escaped"},
}

var hasSource = regexp.MustCompile(`(?i)\ssrc\s*=`)

func consolePages(t *tree) []string {
	var found []string
	for _, f := range t.files {
		page := path.Ext(f.name) == ".templ" || path.Ext(f.name) == ".html"
		if room, _, _ := roomOf(f.dir()); !page || room != "internal/console" {
			continue
		}
		for _, ban := range pageBans {
			if ban.why != "" {
				found = append(found, f.matches(ban.pattern, ban.why)...)
				continue
			}
			for _, at := range ban.pattern.FindAllStringIndex(f.text, -1) {
				if !hasSource.MatchString(f.text[at[0]:at[1]]) {
					found = append(found, fmt.Sprintf("%s:%d: inline script", f.name, f.lineOf(at[0])))
				}
			}
		}
	}
	return found
}

// The pieces are put together here so that this file does not contain them.
var foreignPath = regexp.MustCompile(`/wo` + `rk/|\.\./sha` + `red|/ro` + `ot/|/ho` + `me/[a-z]`)

func machinePaths(t *tree) []string {
	var found []string
	for _, f := range t.files {
		if !f.generated && !vendored(f.name) && path.Base(f.name) != "go.sum" {
			found = append(found, f.matches(foreignPath, "a path that means nothing to a reader of this repository")...)
		}
	}
	return found
}
