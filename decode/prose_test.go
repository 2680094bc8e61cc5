// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode"

	"tocsin/decode"
	"tocsin/decode/fold"
)

// proseOf is text that people wrote for others to read, in which nothing is disguised; testdata/prose has its
// sources.
func proseOf(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/prose/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// chatOf is a text of messages as people write them in a hurry: capitals, letters drawn out, slips of the finger, spaces
// left out, tags, pictographs. Nothing in it is disguised.
func chatOf(t testing.TB, language string, size int) string {
	var messages []string
	for _, row := range rowsOf(t, "testdata/chats.tsv") {
		if row[0] == language {
			messages = append(messages, row[1])
		}
	}
	luck := rand.New(rand.NewPCG(13, uint64(len(messages))))
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(hurried(messages[luck.IntN(len(messages))], luck))
		b.WriteByte('\n')
	}
	return b.String()
}

func hurried(message string, luck *rand.Rand) string {
	for strings.Contains(message, "#") {
		message = strings.Replace(message, "#", fmt.Sprint(luck.IntN(60)), 1)
	}
	words := strings.Fields(message)
	for n, word := range words {
		letters := []rune(word)
		at := luck.IntN(len(letters))
		switch luck.IntN(40) {
		case 0: // a letter left out
			words[n] = string(append(letters[:at:at], letters[at+1:]...))
		case 1: // two that changed places
			if at > 0 {
				letters[at-1], letters[at] = letters[at], letters[at-1]
			}
			words[n] = string(letters)
		case 2:
			words[n] = string(letters) + strings.Repeat(string(letters[len(letters)-1]), 1+luck.IntN(4))
		case 3:
			words[n] = strings.ToUpper(word)
		case 4:
			words[n] = "*" + word + "*"
		case 5:
			words[n] = word + []string{"!!1", "...", " xD", " <3", " ^^", "👍👍", " :-P", "?!"}[luck.IntN(8)]
		}
	}
	between := " "
	if luck.IntN(20) == 0 {
		between = ""
	}
	at := luck.IntN(len(words))
	text := strings.Join(words[:at], " ") + between + strings.Join(words[at:], " ")
	switch luck.IntN(8) {
	case 0:
		text += " #" + tagOf(words, luck)
	case 1:
		text = "@user" + fmt.Sprint(luck.IntN(1000)) + " " + text
	}
	return text
}

// tagOf is a hashtag of some of a message's words.
func tagOf(words []string, luck *rand.Rand) (tag string) {
	at := luck.IntN(len(words))
	for _, word := range words[at:min(len(words), at+3)] {
		word = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, word)
		tag += word
	}
	return tag
}

// falseDecodes counts by tier the readings of a text that are none of the very word: what differs from a form by case only
// is right, whatever its text was chosen for.
func falseDecodes(t testing.TB, d *decode.Decoder, text string, about decode.About) (by [fold.Tiers]int) {
	read := d.Read(text, about)
	if read.Bounded || read.More > 0 {
		t.Error("not all of a text was read")
	}
	for _, r := range read.Decodes {
		if !strings.EqualFold(r.Original, r.Entry.Forms[0].Text) {
			by[r.Tier]++
			t.Logf("%s %q is read as %q", r.Tier, r.Original, r.Normalised)
		}
	}
	return by
}

// perMegabyte writes what was counted in a text of a size.
func perMegabyte(by [fold.Tiers]int, size int) (line string) {
	for tier, count := range by {
		line += fmt.Sprintf("  T%d %-6s", tier, fmt.Sprintf("%.1f", float64(count)/float64(size)*(1<<20)))
	}
	return strings.TrimRight(line, " ")
}
