// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package refang

import (
	"regexp"
	"strings"
	"unicode"
)

// enclosed drops spaces and the marks that enclose an address in running text.
func enclosed(text string) string {
	text = strings.TrimSpace(text)
	for _, pair := range []string{"<>", "\"\"", "''", "``", "\u00ab\u00bb", "\u201c\u201d"} {
		opening, closing := []rune(pair)[0], []rune(pair)[1]
		inner, begins := strings.CutPrefix(text, string(opening))
		if inner, ends := strings.CutSuffix(inner, string(closing)); begins && ends {
			return strings.TrimSpace(inner)
		}
	}
	return text
}

// invisible drops characters that show nothing: UAX #44 Default_Ignorable_Code_Point, as far as it is used.
func invisible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u034f' ||
			r == '\u115f' ||
			r == '\u1160' || r == '\u3164' {
			return -1
		}
		return r
	}, text)
}

var wide = strings.NewReplacer(
	"\u3002", ".", "\uff0e", ".", "\uff61", ".", "\u2024", ".", "\ufe52", ".",
	"\uff1a", ":", "\ua789", ":", "\ufe55", ":",
	"\uff0f", "/", "\u2215", "/", "\u2044", "/",
)

// width writes dots, colons and slashes of other widths as the ASCII ones, before the path.
func width(text string) string {
	return beforePath(text, wide.Replace)
}

var separators = regexp.MustCompile(
	`^(\s*[\[({<]?[A-Za-z*]{1,6}[\[({<]?[A-Za-z*]{0,6}[\])}>]?[A-Za-z*]{0,6}[\])}>]?)` + // the scheme
		`(?:\s*[\[({<]?\s*:\s*[\])}>]?\s*[\[({<]?\s*(?:\\?/){2}\s*[\])}>]?\s*` + // [:]//  [://]  ": //"  :\/\/
		`|\s*[\[({<]?:[\])}>]?(?:[\[({<]/[\])}>]){2})`) // :[/][/]

// separator writes the "://" behind the scheme.
func separator(text string) string {
	return separators.ReplaceAllString(text, "${1}://")
}

// schemes are the spellings that stand for a scheme, folded to lower case and without brackets.
var schemes = spellings(map[string]string{
	"http":  "http hxxp hxtp htxp httx hxp hxxxp h**p h*tp htt* h--p ttp meow",
	"https": "https hxxps hxtps htxps httxs hxps hxxxps h**ps h*tps htt*s h--ps ttps",
	"ftp":   "ftp fxp",
})

func spellings(of map[string]string) map[string]string {
	all := map[string]string{}
	for scheme, words := range of {
		for spelling := range strings.FieldsSeq(words) {
			all[spelling] = scheme
		}
	}
	return all
}

var brackets = strings.NewReplacer(
	"[", "", "]", "", "(", "", ")", "", "{", "", "}", "", "<", "", ">", "", " ", "",
)

// scheme writes a spoiled scheme as it was.
func scheme(text string) string {
	head, rest, found := strings.Cut(text, "://")
	if !found || len(head) > 16 {
		return text
	}
	if plain, known := schemes[strings.ToLower(brackets.Replace(head))]; known {
		return plain + "://" + rest
	}
	return text
}

// bracketed is a dot, or the word, in brackets of any kind, or behind one bracket alone.
var bracketed = regexp.MustCompile(
	`(?i)\s*(?:\[\s*(?:\.|dot|d0t|punkt|punto|point)\s*\]|\(\s*(?:\.|dot|d0t|punkt|punto|point)\s*\)` +
		`|\{\s*(?:\.|dot|d0t|punkt|punto|point)\s*\}|<\s*(?:\.|dot|d0t|punkt|punto|point)\s*>)\s*`)

var halfBracketed = regexp.MustCompile(`\[\.|\.\]|\(\.|\.\)|\{\.|\.\}`)

// bracketDot writes "[.]", "(dot)" and their like as a dot, in the path too.
func bracketDot(text string) string {
	text = bracketed.ReplaceAllString(text, ".")
	return beforePath(text, func(head string) string { return halfBracketed.ReplaceAllString(head, ".") })
}

var bracketedSlash = regexp.MustCompile(`\[/\]|\(/\)|\{/\}`)

func bracketSlash(text string) string {
	return bracketedSlash.ReplaceAllString(text, "/")
}

var escapedDot = regexp.MustCompile(`([A-Za-z0-9])\\\.([A-Za-z0-9])`)

// backslashDot writes "\." between labels as a dot. A browser reads the backslash as the end of the host.
func backslashDot(text string) string {
	if !strings.Contains(text, `\.`) {
		return text
	}
	return beforePath(text, func(head string) string { return escapedDot.ReplaceAllString(head, "${1}.${2}") })
}

var spaced = regexp.MustCompile(`([\pL\pN])(?:\s+\.\s*|\s*\.\s+)([\pL\pN])`)

func spacedDot(text string) string {
	return beforePath(text, func(head string) string { return twice(spaced, head, "${1}.${2}") })
}

var worded = regexp.MustCompile(`(?i)([\pL\pN])\s+(?:dot|d0t)\s+([\pL\pN])`)

func wordDot(text string) string {
	return beforePath(text, func(head string) string { return twice(worded, head, "${1}.${2}") })
}

// twice replaces again what shared a letter with the match before it: "a . b . c".
func twice(pattern *regexp.Regexp, text, with string) string {
	return pattern.ReplaceAllString(pattern.ReplaceAllString(text, with), with)
}

// beforePath changes only what stands before the path: scheme, user and host.
func beforePath(text string, change func(string) string) string {
	start := hostAt(text)
	end := len(text)
	if at := strings.IndexAny(text[start:], "/?#"); at >= 0 {
		end = start + at
	}
	return change(text[:end]) + text[end:]
}

// hostAt returns where the host begins: behind "://", or at once when there is none before the path.
func hostAt(text string) int {
	at := strings.Index(text, "://")
	if at < 0 || strings.ContainsAny(text[:at], "/?#") {
		return 0
	}
	return at + len("://")
}
