// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/canon"
	"tocsin/match/canon/suffix"
	"tocsin/match/syntax"
)

func values(u canon.URL, level canon.KeyLevel) []string {
	var found []string
	for _, key := range u.Keys() {
		if key.Level == level {
			found = append(found, key.Value)
		}
	}
	return found
}

func TestChainOfOneAddress(t *testing.T) {
	t.Parallel()
	const inside = "https://me@www.Garden.example.org:443/Rose/x/../%7ebush?visitor=1&b=2&a=1"
	raw := "hxxps://keep[.]example/web/2026/" + inside + "#top"
	u, err := exampleRules(t).Canonicalise(raw)
	if err != nil {
		t.Fatal(err)
	}
	target := "https://me@www.Garden.example.org:443/Rose/%7ebush?visitor=1&b=2&a=1"
	serial := "https://keep.example/web/2026/" + target + "#top"
	for level, want := range map[canon.KeyLevel][]string{
		canon.KeyRaw: {raw},
		canon.KeyRefanged: {
			"https://keep.example/web/2026/" + inside + "#top",
		},
		canon.KeyHref: {serial},
		canon.KeyIdentity: {
			"keep.example/web/2026/https://me@www.Garden.example.org:443/Rose/~bush?a=1&b=2&visitor=1",
		},
		canon.KeyUnwrapped: {"garden.example.org/Rose/~bush?a=1&b=2"},
		canon.KeyHost:      {"keep.example"},
		canon.KeyDomain:    {"keep.example"},
	} {
		if diff := cmp.Diff(want, values(u, level)); diff != "" {
			t.Errorf("%s: %s", level, diff)
		}
	}
	if !slices.IsSortedFunc(u.Keys(), func(a, b canon.Key) int { return int(a.Level) - int(b.Level) }) {
		t.Error("the keys are not in the order of their levels")
	}
	if u.String() != values(u, canon.KeyIdentity)[0] || u.Raw() != raw || u.Href() != serial || u.Ambiguous() {
		t.Errorf("accessors differ from the keys: %q %q %q", u, u.Raw(), u.Href())
	}
}

func TestIdentityIsStable(t *testing.T) {
	t.Parallel()
	for _, p := range pairs(t) {
		for _, text := range []string{p.first, p.second} {
			stable(t, exampleRules(t), text)
		}
	}
}

// stable wants Parse of String to be the identity, and every key to follow from its trace.
func stable(t interface {
	Helper()
	Fatalf(string, ...any)
}, rules *canon.Rules, text string) {
	t.Helper()
	u, err := rules.Canonicalise(text)
	if err != nil {
		return
	}
	again, err := rules.Parse(u.String())
	if err != nil || again.String() != u.String() {
		t.Fatalf("%q: identity %q parses as %q, %v", text, u, again, err)
	}
	for _, v := range []canon.URL{u, again} {
		keys := v.Keys()
		for _, key := range keys {
			if err := rules.Replay(v.Raw(), key); err != nil {
				t.Fatalf("%q: %s key %q: %v\n%v", text, key.Level, key.Value, err, key.Trace)
			}
			for _, step := range key.Trace {
				if strings.HasPrefix(step.Sentence(), "a rule that") {
					t.Fatalf("rule %s has no sentence", step.Rule)
				}
			}
		}
		if keys[3].Value != v.String() {
			t.Fatalf("%q: the traced identity is %q, the direct one %q", text, keys[3].Value, v)
		}
	}
}

func addresses() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"a", "B", "/", "//", "?", "&", "=", "#", "#!", "%41", "%7e", "%2f", "%zz", "%", "%25", ".", "..",
		"utm_source=x", "id=7",
		":443", ":80", "@", "web/1/https://example.org/x", "watch?v=Ab3xY9k", "?u=https%3A%2F%2Fexample.org%2F",
		"\u00fc", "[.]",
	})
	host := rapid.SampledFrom([]string{
		"example.org", "www.garden.example.org", "keep.example", "go.example", "film.example.org", "192.0.2.1",
		"[::1]",
		"a.b.c.d.example.co.uk", "example.org.", "kettle.github.io", "my--x-example.speak.example", "localhost",
	})
	return rapid.Custom(func(t *rapid.T) string {
		scheme := rapid.SampledFrom([]string{"http://", "https://", "hxxp://", "ftp://", ""}).Draw(t, "scheme")
		tail := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "tail"), "")
		return scheme + host.Draw(t, "host") + tail
	})
}

func TestEveryKeyFollowsFromItsTrace(t *testing.T) {
	t.Parallel()
	rules := exampleRules(t)
	rapid.Check(t, func(t *rapid.T) { stable(t, rules, addresses().Draw(t, "address")) })
}

func TestForgedStepIsRefused(t *testing.T) {
	t.Parallel()
	u, err := canon.Canonicalise("http://example.org/b?c#d")
	if err != nil {
		t.Fatal(err)
	}
	identity := u.Keys()[3]
	for name, forge := range map[string]func(*canon.Key){
		"another end":    func(k *canon.Key) { k.Value += "x" },
		"another result": func(k *canon.Key) { k.Trace[0].After += "x" },
		"another start":  func(k *canon.Key) { k.Trace[0].Before += "x" },
		"unknown rule":   func(k *canon.Key) { k.Trace[0].Rule = "identity:none" },
		"missing step":   func(k *canon.Key) { k.Trace = k.Trace[1:] },
	} {
		forged := identity
		forged.Trace = slices.Clone(identity.Trace)
		forge(&forged)
		if err := canon.Default().Replay(u.Raw(), forged); !errors.Is(err, canon.ErrReplay) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWhatIsNoAddressOnTheWebIsRefused(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                           syntax.Empty,
		"kettle":                     syntax.Structure,
		"readme.txt":                 syntax.Structure,
		"3.14":                       syntax.Structure,
		"mailto:desk@example.org":    "scheme",
		"javascript:void(0)":         "scheme",
		"file:///a":                  "scheme",
		"data:text/plain,a":          "scheme",
		"kettle://example.org/":      "scheme",
		"http://a!b.example/":        syntax.Alphabet,
		"http://a..b/":               syntax.Alphabet,
		strings.Repeat("a", 8<<10+1): syntax.Length,
		"https://h/" + strings.Repeat("a", 8<<10): syntax.Length,
	} {
		_, err := canon.Canonicalise(text)
		var refused *syntax.Error
		if !errors.As(err, &refused) || refused.Reason != reason {
			t.Errorf("%.30q: got %v, want %s", text, err, reason)
		}
	}
}

func TestGuessesAreMarked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"https://example.org/a":      false,
		"hxxps://example[.]org/a":    false,
		"www.example.org/a":          false,
		"example.org/a":              true,
		"https://example dot org/a":  true,
		`https://www.example\.org/a`: true,
	} {
		u, err := canon.Canonicalise(text)
		if err != nil || u.Ambiguous() != want {
			t.Errorf("%q: got %t, %v", text, u.Ambiguous(), err)
		}
	}
}

func TestNewerSuffixesMoveTheDomain(t *testing.T) {
	t.Parallel()
	list, err := suffix.Parse([]byte("org\nexample.org\n"))
	if err != nil {
		t.Fatal(err)
	}
	for rules, want := range map[*canon.Rules]string{
		canon.Default():                    "example.org",
		canon.Default().WithSuffixes(list): "garden.example.org",
	} {
		u, err := rules.Canonicalise("https://a.garden.example.org/")
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := u.Domain(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzCanonicalise(f *testing.F) {
	for _, p := range pairs(f) {
		f.Add(p.first)
	}
	rules := exampleRules(f)
	f.Fuzz(func(t *testing.T, text string) { stable(t, rules, text) })
}

func TestLongAddressesStayWithinBounds(t *testing.T) {
	rules := exampleRules(t)
	for name, text := range map[string]string{
		"fields":   "https://example.org/?" + strings.Repeat("b&a&", 2000),
		"labels":   "https://" + strings.Repeat("a.", 4000) + "org/",
		"segments": "https://example.org/" + strings.Repeat("a/", 4000),
		"escapes":  "https://example.org/" + strings.Repeat("%41", 2700),
		"wrappers": strings.Repeat("https://keep.example/web/1/", 290),
		"defanged": "hxxp://" + strings.Repeat("a[.]", 2000) + "org",
	} {
		u, err := rules.Canonicalise(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if keys := len(u.Keys()); keys > 80 {
			t.Errorf("%s: %d keys", name, keys)
		}
		allocations := testing.AllocsPerRun(2, func() { _, _ = rules.Canonicalise(text) })
		if allocations > 40_000 {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}

func BenchmarkCanonicalisePlain(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = canon.Canonicalise("https://www.example.org/path/to/page.html?id=12&view=full")
	}
}

func BenchmarkCanonicaliseTracked(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = canon.Canonicalise("https://www.example.org/path/to/page.html?view=full&id=12&utm_source=letter#top")
	}
}

func BenchmarkCanonicaliseWholeStandard(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = canon.Canonicalise("https://www.ex\u00e4mple.org/path/to/page.html?id=12&view=full")
	}
}

func BenchmarkKeysWithTraces(b *testing.B) {
	u, _ := canon.Canonicalise("https://www.example.org/path/to/page.html?view=full&id=12&utm_source=letter#top")
	b.ReportAllocs()
	for b.Loop() {
		u.Keys()
	}
}
