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
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	mapPage        = "ARCHITECTURE.md"
	safeguardsPage = "docs/safeguards.md"
	answersPage    = "docs/answers.md"
	maxMapLines    = 250
	absences       = "## What must never happen"
	refusals       = 10 // in the design, each with its own line
	requests       = 32 // of others, each with its answer
)

var (
	testName  = regexp.MustCompile("`([a-z0-9./]+): ((?:Test|Fuzz|Example)\\w*)`")
	testFunc  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)
	mapRow    = regexp.MustCompile("(?m)^\\| ([0-9]|–) \\| (`[^|]*`) \\|")
	codeSpan  = regexp.MustCompile("`([^`]+)`")
	listEntry = regexp.MustCompile(`(?m)^(?:- |[0-9]+\. )`)
)

// testsOf gives the names of the tests in a folder.
func testsOf(tree fs.FS, dir string) ([]string, error) {
	files, err := fs.Glob(tree, path.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range files {
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, err
		}
		for _, found := range testFunc.FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names, nil
}

// missingTests are the tests that a page names and that are not there. "tocsin" is the root.
func missingTests(tree fs.FS, page string) ([]string, error) {
	text, err := fs.ReadFile(tree, page)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, named := range testName.FindAllStringSubmatch(string(text), -1) {
		dir := named[1]
		if dir == module {
			dir = "."
		}
		there, err := testsOf(tree, dir)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(there, named[2]) {
			missing = append(missing, fmt.Sprintf("%s: there is no %s in %s", page, named[2], named[1]))
		}
	}
	return missing, nil
}

func TestArchitectureNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	for _, page := range []string{mapPage, safeguardsPage, answersPage} {
		missing, err := missingTests(os.DirFS("."), page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range missing {
			t.Error(m)
		}
	}
	broken := fstest.MapFS{
		mapPage:            breach("`garden: TestRose`, `garden: TestThorn`, `tocsin: TestRose`, `nowhere: TestRose`"),
		"garden/x_test.go": breach("package garden\n\nfunc TestRose(t *testing.T) {}\n\n// func TestThorn(\n"),
	}
	if missing, err := missingTests(broken, mapPage); err != nil || len(missing) != 3 {
		t.Errorf("of three missing tests it found %v, %v", missing, err)
	}
}

// entries cuts a text into its list entries.
func entries(text string) []string {
	at := listEntry.FindAllStringIndex(text, -1)
	var all []string
	for i, from := range at {
		to := len(text)
		if i+1 < len(at) {
			to = at[i+1][0]
		}
		all = append(all, text[from[0]:to])
	}
	return all
}

func TestEveryAbsenceNamesTheTestThatHoldsIt(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(mapPage)
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := strings.Cut(string(text), absences)
	if !found {
		t.Fatalf("%s has no %q", mapPage, absences)
	}
	numbered := 0
	for _, entry := range entries(list) {
		if !testName.MatchString(entry) {
			t.Errorf("no test holds: %s", entry)
		}
		if entry[0] != '-' {
			numbered++
		}
	}
	if numbered != refusals {
		t.Errorf("%d of %d refusals are listed", numbered, refusals)
	}
}

// TestEveryRequestIsAnswered wants that each line says which test shows it, or that there is nothing yet, or why not.
func TestEveryRequestIsAnswered(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(answersPage)
	if err != nil {
		t.Fatal(err)
	}
	lines := entries(string(text))
	if len(lines) != requests {
		t.Errorf("%d of %d requests are answered", len(lines), requests)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, strconv.Itoa(i+1)+". **") || !strings.Contains(line, "#") {
			t.Errorf("line %d does not say who asked for what: %s", i+1, line)
		}
		if !testName.MatchString(line) && !strings.Contains(line, "Not yet") && !strings.Contains(line, "asserts no figure") {
			t.Errorf("line %d names no test, and does not say that there is nothing yet", i+1)
		}
	}
}

// TestArchitectureMapsEveryRoom: a room that is not on the map cannot be found, and a wrong rank misleads.
func TestArchitectureMapsEveryRoom(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(mapPage)
	if err != nil {
		t.Fatal(err)
	}
	mapped := map[string]string{}
	for _, row := range mapRow.FindAllStringSubmatch(string(text), -1) {
		for _, room := range codeSpan.FindAllStringSubmatch(row[2], -1) {
			mapped[room[1]] = row[1]
		}
	}
	here, err := readTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range here.files {
		room, rank, known := roomOf(f.dir())
		want := strconv.Itoa(rank)
		if !f.goCode() || f.test() || underExamples(f.dir()) || testRooms[f.dir()] || !known {
			continue
		}
		if mapped[room] != want {
			t.Errorf("%s: room %s of rank %s has rank %q on the map", f.name, room, want, mapped[room])
			mapped[room] = want // once is enough
		}
	}
	for room, rank := range mapped {
		if _, want, known := roomOf(room); rank != "–" && (!known || strconv.Itoa(want) != rank) {
			t.Errorf("the map has %s with rank %s, which structure_test.go does not know", room, rank)
		}
	}
}

func TestArchitectureIsShort(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(mapPage)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > maxMapLines {
		t.Errorf("%d lines; whatever changes often belongs elsewhere", n)
	}
}
