// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"tocsin/decode/fold"
)

// Letters is a form as readings are compared with it: folded, its words one space apart.
func (f Form) Letters() string { return strings.Join(strings.Fields(fold.Letters(f.Text)), " ") }

// alike are the letters that FoldArabicLetters takes for each other.
var alike = []string{"اأإآ", "يىئ", "ةه", "وؤ"}

// mostVariants bounds what one form becomes by a fold.
const mostVariants = 256

// Variants are the other ways to write a form under the folds an entry asks for.
func (e *Entry) Variants(f Form) []string {
	letters := f.Letters()
	if !slices.Contains(e.Folds, FoldArabicLetters) {
		return nil
	}
	all := []string{""}
	for _, r := range letters {
		class := string(r)
		for _, set := range alike {
			if strings.ContainsRune(set, r) && len(all) <= mostVariants/4 {
				class = set
			}
		}
		var next []string
		for _, begun := range all {
			for _, letter := range class {
				next = append(next, begun+string(letter))
			}
		}
		all = next
	}
	return slices.DeleteFunc(all, func(v string) bool { return v == letters })
}

// Context is words of which any, or all, must stand near what is read.
type Context struct {
	All   bool
	Words []string // folded
}

// isWord reports whether a character is part of a word: contexts are looked for word by word.
func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// ParseContext reads "any-of: tea, harbour" or "all-of: …".
func ParseContext(text string) (c Context, err error) {
	kind, words, found := strings.Cut(text, ":")
	switch {
	case found && kind == "all-of":
		c.All = true
	case found && kind == "any-of":
	default:
		return c, fmt.Errorf("context %q begins neither with any-of: nor with all-of: as it must", text)
	}
	for word := range strings.SplitSeq(words, ",") {
		if folded := strings.Join(strings.Fields(fold.Letters(word)), " "); strings.ContainsFunc(folded, isWord) {
			c.Words = append(c.Words, folded)
		}
	}
	if len(c.Words) == 0 {
		return c, fmt.Errorf("context %q has no word", text)
	}
	return c, nil
}
