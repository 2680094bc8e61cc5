// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
)

var (
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// anchorOf is how a heading is addressed on the usual hosts of repositories.
func anchorOf(title string) string {
	title = strings.ToLower(strings.NewReplacer("`", "", "*", "").Replace(title))
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			return r
		}
		return -1
	}, title)
}

// deadLinks are the links within a repository that lead nowhere.
func deadLinks(repository fs.FS) ([]string, error) {
	tree, err := readTree(repository)
	if err != nil {
		return nil, err
	}
	var dead []string
	for _, f := range tree.files {
		if path.Ext(f.name) != ".md" {
			continue
		}
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(f.text, ""), -1) {
			if strings.Contains(found[1], ":") { // somebody else's
				continue
			}
			if why := follow(repository, f, found[1]); why != "" {
				dead = append(dead, fmt.Sprintf("%s: %s: %s", f.name, found[1], why))
			}
		}
	}
	return dead, nil
}

func follow(repository fs.FS, from file, target string) string {
	name, anchor, _ := strings.Cut(target, "#")
	text := from.text
	if name != "" {
		name = path.Join(from.dir(), name)
		info, err := fs.Stat(repository, name)
		if err != nil {
			return "is not there"
		}
		if info.IsDir() {
			return ""
		}
		content, err := fs.ReadFile(repository, name)
		if err != nil {
			return err.Error()
		}
		text = string(content)
	}
	if anchor == "" {
		return ""
	}
	titles := heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1)
	if !slices.ContainsFunc(titles, func(h []string) bool { return anchorOf(h[1]) == anchor }) {
		return "has no such heading"
	}
	return ""
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	dead, err := deadLinks(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dead {
		t.Error(d)
	}
	broken := fstest.MapFS{
		"README.md": breach("# A rose, `red`\n[here](#a-rose-red) [gone](docs/gone.md) [b](docs/b.md#thorn) [b](docs/b.md#rose)"),
		"docs/b.md": breach("## Rose\n[up](../README.md) [out](https://rose.example) [far](../../README.md)"),
	}
	if dead, err := deadLinks(broken); err != nil || len(dead) != 3 {
		t.Errorf("of three dead links it found %v, %v", dead, err)
	}
}

// TestEveryPageIsListed: a page that the index leaves out is not found by anybody.
func TestEveryPageIsListed(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("docs")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		if name != "README.md" && !strings.Contains(string(index), "]("+name) {
			t.Errorf("docs/README.md does not list %s", name)
		}
	}
}
