// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

var (
	slugPattern     = regexp.MustCompile(`^lex:[a-z0-9]+(-[a-z0-9]+)*$`)
	languagePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)
	scriptPattern   = regexp.MustCompile(`^[A-Z][a-z]{3}$`)
)

// fewLetters is the most letters with which a form is too short for T2 and beyond.
const fewLetters = 3

// Lint finds what is wrong with an entry by itself; whether it reads its counter-examples is for the decoder to say.
func (e *Entry) Lint() []Problem {
	l := linter{entry: e}
	l.check(slugPattern.MatchString(e.ID) && len(e.ID) <= MaxForm, "id", "is lex: and small letters, digits and hyphens")
	l.check(e.Version >= 1, "version", "counts from 1")
	l.text("sense", e.Sense)
	l.languages()
	l.check(slices.Contains([]Ambiguity{AmbiguityLow, AmbiguityMedium, AmbiguityHigh}, e.Ambiguity), "ambiguity",
		"is low, medium or high")
	l.tiers()
	l.dates()
	l.forms()
	l.context()
	l.check(slices.Contains(markings, e.Marking), "tlp",
		"is clear, green, amber, amber+strict or red")
	l.approvals()
	return l.found
}

type linter struct {
	entry *Entry
	found []Problem
}

func (l *linter) check(ok bool, field, text string) {
	if !ok {
		l.found = append(l.found, Problem{l.entry.ID, field, text})
	}
}

func (l *linter) text(field, text string) {
	l.check(strings.TrimSpace(text) != "", field, "is missing")
	l.check(len(text) <= MaxText, field, fmt.Sprintf("is longer than %d bytes", MaxText))
	l.check(utf8.ValidString(text), field, "is not UTF-8")
	l.check(!strings.ContainsFunc(text, unicode.IsControl), field, "has a control character, or more lines than one")
}

func (l *linter) languages() {
	l.check(len(l.entry.Languages) > 0, "lang", "names no language")
	for _, tag := range l.entry.Languages {
		l.check(languagePattern.MatchString(tag), "lang", fmt.Sprintf("%q is no language tag such as fr or ar-EG", tag))
	}
}

func (l *linter) tiers() {
	e := l.entry
	l.check(len(e.Tiers) > 0, "tiers", "names none")
	for i, t := range e.Tiers {
		l.check(t < fold.Tiers && !slices.Contains(e.Tiers[:i], t), "tiers", "names each of T0 to T4 at most once")
		l.check(e.Ambiguity != AmbiguityHigh || t <= fold.T1, "tiers", "an entry of high ambiguity is read in T0 and T1 only")
	}
}

func (l *linter) dates() {
	e := l.entry
	l.check(len(e.Sources) > 0, "sources", "no entry without a source")
	for _, s := range e.Sources {
		l.text("sources", s.Citation)
		l.check(!s.Date.IsZero(), "sources", "a source has a date")
	}
	l.check(!e.Valid.From.IsZero(), "valid", "says since when the sense holds")
	l.check(e.Valid.To == nil || !e.Valid.To.Before(e.Valid.From.Time), "valid", "ends before it begins")
	l.check(!e.ReviewBy.IsZero() && e.ReviewBy.After(e.Valid.From.Time), "review_by", "is a day after the sense began")
	l.check(len(e.CounterExamples) > 0, "counter_examples", "one text at least in which the words mean something else")
	for _, text := range e.CounterExamples {
		l.text("counter_examples", text)
	}
}

func (l *linter) forms() {
	e := l.entry
	l.check(len(e.Forms) > 0 && len(e.Forms) <= MaxForms, "forms", fmt.Sprintf("are 1 to %d", MaxForms))
	for _, f := range e.Forms {
		l.text("forms", f.Text)
		l.check(len(f.Text) <= MaxForm, "forms", fmt.Sprintf("one is longer than %d bytes", MaxForm))
		l.check(f.Script == "" || scriptPattern.MatchString(f.Script), "forms", "a script is four letters, such as Latn")
		l.check(slices.Contains([]FormKind{FormLiteral, FormPhrase, FormAbbreviation, FormLatin, FormDotless, FormEmoji}, f.Kind),
			"forms", fmt.Sprintf("%q is no kind of form", f.Kind))
		letters := f.Letters()
		l.check(utf8.RuneCountInString(letters) <= MaxForm, "forms", fmt.Sprintf("one is longer than %d letters when it is folded", MaxForm))
		l.check(letters != "" && letters == strings.TrimSpace(letters), "forms", "one has nothing to read, or begins or ends with a space")
		l.check(countLetters(letters) > 0 || len(e.RequiredContext) > 0, "required_context",
			"what has no letter, a number or a pictograph, never matches alone")
		l.check(f.Kind.Tier() == fold.T0 || e.Allows(fold.T4), "tiers", "a dotless or transliterated form is T4")
		if n := countLetters(letters); n > 0 && n <= fewLetters {
			l.check(!slices.ContainsFunc(e.Tiers, func(t fold.Tier) bool { return t > fold.T1 }), "tiers",
				fmt.Sprintf("a form of %d letters or fewer is read in T0 and T1 only", fewLetters))
		}
	}
	for _, f := range e.Folds {
		l.check(f == FoldArabicLetters, "folds", fmt.Sprintf("%q is no fold", f))
	}
}

func countLetters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func (l *linter) context() {
	for _, c := range l.entry.RequiredContext {
		_, err := ParseContext(c)
		l.check(err == nil, "required_context", "is any-of: or all-of: and words after it, set apart by commas")
	}
}

// approvals holds publication to two parties of unlike kinds.
func (l *linter) approvals() {
	e := l.entry
	known := slices.Contains([]Status{StatusDraft, StatusPublished, StatusDemoted, StatusSuspended, StatusExpired}, e.Status)
	l.check(known, "status", "is draft, published, demoted, suspended or expired")
	for _, a := range e.Approvals {
		l.text("approvals", a.Party)
		l.check(slices.Contains(Roles(), a.Role), "approvals",
			fmt.Sprintf("%q is no role", a.Role))
	}
	if !e.Status.Read() {
		return
	}
	l.check(Approved(e.Approvals), "approvals", "publication wants an authority and a party of civil society or academia")
}

// joinedBy reports whether another approval is that of another party, and not of an authority.
func (a Approval) joinedBy(other Approval) bool {
	return other.Role != RoleAuthority && fold.Letters(a.Party) != fold.Letters(other.Party)
}
