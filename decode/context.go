// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
	"tocsin/decode/language"
)

const (
	sentenceReach  = 240  // bytes of the sentence on either side that are looked at
	paragraphReach = 1000 // and of the paragraph, for quotation marks
	requiredReach  = 400  // and for what an entry requires
	negationWords  = 4    // how near before a reading a negation stands
)

func (s *scan) context(c *candidate, about About) Context {
	before, after := s.sentence(c.start, c.end)
	around := before + strings.TrimLeft(s.words(s.text[c.start:c.end]), " ") + strings.TrimLeft(after, " ")
	flags := Context{DomainType: about.DomainType, Language: about.Language, FromPicture: about.FromPicture, Quoted: s.quoted(c.start, c.end),
		ScriptMix: scripts(s.tokenOf(c).text) > 1, Code: s.inCode(c.start), Joined: c.joined, Words: s.wordsAround(c)}
	if flags.Language == "" {
		flags.Language, flags.LanguageConfidence = s.language()
	}
	flags.Attribution = cmp.Or(cuesOf[flagAttribution].in(before), cuesOf[flagAttribution].in(after))
	flags.CounterSpeech = cmp.Or(cuesOf[flagCounter].in(before), cuesOf[flagCounter].in(after))
	words := strings.Fields(before)
	near := " " + strings.Join(words[max(0, len(words)-negationWords):], " ") + " "
	flags.Negation = cuesOf[flagNegation].in(near) != ""
	for n, text := range s.d.entries[c.entry].counter {
		if strings.Contains(around, " "+text+" ") {
			flags.CounterExample = s.d.entries[c.entry].entry.CounterExamples[n]
		}
	}
	return flags
}

// language is a guess at that of the whole text.
func (s *scan) language() (tag string, confidence int) {
	if s.guessed == nil {
		guess := language.Detect(s.text)
		s.guessed = &guess
	}
	return s.guessed.Language, s.guessed.Confidence
}

// required reports whether what an entry requires stands near.
func (s *scan) required(c *candidate) bool {
	contexts := s.d.entries[c.entry].contexts
	if len(contexts) == 0 {
		return true
	}
	if s.near == nil {
		s.near = s.placesOf(s.d.wanted)
	}
	for _, want := range contexts {
		has := func(word string) bool { return s.near.has(word, c) }
		if want.All && slices.ContainsFunc(want.Words, func(w string) bool { return !has(w) }) ||
			!want.All && !slices.ContainsFunc(want.Words, has) {
			return false
		}
	}
	return true
}

// sentence is what stands before and after a reading in its sentence, folded.
func (s *scan) sentence(start, end int) (before, after string) {
	from := max(0, start-sentenceReach)
	if i := lastEnd(s.text[from:start]); i >= 0 {
		from += i
	}
	to := min(len(s.text), end+sentenceReach)
	if i := firstEnd(s.text[end:to]); i >= 0 {
		to = end + i
	}
	return s.words(s.text[from:start]), s.words(s.text[end:to])
}

const sentenceEnds = ".!?؟。\n"

func lastEnd(text string) int {
	i := strings.LastIndexAny(strings.TrimRight(text, " \t"), sentenceEnds)
	if i < 0 {
		return i
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return i + size
}

func firstEnd(text string) int { return strings.IndexAny(text, sentenceEnds) }

// words are those of a text, folded, a space before and after each.
func (s *scan) words(text string) string {
	return spaced(s.d.tables.Letters(strings.ToValidUTF8(text, " ")))
}

func lettersOf(text string) string { return spaced(fold.Letters(text)) }

// spaced sets the words of folded text one space apart; only an apostrophe stays of what is no letter.
func spaced(folded string) string {
	out := make([]byte, 1, len(folded)+2)
	out[0] = ' '
	for _, r := range folded {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			out = utf8.AppendRune(out, r)
		case r == '\'' || r == '’':
			out = append(out, '\'')
		case out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	if out[len(out)-1] != ' ' {
		out = append(out, ' ')
	}
	return string(out)
}

// quotes are the marks that open and close a quotation.
var quotes = []struct{ open, end string }{
	{"“", "”"}, {"„", "“"}, {"„", "”"}, {"«", "»"}, {"»", "«"}, {"‘", "’"}, {"‹", "›"}, {"「", "」"}, {"\"", "\""},
}

// quoted reports whether a stretch stands between quotation marks of its paragraph, or on a line marked as quoted.
func (s *scan) quoted(start, end int) bool {
	before := s.text[max(0, start-paragraphReach):start]
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	if strings.HasPrefix(strings.TrimLeft(before, " \t"), ">") {
		return true
	}
	after := s.text[end:min(len(s.text), end+paragraphReach)]
	if i := strings.Index(after, "\n\n"); i >= 0 {
		after = after[:i]
	}
	for _, q := range quotes {
		if q.open == q.end {
			if strings.Count(before, q.open)%2 == 1 && strings.Contains(after, q.end) {
				return true
			}
			continue
		}
		open := strings.LastIndex(before, q.open)
		if open >= 0 && !strings.Contains(before[open+len(q.open):], q.end) && strings.Contains(after, q.end) {
			return true
		}
	}
	return false
}

// inCode reports whether a place stands between backticks.
func (s *scan) inCode(at int) bool {
	if !s.ticked {
		s.ticked, s.code = true, codeSpans(s.text)
	}
	n, found := slices.BinarySearchFunc(s.code, at, func(c Span, at int) int { return c.Start - at })
	return found || n > 0 && at < s.code[n-1].End
}

// codeSpans are the stretches that Markdown sets as code: between runs of as many backticks, of less than three within a
// paragraph. One within a word is an apostrophe.
func codeSpans(text string) (all []Span) {
	open, ticks, seen := -1, 0, 0
	for i := 0; i < len(text); {
		if text[i] != '`' {
			next := strings.IndexByte(text[i:], '`')
			if next < 0 {
				break
			}
			i += next
		}
		run := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
		if ticks < 3 && strings.Contains(text[seen:i], "\n\n") {
			open = -1
		}
		switch {
		case open < 0 && run == 1 && i > 0 && isWordByte(text[i-1]):
		case open < 0:
			open, ticks = i+run, run
		case run == ticks:
			all, open = append(all, Span{open, i}), -1
		}
		i += run
		seen = i
	}
	return all
}

// scripts counts the scripts that a text has letters of.
func scripts(text string) (n int) {
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew,
		unicode.Armenian, unicode.Han, unicode.Devanagari} {
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(script, r) }) {
			n++
		}
	}
	return n
}
