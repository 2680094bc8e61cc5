// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon_test

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/canon"
	"tocsin/match/syntax"
)

func TestDomainIsReadInItsSpellings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Example.ORG":                     "example.org",
		" garden.example.org. ":           "garden.example.org",
		"garden[.]example[.]org":          "garden.example.org",
		"b\u00fccher.example":             "xn--bcher-kva.example",
		"kettle.github.io":                "kettle.github.io",
		"example\u3002org":                "example.org",
		strings.Repeat("a.", 100) + "org": strings.Repeat("a.", 100) + "org",
	} {
		d, err := canon.ParseDomain(text)
		if err != nil || d.String() != want {
			t.Errorf("%q: got %q, %v; want %q", text, d, err, want)
			continue
		}
		if again, err := canon.ParseDomain(d.String()); err != nil || again != d {
			t.Errorf("%q: not stable", text)
		}
	}
}

func TestWhatManyPartiesShareIsNoDomainSignal(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                                syntax.Empty,
		"org":                             "suffix",
		"co.uk":                           "suffix",
		"github.io":                       "suffix",
		"192.0.2.1":                       syntax.Alphabet,
		"[::1]":                           syntax.Alphabet,
		"example.org/path":                syntax.Structure,
		"https://example.org":             syntax.Structure,
		"user@example.org":                syntax.Structure,
		"example.org:8080":                syntax.Structure,
		"a b.example":                     syntax.Structure,
		"a!b.example":                     syntax.Alphabet,
		strings.Repeat("a.", 150) + "org": syntax.Length,
		strings.Repeat("a", 2000):         syntax.Length,
	} {
		_, err := canon.ParseDomain(text)
		var refused *syntax.Error
		if !errors.As(err, &refused) || refused.Reason != reason || refused.Type != "domain" {
			t.Errorf("%.30q: got %v, want %s", text, err, reason)
		}
	}
}

func FuzzParseDomain(f *testing.F) {
	f.Add("garden[.]example.org")
	f.Add("b\u00fccher.example.")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := canon.ParseDomain(text)
		if err != nil {
			return
		}
		if again, err := canon.ParseDomain(d.String()); err != nil || again != d {
			t.Fatalf("%q: %q parses as %q, %v", text, d, again, err)
		}
	})
}

// TestForeignHashFoldsTheWholeAddress holds MD5 of texts that were lowered and cut by hand.
func TestForeignHashFoldsTheWholeAddress(t *testing.T) {
	t.Parallel()
	const plain = "5d41402abc4b2a76b9719d911017c592" // of "hello", RFC 1321's function
	for _, text := range []string{
		"hello", "HELLO", "http://hello", "HTTPS://Hello", "kettle://hello", "hello?", "hello#",
		" http://hel\tlo\n", "http://hello?#",
	} {
		if got := canon.MD5(text); got != plain {
			t.Errorf("%q: got %s", text, got)
		}
	}
	// What Python 3.11 leaves of each, by urlparse(text.lower()).geturl() and the cut of the scheme.
	for text, left := range map[string]string{
		"http://A.b/C?d#e": "a.b/c?d#e", "http://a/?#": "a/", "http://a/b;": "a/b", "http://a/;?q": "a/?q",
		"HTTP://a;x/;": "a;x/", "http://a/b;p?q#": "a/b;p?q", "http://a/#?": "a/#?", "http://a/?b?#": "a/?b?",
		"x://y://z": "y://z", "mailto:a@b": "mailto:a@b", "http://a/?u=http://b": "a/?u=http://b",
		"http://a/ ": "a/ ",
	} {
		sum := md5.Sum([]byte(left))
		if got := canon.MD5(text); got != hex.EncodeToString(sum[:]) {
			t.Errorf("%q does not leave %q", text, left)
		}
	}
	if canon.MD5("http://hello/") == plain || canon.MD5("http://hello?a#") == plain {
		t.Error("something was dropped that is not")
	}
	if canon.MD5("https://f.example/Ab3xY9k") != canon.MD5("https://f.example/aB3Xy9K") {
		t.Error("the caveat no longer holds")
	}
	u := address(t, "hxxp://example[.]org/A")
	want := canon.Exchanged{URL: "hxxp://example[.]org/A", MD5: canon.MD5("hxxp://example[.]org/A")}
	if diff := cmp.Diff(want, u.Exchange()); diff != "" {
		t.Error("the forms are not made from the raw text:", diff)
	}
}

func TestForeignHashIsParsed(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"5D41402ABC4B2A76B9719D911017C592": "", "": syntax.Empty, "5d41": syntax.Length,
		strings.Repeat("g", 32): syntax.Alphabet,
	} {
		got, err := canon.ParseMD5(text)
		var refused *syntax.Error
		if reason == "" && (err != nil || got != strings.ToLower(text)) ||
			reason != "" && (!errors.As(err, &refused) || refused.Reason != reason) {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

// clear is a list of our own in the ClearURLs form.
const clear = `{"providers": {
	"all": {"urlPattern": ".*", "rules": ["letter_?id", "(?:ga|gb)_[a-z]+"], "completeProvider": false},
	"garden": {"urlPattern": "^https?:\\/\\/(?:[a-z0-9-]+\\.)*?garden\\.example", "rules": ["pick",
		"bad(?!rule)"],
		"referralMarketing": ["friend"], "exceptions": ["^https?:\\/\\/open\\.garden\\.example"],
		"redirections": ["^https?:\\/\\/garden\\.example\\/to\\?u=([^&]+)"]},
	"broken": {"urlPattern": "(?=x)", "rules": ["a"]},
	"guarded": {"urlPattern": ".*", "rules": ["guarded"], "exceptions": ["(?=x)"]},
	"blocked": {"urlPattern": "blocked", "completeProvider": true}
}}`

func TestImportedListDropsItsParameters(t *testing.T) {
	t.Parallel()
	rules, skipped, err := canon.Default().WithClearURLs([]byte(clear))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"https://example.org/?a=1&letter_id=2&LETTERID=3&ga_x=1": "example.org/?a=1",
		"https://example.org/?xletter_id=2&pick=1&guarded=1":     "example.org/?guarded=1&pick=1&xletter_id=2",
		"https://a.garden.example/?pick=1&friend=2&z=3":          "a.garden.example/?z=3",
		"https://open.garden.example/?pick=1":                    "open.garden.example/?pick=1",
	} {
		u, err := rules.Canonicalise(text)
		if err != nil || u.String() != want {
			t.Errorf("%s: got %q, %v; want %q", text, u, err, want)
		}
		stable(t, rules, text)
	}
	want := []canon.Skipped{
		{Provider: "broken", Rule: "(?=x)", Reason: "not a regular expression of Go"},
		{Provider: "garden", Rule: "bad(?!rule)", Reason: "not a regular expression of Go"},
		{Provider: "guarded", Rule: "(?=x)", Reason: "not a regular expression of Go"},
	}
	if diff := cmp.Diff(want, skipped); diff != "" {
		t.Error(diff)
	}
	if u, _ := canon.Canonicalise("https://a.garden.example/?pick=1"); u.String() != "a.garden.example/?pick=1" {
		t.Error("the rules it was added to have changed")
	}
}

func TestFileThatHoldsNoRulesIsRefused(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"", "[]", "{}", `{"providers":{}}`, strings.Repeat(" ", canon.MaxRules+1)} {
		if _, _, err := canon.Default().WithClearURLs([]byte(file)); err == nil {
			t.Errorf("%.20q was taken for a list", file)
		}
	}
	for _, file := range []string{
		"", "[]", `{"unknown": 1}`, `{"resources": [{"id": "a"}]}`, strings.Repeat(" ", canon.MaxRules+1),
		`{"resources": [{"id": "a", "hosts": ["b"], "alphabet": "hex", "min": 1, "max": 2, "shapes": ["no"]}]}`,
		`{"resources": [{"id": "a", "hosts": ["b"], "alphabet": "hex", "min": 1, "max": 2, "shapes": ["/a"]}]}`,
		`{"resources": [{"id": "a", "hosts": ["b"], "alphabet": "hex", "min": 1, "max": 2,
			"shapes": ["/{id}?v={id}"]}]}`,
		`{"wrappers": [{"id": "a", "hosts": ["b"], "kind": "c"}]}`, `{"wrappers": [{"id": "a", "hosts": ["b"]}]}`,
		`{"aliases": {"a.example": "b.example", "b.example": "c.example"}}`,
	} {
		var refused *syntax.Error
		if _, err := canon.ParseRules([]byte(file)); !errors.As(err, &refused) {
			t.Errorf("%.80q: got %v", file, err)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add(canon.BuiltinRules(), "https://example.org/watch?v=1")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		rules, err := canon.ParseRules(file)
		if err != nil {
			return
		}
		if u, err := rules.Canonicalise(text); err == nil {
			u.Keys()
		}
	})
}

func FuzzWithClearURLs(f *testing.F) {
	f.Add([]byte(clear), "https://a.garden.example/?pick=1")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		rules, _, err := canon.Default().WithClearURLs(file)
		if err != nil {
			return
		}
		stable(t, rules, text)
	})
}
