// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// noises are kinds of text in which nothing is disguised, and much could be taken for it. The words in them are none of a
// lexicon's.
var noises = []struct {
	name string
	line func(luck *rand.Rand) string
}{
	{"hexadecimal, UUIDs, keys", func(luck *rand.Rand) string {
		b := bytesOf(luck, 16)
		return fmt.Sprintf("%x-%x-%x %s %s sha256:%x", b[:4], b[4:6], b[6:8], hex.EncodeToString(b), base64.StdEncoding.EncodeToString(b), b)
	}},
	{"numbers, dates, prices, versions", func(luck *rand.Rand) string {
		return fmt.Sprintf("on 20%02d-%02d-%02dT%02d:%02dZ we paid $%d.%02d (€%d) for v%d.%d.%d, 24*10=%d, +49 %d/%d-%d, %dx%d, %d%%, 1st 2nd 3rd",
			luck.IntN(30), 1+luck.IntN(12), 1+luck.IntN(28), luck.IntN(24), luck.IntN(60), luck.IntN(900), luck.IntN(100), luck.IntN(900),
			luck.IntN(9), luck.IntN(20), luck.IntN(99), luck.IntN(999), luck.IntN(999), luck.IntN(9999), luck.IntN(99), luck.IntN(20), luck.IntN(9999), luck.IntN(100))
	}},
	{"code", func(luck *rand.Rand) string {
		name := func() string { return idents[luck.IntN(len(idents))] + idents[luck.IntN(len(idents))] }
		return fmt.Sprintf("if (%s[%d] != %s->%s_%d && !%s(x|y)) { *%s = %s(0x%x, \"%%d\\n\", i++); } // %s <%s>",
			name(), luck.IntN(9), name(), name(), luck.IntN(9), name(), name(), name(), luck.IntN(1<<20), name(), name())
	}},
	{"JSON and Markdown", func(luck *rand.Rand) string {
		name := func() string { return idents[luck.IntN(len(idents))] }
		return fmt.Sprintf("{\"%s_%s\": [%d, \"%s\"], \"%s\": null} | **%s** | [%s](#%s) | `%s()` |\n- [x] *%s*: __%s__ ~%s~",
			name(), name(), luck.IntN(99), name(), name(), name(), name(), name(), name(), name(), name(), name())
	}},
	{"chat", func(luck *rand.Rand) string {
		return strings.ReplaceAll(chats[luck.IntN(len(chats))], "#", fmt.Sprint(luck.IntN(50)))
	}},
}

var (
	idents = []string{"read", "Buf", "count", "Item", "next", "Ptr", "value", "Map", "user", "Id", "parse", "Token", "size", "Of", "is", "Ok",
		"tmp", "Err", "get", "Set", "list", "Node", "max", "Len", "io", "Copy", "sum", "Hash", "key", "Range"}
	chats = []string{"lol see u @ #pm!!! 👍👍", "omg thx sooooo much <3 <3", "w8 4 me pls, b there in # min", "brb... back @ #:30", "gr8 :-) :D xD ^_^",
		"c u l8r m8!!1", "i <3 it, 10/10 would go again #times", "haha yesss #/10", "¿qué tal? todo ok 👌", "ptdr mdr lol à + tard", "kkkk rsrs tmj",
		"ок, буду через # мин!!", "ههههه تمام الساعة #", "wtf?! no way... #% sure", "t.b.h i dont know", "a - b - c - d, easy as 1 2 3", "N.B. e.g. i.e. etc.",
		"S.O.S!! help plz", "*hugs* **big news** _soon_", "rt @someone: check this out (#)"}
)

func bytesOf(luck *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(luck.Uint32())
	}
	return b
}

// noiseOf is a text of one kind, of about a size.
func noiseOf(kind int, size int) string {
	luck := rand.New(rand.NewPCG(11, uint64(kind)))
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(noises[kind].line(luck))
		b.WriteByte('\n')
	}
	return b.String()
}
