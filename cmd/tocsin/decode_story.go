// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"

	"tocsin/decode"
	"tocsin/decode/fold"
)

// opWords say what a step does.
var opWords = map[fold.Op]string{
	fold.OpEnclosed: "a letter in a box or circle", fold.OpWidth: "a wide or narrow form", fold.OpCompat: "another form of it",
	fold.OpCase: "capitals", fold.OpMark: "a mark on it", fold.OpInvisible: "shows nothing", fold.OpTatweel: "draws the word out",
	fold.OpConfusable: "looks like it", fold.OpSpace: "white space", fold.OpLeet: "stands for it", fold.OpEmoji: "a picture of it",
	fold.OpRepeat: "once more", fold.OpSeparator: "set apart", fold.OpMask: "hidden", fold.OpJoin: "run together",
	fold.OpEdit: "left out or swapped", fold.OpArabic: "often written for it", fold.OpOCR: "taken for it, in a picture",
	fold.OpInversion: "syllables the other way round",
}

// story tells a reading to somebody at a terminal.
func story(d decode.Decode) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    means    %s (%s@%d; ambiguity %s)\n", decode.VisibleLine(d.Entry.Sense), d.Entry.ID, d.Entry.Version, d.Entry.Ambiguity)
	for n, s := range d.Path {
		fmt.Fprintf(&b, "    step %2d  %s → %s  %s (%s, %s)\n", n+1, inQuotes(s.From), inQuotes(s.To), opWords[s.Op], s.Op, s.Source)
	}
	if len(d.Path) == 0 {
		b.WriteString("    steps    none: it stands there\n")
	}
	for _, a := range d.Alternatives {
		entry := "no entry"
		if a.Entry != nil {
			entry = *a.Entry
		}
		fmt.Fprintf(&b, "    or       %s (%s)\n", inQuotes(a.Reading), entry)
	}
	if flags := flagsOf(d.Context); len(flags) > 0 {
		fmt.Fprintf(&b, "    around   %s\n", strings.Join(flags, ", "))
	}
	fmt.Fprintf(&b, "    note     %s\n", d.Note)
	return b.String()
}

func inQuotes(text string) string {
	if text == "" {
		return "nothing"
	}
	return "“" + decode.VisibleLine(text) + "”"
}

func flagsOf(c decode.Context) (flags []string) {
	add := func(is bool, text string) {
		if is {
			flags = append(flags, text)
		}
	}
	add(c.Quoted, "quoted")
	add(c.Attribution != "", "reported ("+decode.VisibleLine(c.Attribution)+")")
	add(c.Negation, "denied")
	add(c.CounterSpeech != "", "spoken against ("+decode.VisibleLine(c.CounterSpeech)+")")
	add(c.CounterExample != "", "a counter-example ("+decode.VisibleLine(c.CounterExample)+")")
	add(c.ScriptMix, "mixed scripts")
	add(c.Code, "in code")
	add(c.Joined, "one of several words written together")
	add(c.Words != "", "split as "+inQuotes(c.Words))
	add(c.FromPicture, "read off a picture")
	return flags
}
