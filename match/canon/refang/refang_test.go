// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package refang_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tocsin/match/canon/href"
	"tocsin/match/canon/refang"
)

// ordinary makes an address as people write them, from a seeded source.
func ordinary(random *rand.Rand) string {
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	word := func() string {
		return pick("garden", "bridge", "kettle", "rose", "dot", "point", "hat", "polka-dot", "a", "x7")
	}
	host := pick("", "www.", "m.", word()+".") + word() + pick("", "-"+word()) + "." +
		pick("example", "example.org", "example.com", "example.co.uk", "b\u00fccher.example")
	var path strings.Builder
	for range random.IntN(4) {
		path.WriteString("/" + word() + pick("", ".html", "[1]", "(2)", ".", "%20", "[.]", " dot ", "{dot}",
			"\u200b", "(dot)"))
	}
	query := pick("", "?id="+word(), "?u=http://"+word()+".example/&v=[.]", "?q=(dot)", "?a=h**p", "?")
	return pick("http", "https", "HTTPS", "ftp") + "://" + pick("", "", "", "user@") + host + pick("", "",
		":8080") +
		path.String() + query + pick("", "#top", "#[.]")
}

func TestOrdinaryAddressIsNeverChanged(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		text := ordinary(random)
		if _, err := href.Parse(text); err != nil {
			t.Fatalf("%q is no address", text)
		}
		if r := refang.Undo(text); r.Text != text || len(r.Steps) != 0 || r.Ambiguous {
			t.Fatalf("%q became %q by %v", text, r.Text, r.Steps)
		}
	}
}

// styles spoil an address as people do; the second value says whether undoing it is a guess.
var styles = []struct {
	name  string
	spoil func(scheme, host, path string) string
	guess bool
}{
	{"hxxp", func(s, h, p string) string { return strings.Replace(s, "tt", "xx", 1) + "://" + h + p }, false},
	{"hXXp", func(s, h, p string) string {
		return strings.Replace(s, "tt", "XX", 1) + "://" + dots(h, "[.]") +
			p
	}, false},
	{"h**p", func(s, h, p string) string { return strings.Replace(s, "tt", "**", 1) + "://" + h + p }, false},
	{"[.]", func(s, h, p string) string { return s + "://" + dots(h, "[.]") + p }, false},
	{"(.) and {.}", func(s, h, p string) string {
		return s + "://" + lastDot(dots(h, "(.)"), "(.)", "{.}") +
			p
	}, false},
	{"[dot]", func(s, h, p string) string { return s + "://" + dots(h, "[dot]") + p }, false},
	{"(DOT) with spaces", func(s, h, p string) string { return s + "://" + dots(h, " (DOT) ") + p }, false},
	{"[://]", func(s, h, p string) string { return s + "[://]" + h + p }, false},
	{"[:]//", func(s, h, p string) string { return "hxxp" + s[4:] + "[:]//" + dots(h, "[.]") + p }, false},
	{"h[tt]p", func(s, h, p string) string { return "h[tt]p" + s[4:] + "://" + h + p }, false},
	{"zero width", func(s, h, p string) string { return s[:2] + "\u200b" + s[2:] + ":\u2060//" + h + p }, false},
	{"other dots", func(s, h, p string) string { return s + "://" + dots(h, "\u2024") + p }, false},
	{"half bracket", func(s, h, p string) string { return s + "://" + dots(h, "[.") + p }, false},
	{"space in separator", func(s, h, p string) string { return s + ":// " + h + p }, false},
	{"enclosed", func(s, h, p string) string { return "<" + s + "://" + h + p + ">" }, false},
	{"backslash", func(s, h, p string) string { return s + "://" + dots(h, `\.`) + p }, true},
	{"spaced dots", func(s, h, p string) string { return s + "://" + dots(h, " . ") + p }, true},
	{"dot as a word", func(s, h, p string) string { return s + "://" + dots(h, " dot ") + p }, true},
	{"no scheme", func(_, h, p string) string { return dots(h, "[.]") + p }, true},
}

func dots(host, with string) string { return strings.ReplaceAll(host, ".", with) }

func lastDot(host, dot, with string) string {
	at := strings.LastIndex(host, dot)
	return host[:at] + with + host[at+len(dot):]
}

func TestEachStyleIsUndone(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	missed, total := 0, 0
	for _, style := range styles {
		for range 300 {
			scheme := []string{"http", "https"}[random.IntN(2)]
			host := fmt.Sprintf("%c%d.garden-%d.example.org", 'a'+rune(random.IntN(26)), random.IntN(10),
				random.IntN(100))
			path := []string{"", "/", "/Bridge/page.html", "/kettle?id=Xy7&b=2", "/a#b"}[random.IntN(5)]
			spoiled := style.spoil(scheme, host, path)
			want := scheme + "://" + host + path
			if style.name == "no scheme" {
				want = "https://" + host + path
			}
			got := refang.Undo(spoiled)
			total++
			if got.Text != want || got.Ambiguous != style.guess {
				missed++
				t.Logf("%s: %q gave %q, ambiguous %t", style.name, spoiled, got.Text, got.Ambiguous)
			}
		}
	}
	if missed*100 > total {
		t.Errorf("%d of %d were missed; at most 1 %%", missed, total)
	}
	t.Logf("%d styles, %d of %d undone", len(styles), total-missed, total)
}

func TestSingleSpellings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hxxps[:]//garden[.]example[.]org/index[.]html": "https://garden.example.org/index.html",
		"http[s]://garden.example.org":                  "https://garden.example.org",
		"[http]://garden.example.org/":                  "http://garden.example.org/",
		`hxxp:\/\/garden.example.org/`:                  "http://garden.example.org/",
		"http:[/][/]garden.example.org/":                "http://garden.example.org/",
		"fxp://garden.example.org/":                     "ftp://garden.example.org/",
		"www[.]garden[.]example[.]org":                  "https://www.garden.example.org",
		"garden.example.org/a":                          "https://garden.example.org/a",
		"192.0.2[.]7/a":                                 "https://192.0.2.7/a",
		"http://192[.]0[.]2[.]7:8080/a":                 "http://192.0.2.7:8080/a",
		"hxxp://garden.example.org[/]a":                 "http://garden.example.org/a",
		"\uff48ttp":                                     "\uff48ttp",
		"and/or":                                        "and/or",
		"3.14":                                          "3.14",
		"mailto:desk@example.org":                       "mailto:desk@example.org",
		"no address at all":                             "no address at all",
		"":                                              "",
	} {
		if got := refang.Undo(text); got.Text != want {
			t.Errorf("%q: got %q by %v, want %q", text, got.Text, got.Steps, want)
		}
	}
}

func TestEachStepIsItsRule(t *testing.T) {
	t.Parallel()
	r := refang.Undo("<hxxp[:]//garden (dot) example \u200b[.] org[/]a>")
	at := "<hxxp[:]//garden (dot) example \u200b[.] org[/]a>"
	if len(r.Steps) < 4 {
		t.Errorf("only %d steps", len(r.Steps))
	}
	for _, step := range r.Steps {
		after, known := refang.Apply(step.Rule, step.Before)
		if !known || step.Before != at || after != step.After {
			t.Errorf("%+v does not follow from %q", step, at)
		}
		at = after
	}
	if at != "http://garden.example.org/a" || r.Text != at {
		t.Errorf("got %q", r.Text)
	}
	if _, known := refang.Apply("refang:none", "x"); known {
		t.Error("an unknown rule was applied")
	}
}

func FuzzUndo(f *testing.F) {
	for _, style := range styles {
		f.Add(style.spoil("https", "a.garden.example.org", "/b?c"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := refang.Undo(text)
		if refang.Plain(text) && len(r.Steps) > 0 {
			t.Fatalf("%q is an address and was changed", text)
		}
		at := text
		for _, step := range r.Steps {
			after, known := refang.Apply(step.Rule, at)
			if !known || after != step.After || after == at {
				t.Fatalf("%q: step %+v does not replay", text, step)
			}
			at = after
		}
		if at != r.Text {
			t.Fatalf("%q: the steps end at %q, not at %q", text, at, r.Text)
		}
	})
}

func BenchmarkUndo(b *testing.B) {
	for b.Loop() {
		refang.Undo("hxxps[:]//garden[.]example[.]org/index.html")
	}
}
