// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"tocsin/decode"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// shownText is a text whose characters count: whatever would hide or turn what stands beside it is written as its code.
func shownText(text string) string { return decode.VisibleLine(text) }

// Read is a reading with how often people agreed with such ones up to now, and what is said of it; nil where the page does
// not say it, because whoever looks a second time finds for herself.
type Read struct {
	flow.CaseReading
	Now     *decode.Precision
	Said    *flow.ReadingSaid
	Decided bool // a decision on the case stands, which may say something of it
}

func (c CasePage) read() []Read {
	all := unweighed(c.File.Readings)
	for i := range all {
		all[i].Now, all[i].Said, all[i].Decided = &c.Precisions[i], &c.Said[i],
			c.Decision != nil && c.LatestDecision() != ""
	}
	return all
}

func unweighed(readings []flow.CaseReading) []Read {
	all := make([]Read, len(readings))
	for i, r := range readings {
		all[i].CaseReading = r
	}
	return all
}

// precisionWord says how often people agreed, and how sure that is.
func precisionWord(ctx context.Context, p decode.Precision) string {
	n := p.Right + p.Wrong
	if n == 0 {
		return T(ctx, "reading.precision_none")
	}
	percent := func(share float64) string { return locale.From(ctx).Number(int64(share*100 + 0.5)) }
	says := N(ctx, "reading.precision_says", n, "Right", p.Right, "Low", percent(p.Wilson95[0]), "High", percent(p.Wilson95[1]))
	if n < decode.LeastDecided {
		says += " " + T(ctx, "reading.precision_few", "Least", decode.LeastDecided)
	}
	return says
}

// stateOfReading says what readings of an entry in a tier may do now.
func stateOfReading(ctx context.Context, s lexicon.Status) string {
	return T(ctx, "reading.state."+string(s))
}

// inPlace is the words as they are written, with what stands near. A template would put white space between them.
func inPlace(r flow.CaseReading) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		shown := func(text string) string { return templ.EscapeString(shownText(text)) }
		_, err := io.WriteString(w, `<bdi class="prose" dir="auto"><span class="quiet">`+shown(r.Before())+`</span><mark>`+
			shown(r.Original)+`</mark><span class="quiet">`+shown(r.After())+`</span></bdi>`)
		return err
	})
}

// stepEnd is one end of a step; what shows nothing is said in words.
func stepEnd(ctx context.Context, text string) string {
	if text == "" {
		return T(ctx, "reading.nothing")
	}
	return shownText(text)
}

func stepWord(ctx context.Context, s decode.Step) string { return T(ctx, "reading.op."+string(s.Op)) }

func tierWord(ctx context.Context, tier string) string { return T(ctx, "reading.tier."+tier) }

func ambiguityWord(ctx context.Context, a lexicon.Ambiguity) string {
	return T(ctx, "reading.ambiguity."+string(a))
}

// others are the other ways to read the same words, each with its entry where it is one's.
func others(ctx context.Context, r flow.CaseReading) []string {
	var all []string
	for _, o := range r.Alternatives {
		text := shownText(o.Reading)
		if o.Entry != nil {
			text = T(ctx, "reading.other_entry", "Reading", text, "Entry", *o.Entry)
		}
		all = append(all, text)
	}
	return all
}

// flags say what stands around a reading and speaks for another sense, or should be known.
func flags(ctx context.Context, c decode.Context) []string {
	var all []string
	add := func(there bool, text string) {
		if there {
			all = append(all, text)
		}
	}
	add(c.CounterExample != "", T(ctx, "reading.flag.counter_example", "Words", shownText(c.CounterExample)))
	add(c.Quoted, T(ctx, "reading.flag.quoted"))
	add(c.Attribution != "", T(ctx, "reading.flag.attribution", "Words", shownText(c.Attribution)))
	add(c.Negation, T(ctx, "reading.flag.negation"))
	add(c.CounterSpeech != "", T(ctx, "reading.flag.counter_speech", "Words", shownText(c.CounterSpeech)))
	add(c.Code, T(ctx, "reading.flag.code"))
	add(c.Joined && c.Words == "", T(ctx, "reading.flag.joined"))
	add(c.Words != "", T(ctx, "reading.flag.words", "Words", shownText(c.Words)))
	add(c.FromPicture, T(ctx, "reading.flag.from_picture"))
	add(c.ScriptMix, T(ctx, "reading.flag.script_mix"))
	return all
}

// writtenIn is the language of the text, and how sure that is where it was guessed.
func writtenIn(ctx context.Context, c decode.Context) string {
	switch {
	case c.Language == "":
		return T(ctx, "reading.language_unknown")
	case c.LanguageConfidence == 0:
		return c.Language
	}
	return T(ctx, "reading.language_guessed", "Language", c.Language, "Percent", c.LanguageConfidence/10)
}

func entryLanguages(ctx context.Context, e lexicon.Entry) string {
	return locale.From(ctx).List(e.Languages)
}

func entryName(e lexicon.Entry) string { return e.ID + " · " + strconv.Itoa(e.Version) }
