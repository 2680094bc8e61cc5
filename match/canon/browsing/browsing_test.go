// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package browsing_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/canon/browsing"
	"tocsin/match/canon/href"
	"tocsin/match/syntax"
)

// TestCanonicalForm holds vectors of our own, at least one for each published rule.
func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// Whole text: spaces around, tabs and line ends, the fragment, the missing scheme and path.
		"  http://example.org/  ":       "http://example.org/",
		"http://example.org/a\tb\rc\nd": "http://example.org/abcd",
		"http://example.org/#one#two":   "http://example.org/",
		"http://example.org/a%09b":      "http://example.org/a%09b",
		"example.org":                   "http://example.org/",
		"example.org/garden":            "http://example.org/garden",
		"http://example.org":            "http://example.org/",
		"https://example.org/":          "https://example.org/",
		"http://example.org?q":          "http://example.org/?q",
		"http://example.org/?":          "http://example.org/?",
		"HTTP://EXAMPLE.ORG/Path":       "http://example.org/Path",
		"http://user:word@example.org/": "http://example.org/",
		"http://example.org:8080/a":     "http://example.org/a",
		// Percent-escapes, as often as they were applied.
		"http://example.org/%25%32%35":          "http://example.org/%25",
		"http://example.org/%25%32%35%25%32%35": "http://example.org/%25%25",
		"http://example.org/%2525252525252525":  "http://example.org/%25",
		"http://example.org/asdf%25%32%35asd":   "http://example.org/asdf%25asd",
		"http://example.org/%%%25%32%35asd%%":   "http://example.org/%25%25%25asd%25%25",
		"http://example.org/%67arden":           "http://example.org/garden",
		"http://%65xample.org/":                 "http://example.org/",
		"http://example.org/a%2fb":              "http://example.org/a/b",
		"http://example.org/a%1Bb":              "http://example.org/a%1Bb",
		"http://example.org/a%7fb":              "http://example.org/a%7Fb",
		"http://example.org/\u00fc":             "http://example.org/%C3%BC",
		"http://example.org/a b":                "http://example.org/a%20b",
		"http://example.org/a%23b":              "http://example.org/a%23b",
		"http://example.org/?a=%2525":           "http://example.org/?a=%25",
		// Dots and numbers of the host.
		"http://...example...org.../": "http://example.org/",
		"http://example.org./":        "http://example.org/",
		"http://3279880203/blah":      "http://195.127.0.11/blah",
		"http://0x7f.1/":              "http://127.0.0.1/",
		"http://0177.0.0.1/":          "http://127.0.0.1/",
		"http://b\u00fccher.example/": "http://xn--bcher-kva.example/",
		"http://[2001:0db8:0000::1]/": "http://[2001:db8::1]/",
		"http://[::ffff:1.2.3.4]/":    "http://1.2.3.4/",
		"http://[64:ff9b::1.2.3.4]/":  "http://1.2.3.4/",
		// Path: dots and slashes, but not in the query.
		"http://example.org/a/./b":        "http://example.org/a/b",
		"http://example.org/a/../b":       "http://example.org/b",
		"http://example.org/a/..":         "http://example.org/",
		"http://example.org/a/b/..":       "http://example.org/a/",
		"http://example.org/../../x":      "http://example.org/x",
		"http://example.org//a///b//":     "http://example.org/a/b/",
		"http://example.org/a?b//c/../d":  "http://example.org/a?b//c/../d",
		"http://example.org/a;b/c;d?e":    "http://example.org/a;b/c;d?e",
		"http://example.org/a?b?c":        "http://example.org/a?b?c",
		"http://host%23.example/a":        "http://host%23.example/a",
		"http://\x01\x80.example/":        "http://%01%80.example/",
		"http:// example.org/":            "http://%20example.org/",
		"http://W!ide<>.example/":         "http://w!ide<>.example/",
		"http://exam_ple.org/":            "http://exam_ple.org/",
		"http://example.org/%2E/%2e%2E/b": "http://example.org/b",
	} {
		got, err := browsing.Canonicalise(text)
		if err != nil || got.String() != want {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
			continue
		}
		if again, err := browsing.Canonicalise(want); err != nil || again != got {
			t.Errorf("%q: not stable: %q, %v", text, again, err)
		}
	}
}

func TestExpressionsOfAnAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]browsing.Expression{
		"http://a.b.example/1/2.html?param=1": {
			"a.b.example/1/2.html?param=1", "a.b.example/1/2.html", "a.b.example/", "a.b.example/1/",
			"b.example/1/2.html?param=1", "b.example/1/2.html", "b.example/", "b.example/1/",
		},
		// Seven labels: the exact host and four more; "b.c.d.e.f.example" is left out.
		"http://a.b.c.d.e.f.example/1.html": {
			"a.b.c.d.e.f.example/1.html", "a.b.c.d.e.f.example/", "c.d.e.f.example/1.html", "c.d.e.f.example/",
			"d.e.f.example/1.html", "d.e.f.example/", "e.f.example/1.html", "e.f.example/", "f.example/1.html",
			"f.example/",
		},
		"http://1.2.3.4/1/": {"1.2.3.4/1/", "1.2.3.4/"},
		// The suffix itself is nobody's.
		"http://garden.example.co.uk/": {"garden.example.co.uk/", "example.co.uk/"},
		"http://kettle.github.io/":     {"kettle.github.io/"},
		"http://b.example/1/2/3/4/5?q": {
			"b.example/1/2/3/4/5?q", "b.example/1/2/3/4/5", "b.example/", "b.example/1/", "b.example/1/2/",
			"b.example/1/2/3/",
		},
	} {
		c, err := browsing.Canonicalise(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, browsing.Expressions(c, nil)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestThereAreAtMostThirtyExpressions(t *testing.T) {
	t.Parallel()
	c, err := browsing.Canonicalise("http://a.b.c.d.e.f.g.example/1/2/3/4/5/6/7.html?q=1")
	if err != nil {
		t.Fatal(err)
	}
	if got := len(browsing.Expressions(c, nil)); got != browsing.MaxHosts*browsing.MaxPaths {
		t.Errorf("got %d", got)
	}
}

func TestSumIsTheHashOfTheExpression(t *testing.T) {
	t.Parallel()
	// FIPS 180-2, appendix B.1.
	sum := browsing.Expression("abc").Sum()
	if got := hex.EncodeToString(sum[:4]); got != "ba7816bf" {
		t.Error(got)
	}
}

func TestAddressWithoutAHostHasNoExpressions(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "http:///", "http://.../", "/path", "mailto:desk@example.org", ":", "#a",
		strings.Repeat("a", href.MaxLength+1),
	} {
		_, err := browsing.Canonicalise(text)
		var refused *syntax.Error
		if !errors.As(err, &refused) {
			t.Errorf("%.20q: accepted", text)
		}
	}
}

func FuzzCanonicalise(f *testing.F) {
	for _, seed := range []string{"http://a.b/%25%32%35", "a//b/../c?d", "http://[::1]:8/", "http://@:",
		"%2570://", "x?/://"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := browsing.Canonicalise(text)
		if err != nil {
			return
		}
		if n := len(browsing.Expressions(c, nil)); n == 0 || n > browsing.MaxHosts*browsing.MaxPaths {
			t.Fatalf("%q: %d expressions", text, n)
		}
		if len(c.String()) > 9*href.MaxLength {
			t.Fatalf("%q grows to %d bytes", text, len(c.String()))
		}
	})
}

func BenchmarkExpressions(b *testing.B) {
	for b.Loop() {
		c, _ := browsing.Canonicalise("http://www.garden.example.org/path/to/page.html?id=12")
		for _, e := range browsing.Expressions(c, nil) {
			e.Sum()
		}
	}
}
