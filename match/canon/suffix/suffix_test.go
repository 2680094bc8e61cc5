// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package suffix_test

import (
	"errors"
	"strings"
	"testing"

	"tocsin/match/canon/suffix"
	"tocsin/match/syntax"
)

const small = `// A list of our own, with one rule of each kind.
org
example
uk
co.uk
*.garden
!open.garden
github.io   trailing words are ignored
бг
`

func TestRegistrableDomainStopsBelowTheSuffix(t *testing.T) {
	t.Parallel()
	own, err := suffix.Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"example.org":             "example.org",
		"a.b.example.org":         "example.org",
		"bridge.co.uk":            "bridge.co.uk",
		"www.bridge.co.uk":        "bridge.co.uk",
		"kettle.github.io":        "kettle.github.io",
		"deep.kettle.github.io":   "kettle.github.io",
		"github.io":               "",
		"co.uk":                   "",
		"org":                     "",
		"rose.north.garden":       "rose.north.garden",
		"a.rose.north.garden":     "rose.north.garden",
		"north.garden":            "",
		"open.garden":             "open.garden",
		"www.open.garden":         "open.garden",
		"thing.unlisted":          "thing.unlisted",
		"b.xn--90ae":              "b.xn--90ae",
		"127.0.0.1":               "",
		"[::1]":                   "",
		"":                        "",
		"a..org":                  "",
		".org":                    "",
		"example.org.":            "",
		"localhost":               "",
		"x.y.thing.unlisted":      "thing.unlisted",
		"1and1.example":           "1and1.example",
		"very.deep.name.b.co.uk":  "b.co.uk",
		"sub.domain.open.garden":  "open.garden",
		"a.b.c.d.e.f.g.h.i.j.org": "j.org",
	} {
		if got, _ := own.Registrable(host); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

func TestSitesAtOneHostingServiceStayApart(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"kettle.github.io":       "kettle.github.io",
		"bridge.pages.dev":       "bridge.pages.dev",
		"x.bridge.pages.dev":     "bridge.pages.dev",
		"a.b.example.co.uk":      "example.co.uk",
		"pages.dev":              "",
		"b.s3.amazonaws.com":     "b.s3.amazonaws.com",
		"garden.example.com":     "example.com",
		"www.abcdefgh.onion":     "abcdefgh.onion",
		"garden.xn--p1ai":        "garden.xn--p1ai",
		"sub.garden.example.org": "example.org",
	} {
		if got, _ := suffix.Builtin().Registrable(host); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

func TestSuffixSaysWhetherItIsListed(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{"a.example.org": true, "readme.txt": false,
		"kettle.github.io": true} {
		if _, listed := suffix.Builtin().Suffix(host); listed != want {
			t.Errorf("%s: listed %t, want %t", host, listed, want)
		}
	}
}

func TestListThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                                    syntax.Empty,
		"// only words":                       syntax.Empty,
		"org\na..b":                           syntax.Structure,
		strings.Repeat("a.", 200) + "a":       syntax.Structure,
		"*.*.org":                             syntax.Structure,
		"!":                                   syntax.Structure,
		strings.Repeat("a", suffix.MaxFile+1): syntax.Length,
	} {
		_, err := suffix.Parse([]byte(text))
		var refused *syntax.Error
		if !errors.As(err, &refused) {
			t.Errorf("%.20q: accepted", text)
		} else if refused.Reason != reason && len(text) < 1000 {
			t.Errorf("%.20q: reason %s, want %s", text, refused.Reason, reason)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small), "a.b.org")
	f.Add([]byte("*\n"), "a")
	f.Fuzz(func(t *testing.T, file []byte, host string) {
		l, err := suffix.Parse(file)
		if err != nil {
			return
		}
		if domain, ok := l.Registrable(host); ok && !strings.HasSuffix(host, domain) {
			t.Fatalf("%q is not the end of %q", domain, host)
		}
	})
}

func BenchmarkRegistrable(b *testing.B) {
	for b.Loop() {
		suffix.Builtin().Registrable("www.garden.example.co.uk")
	}
}
