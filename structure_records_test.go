// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

const (
	decisions   = "docs/decisions"
	indexPage   = decisions + "/README.md"
	recordOfUse = decisions + "/0008-dependencies.md"
)

var (
	recordName  = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)
	recordTitle = regexp.MustCompile(`^# (\d{4})\. (.+)\n`)
	recordState = regexp.MustCompile(`(?m)^Status: (proposed|accepted|replaced by \d{4}|withdrawn)$`)
)

// decisionIndex wants records numbered without gap, each on the template, and an index that lists just them.
func decisionIndex(t *tree) []string {
	var found, rows []string
	next := 1
	for _, f := range t.files {
		if f.dir() != decisions || f.name == indexPage {
			continue
		}
		name := recordName.FindStringSubmatch(path.Base(f.name))
		title := recordTitle.FindStringSubmatch(f.text)
		state := recordState.FindStringSubmatch(f.text)
		if name == nil || title == nil || title[1] != name[1] || name[1] != fmt.Sprintf("%04d", next) {
			found = append(found, fmt.Sprintf("%s: want record %04d, its title beginning with the number", f.name, next))
			continue
		}
		next++
		if state == nil {
			found = append(found, f.name+": no Status line")
			continue
		}
		for _, section := range []string{"\n## Context\n", "\n## Decision\n", "\n## Consequences\n"} {
			if !strings.Contains(f.text, section) {
				found = append(found, f.name+": lacks the section"+strings.ReplaceAll(section, "\n", " "))
			}
		}
		rows = append(rows, fmt.Sprintf("| [%s](%s) | %s | %s |", name[1], path.Base(f.name), title[2], state[1]))
	}
	index, exists := t.find(indexPage)
	if !exists && len(rows) > 0 {
		return append(found, indexPage+": is missing")
	}
	var listed []string
	for line := range strings.Lines(index.text) {
		if strings.HasPrefix(line, "| [") {
			listed = append(listed, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(rows, listed) {
		found = append(found, fmt.Sprintf("%s: the rows must be\n%s", indexPage, strings.Join(rows, "\n")))
	}
	return found
}

var useRow = regexp.MustCompile("^\\| `([^`]+)` \\|")

// dependencyRecord wants a row for each module that our source imports, in the right table, and no row for
// a module that go.mod does not require directly.
func dependencyRecord(t *tree) []string {
	mod, exists := t.find("go.mod")
	if !exists {
		return nil
	}
	parsed, err := modfile.Parse("go.mod", []byte(mod.text), nil)
	if err != nil {
		return []string{fmt.Sprintf("go.mod: %v", err)}
	}
	required, direct := map[string]bool{}, map[string]bool{}
	for _, r := range parsed.Require {
		required[r.Mod.Path] = true
		direct[r.Mod.Path] = !r.Indirect
	}
	shipped, testOnly := useTables(t)
	var found []string
	for name := range maps.Keys(shipped) {
		if testOnly[name] {
			found = append(found, fmt.Sprintf("%s: %s stands in both tables", recordOfUse, name))
		}
	}
	for name, where := range importedModules(t, required) {
		switch {
		case !shipped[name] && !testOnly[name]:
			found = append(found, fmt.Sprintf("%s: no row for %s, which %s imports", recordOfUse, name, where.any()))
		case testOnly[name] && where.shipped != "":
			found = append(found, fmt.Sprintf("%s: %s is for tests only, but %s imports it", recordOfUse, name, where.shipped))
		}
	}
	for _, table := range []map[string]bool{shipped, testOnly} {
		for name := range table {
			if !direct[name] {
				found = append(found, fmt.Sprintf("%s: go.mod does not require %s directly", recordOfUse, name))
			}
		}
	}
	slices.Sort(found)
	return found
}

// useTables reads the two tables of the record: what ships, and below the heading "Tests only" what does not.
func useTables(t *tree) (shipped, testOnly map[string]bool) {
	shipped, testOnly = map[string]bool{}, map[string]bool{}
	table := shipped
	record, _ := t.find(recordOfUse)
	for line := range strings.Lines(record.text) {
		if strings.HasPrefix(line, "### Tests only") {
			table = testOnly
		}
		if row := useRow.FindStringSubmatch(line); row != nil {
			table[row[1]] = true
		}
	}
	return shipped, testOnly
}

// importers names one file of each kind that imports a module.
type importers struct{ shipped, test string }

func (i importers) any() string {
	if i.shipped != "" {
		return i.shipped
	}
	return i.test
}

func importedModules(t *tree, required map[string]bool) map[string]importers {
	used := map[string]importers{}
	for _, f := range t.files {
		for _, imported := range f.imports {
			name := imported
			for name != "." && !required[name] {
				name = path.Dir(name)
			}
			if name == "." {
				continue
			}
			where := used[name]
			room, _, _ := roomOf(f.dir())
			if f.test() || testRooms[f.dir()] || room == "bench" || room == "interop" {
				where.test = f.name
			} else {
				where.shipped = f.name
			}
			used[name] = where
		}
	}
	return used
}
