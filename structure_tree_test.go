// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tree is everything in the repository that a person wrote or a generator left, read once.
type tree struct {
	files []file
}

type file struct {
	name      string
	text      string
	generated bool
	// Of Go files only.
	syntax  *ast.File
	set     *token.FileSet
	imports []string
}

func (f file) dir() string  { return path.Dir(f.name) }
func (f file) test() bool   { return strings.HasSuffix(f.name, "_test.go") }
func (f file) goCode() bool { return f.syntax != nil }

var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// skipped folders hold other people's files, or bytes that stand for input.
var skipped = map[string]bool{
	".git": true, "testdata": true, "node_modules": true, "bin": true, "tmp": true, "__pycache__": true,
	".venv": true, ".idea": true, ".vscode": true,
}

func readTree(root fs.FS) (*tree, error) {
	t := &tree{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped[entry.Name()]:
			return fs.SkipDir
		case entry.IsDir() || !entry.Type().IsRegular():
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		if !utf8.Valid(text) {
			return nil // a picture
		}
		f := file{name: name, text: string(text), generated: generatedMark.Match(text)}
		if path.Ext(name) == ".go" {
			if err := f.parse(); err != nil {
				return err
			}
		}
		t.files = append(t.files, f)
		return nil
	})
	return t, err
}

func (f *file) parse() error {
	f.set = token.NewFileSet()
	syntax, err := parser.ParseFile(f.set, f.name, f.text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	f.syntax = syntax
	for _, spec := range syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("parse imports of %s: %w", f.name, err)
		}
		f.imports = append(f.imports, name)
	}
	return nil
}

// find returns the file of that name.
func (t *tree) find(name string) (file, bool) {
	for _, f := range t.files {
		if f.name == name {
			return f, true
		}
	}
	return file{}, false
}

// lineOf numbers the line at a byte offset.
func (f file) lineOf(offset int) int { return strings.Count(f.text[:offset], "\n") + 1 }

// matches returns a violation for each place where a pattern matches.
func (f file) matches(pattern *regexp.Regexp, why string) []string {
	var found []string
	for _, at := range pattern.FindAllStringIndex(f.text, -1) {
		found = append(found, fmt.Sprintf("%s:%d: %s", f.name, f.lineOf(at[0]), why))
	}
	return found
}
