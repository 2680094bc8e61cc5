// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"time"

	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

func Example() {
	day := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	d := decode.New(lexicon.Demonstration(), fold.New(), day)
	text := "Le ᴢ0rv1an, selon eux."
	for _, r := range d.Read(text, decode.About{Language: "fr"}).Decodes {
		fmt.Println(r.Tier, r.Original, "→", r.Normalised, r.Entry.ID)
		for _, s := range r.Path {
			fmt.Printf("  %q → %q (%s)\n", s.From, s.To, s.Op)
		}
		again, err := r.Replay(text)
		fmt.Println(again, err, r.Note)
	}
	// Output:
	// T2 ᴢ0rv1an → zorvian lex:zorvian
	//   "ᴢ" → "z" (confusable)
	//   "0" → "o" (leet)
	//   "1" → "i" (leet)
	// zorvian <nil> a decode is not a finding of illegality
}

func ExampleVisible() {
	fmt.Println(decode.Visible("zo\u200brvian\u202e"))
	// Output: zo⟨U+200B⟩rvian⟨U+202E⟩
}

func ExampleCheck() {
	e := *lexicon.Demonstration().Entry("lex:zorvian")
	e.CounterExamples = []string{"It was z.o.r.v.i.a.n. A cheese"}
	s, _ := lexicon.New([]lexicon.Entry{e})
	for _, p := range decode.Check(s, fold.New()) {
		fmt.Println(p)
	}
	// Output: lex:zorvian: counter_examples: "It was z.o.r.v.i.a.n. A cheese" is read as the entry, and nothing says that it is a counter-example
}
