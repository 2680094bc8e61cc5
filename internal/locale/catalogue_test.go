// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package locale

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// messages is one language of one area: id → plural form → text. A message without plural forms has only
// "other".
type messages map[string]map[string]string

// readCatalogues returns area → language → messages.
func readCatalogues(t *testing.T) map[string]map[string]messages {
	t.Helper()
	names, err := fs.Glob(catalogues, "catalogues/*.json")
	if err != nil {
		t.Fatal(err)
	}
	areas := map[string]map[string]messages{}
	for _, name := range names {
		text, err := catalogues.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		area, lang, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), ".")
		if areas[area] == nil {
			areas[area] = map[string]messages{}
		}
		areas[area][lang] = parseCatalogue(t, name, text)
	}
	return areas
}

func parseCatalogue(t *testing.T, name string, text []byte) messages {
	t.Helper()
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if double := doubles(text); len(double) > 0 {
		t.Errorf("%s: ids twice, of which the last would win: %v", name, double)
	}
	parsed := messages{}
	for id, value := range raw {
		var plain string
		forms := map[string]string{}
		if json.Unmarshal(value, &plain) == nil {
			forms["other"] = plain
		} else if err := json.Unmarshal(value, &forms); err != nil {
			t.Errorf("%s: %s is neither text nor plural forms", name, id)
		}
		if !idPattern.MatchString(id) {
			t.Errorf("%s: %q is no dotted id", name, id)
		}
		for form, text := range forms {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s has an empty %q", name, id, form)
			}
		}
		parsed[id] = forms
	}
	return parsed
}

var idLine = regexp.MustCompile(`(?m)^  "([^"]+)":`)

// doubles finds ids that stand twice in a file; encoding/json would keep the last silently.
func doubles(text []byte) []string {
	seen, double := map[string]bool{}, []string(nil)
	for _, match := range idLine.FindAllSubmatch(text, -1) {
		id := string(match[1])
		if seen[id] {
			double = append(double, id)
		}
		seen[id] = true
	}
	return double
}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-zA-Z0-9_-]+)+$`)
	placeholder = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)
)

// placeholders lists what a message wants filled in, over all its plural forms.
func placeholders(forms map[string]string) []string {
	set := map[string]bool{}
	for _, text := range forms {
		for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
			set[match[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestEveryLanguageHasTheSameIdsAndPlaceholders(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for area, languages := range readCatalogues(t) {
		english := languages["en"]
		for id := range english {
			if other := owner[id]; other != "" {
				t.Errorf("%s stands in areas %s and %s", id, other, area)
			}
			owner[id] = area
		}
		for _, tag := range catalogue(t).Languages() {
			for _, problem := range compare(english, languages[tag.String()]) {
				t.Errorf("%s.%s: %s", area, tag, problem)
			}
		}
	}
}

// compare says how a translation differs from English in ids and placeholders.
func compare(english, other messages) []string {
	var problems []string
	for _, id := range slices.Sorted(maps.Keys(english)) {
		switch forms, exists := other[id]; {
		case !exists:
			problems = append(problems, "lacks "+id)
		case len(forms) > 1 != (len(english[id]) > 1):
			problems = append(problems, id+" has plural forms in one language only")
		case !slices.Equal(placeholders(forms), placeholders(english[id])):
			problems = append(problems, fmt.Sprintf("%s wants %v, English %v", id, placeholders(forms),
				placeholders(english[id])))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(other)) {
		if _, exists := english[id]; !exists {
			problems = append(problems, "has "+id+", which English lacks")
		}
	}
	return problems
}

func TestCompareSeesEveryDifference(t *testing.T) {
	t.Parallel()
	english := messages{"a.b": {"other": "{{.X}}"}, "a.c": {"one": "x", "other": "y"}, "a.d": {"other": "z"}}
	french := messages{"a.b": {"other": "{{.Y}}"}, "a.c": {"other": "y"}, "a.e": {"other": "z"}}
	if got := compare(english, french); len(got) != 4 {
		t.Errorf("want four differences, got %q", got)
	}
	if got := doubles([]byte("{\n  \"a.b\": \"\",\n  \"a.b\": \"\"\n}")); len(got) != 1 {
		t.Errorf("a double id was not seen: %q", got)
	}
}

func TestEveryPluralFormThatALanguageNeedsIsThere(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, languages := range readCatalogues(t) {
		for lang, ids := range languages {
			l := c.Localizer(lang, "")
			for id, forms := range ids {
				if len(forms) == 1 {
					continue
				}
				for _, count := range []int{0, 1, 2, 3, 5, 11, 21, 99, 100, 102, 1_000, 1_000_000} {
					if got := l.N(id, count); strings.HasPrefix(got, "[") {
						t.Errorf("%s %s: no form for %d", lang, id, count)
					}
				}
			}
		}
	}
}
