// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// physical are properties and values that know left from right: a page written from right to left would be
// wrong where one is used. Logical ones (inline-start, inline-end) turn with the language.
var physical = regexp.MustCompile(
	`(?m)(?:^|[{;\s])((?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[a-z-]*|left|right|` +
		`border-(?:top|bottom)-(?:left|right)-radius)\s*:|` +
		`:\s*(left|right)\s*[;}]|(?:text-align|float|clear)\s*:\s*(left|right)`)

func TestStylesKnowNoLeftAndRight(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("asset/*.css")
	check(t, err)
	if len(names) == 0 {
		t.Fatal("no style sheet")
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		check(t, err)
		for _, found := range physical.FindAllString(string(text), -1) {
			t.Errorf("%s: %q: use a logical property", name, strings.TrimSpace(found))
		}
	}
	for _, bad := range []string{"a { margin-left: 1px }", "a{left:0}", "a { text-align: right; }", "a { float: left }",
		"a {\n  border-right-color: red;\n}", "a { border-top-left-radius: 1px }"} {
		if !physical.MatchString(bad) {
			t.Errorf("not seen: %s", bad)
		}
	}
	for _, good := range []string{".left { color: red }", "a { margin-inline-start: 1px }", "a { text-align: start }"} {
		if physical.MatchString(good) {
			t.Errorf("wrongly seen: %s", good)
		}
	}
}
