// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package href_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/canon/href"
	"tocsin/match/syntax"
)

// TestBrowserRules holds expectations of our own, one or more for each rule of the standard that matters
// here.
func TestBrowserRules(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://example.org":                 "http://example.org/",
		"HTTP://EXAMPLE.org/Path?Q#F":        "http://example.org/Path?Q#F",
		"https://example.org:443/":           "https://example.org/",
		"https://example.org:80/":            "https://example.org:80/",
		"http://example.org:0443/":           "http://example.org:443/",
		"http://example.org:/":               "http://example.org/",
		"https://example.org?":               "https://example.org/?",
		"https://example.org/?#":             "https://example.org/?#",
		"https://example.org/a/./b/../c":     "https://example.org/a/c",
		"https://example.org/a/%2E%2e/c":     "https://example.org/c",
		"https://example.org/.hidden":        "https://example.org/.hidden",
		"https://example.org/..hidden/":      "https://example.org/..hidden/",
		"https://example.org/a b":            "https://example.org/a%20b",
		"https://example.org/?a='b'":         "https://example.org/?a=%27b%27",
		"https://example.org/'":              "https://example.org/'",
		`https:\\example.org\a`:              "https://example.org/a",
		"  https://example.org/\t\n ":        "https://example.org/",
		"https://user:word@example.org/":     "https://user:word@example.org/",
		"https://b\u00fccher.example/\u00fc": "https://xn--bcher-kva.example/%C3%BC",
		"https://\uff45xample.org/":          "https://example.org/",
		"https://exam\u00adple.org/":         "https://example.org/",
		"https://example\u3002org/":          "https://example.org/",
		"http://0x7f.1/":                     "http://127.0.0.1/",
		"http://2130706433/":                 "http://127.0.0.1/",
		"http://[0:0:0:0:0:0:0:1]/":          "http://[::1]/",
		"http://[::ffff:127.0.0.1]:8080/":    "http://[::ffff:7f00:1]:8080/",
		"https://example.org./":              "https://example.org./",
		"ipfs://bafyExample/Path":            "ipfs://bafyExample/Path",
		"https://" + strings.Repeat("@", 32) + "h/" + strings.Repeat("@", 99): "https://" +
			strings.Repeat("%40", 31) + "@h/" + strings.Repeat("@", 99),
		"https://example.org/%7euser":             "https://example.org/%7euser",
		"https://ex_ample.org/":                   "https://ex_ample.org/",
		"https://example.org//double//slash":      "https://example.org//double//slash",
		"https://example.org/a;b=c,d?e=f&g=h:i@j": "https://example.org/a;b=c,d?e=f&g=h:i@j",
	} {
		if got, err := href.Serialise(text); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestWhatNoBrowserReadsIsRefused(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                               syntax.Empty,
		"example.org/path":               syntax.Structure,
		"http://":                        syntax.Structure,
		"http://example[.]org/":          syntax.Structure,
		"http://exa mple.org/":           syntax.Structure,
		"http://example.org:65536/":      syntax.Structure,
		"http://1.2.3.256/":              syntax.Structure,
		"http://[::1/":                   syntax.Structure,
		"https://xn--a/":                 syntax.Structure,
		strings.Repeat("a", 8<<10) + "a": syntax.Length,
		"https:/" + strings.Repeat("@", 33) + "h/": syntax.Range,
	} {
		_, err := href.Serialise(text)
		var refused *syntax.Error
		if !errors.As(err, &refused) || refused.Reason != reason || refused.Type != "url" {
			t.Errorf("%.40q: got %v, want reason %s", text, err, reason)
		}
		if len(text) > 5 && err != nil && strings.Contains(err.Error(), "example") {
			t.Errorf("%.40q: the error quotes the address: %v", text, err)
		}
	}
}

// TestWebPlatformTests reads the Web Platform Tests that the library carries and wants each one that applies:
// an absolute address, which is read without a base.
func TestWebPlatformTests(t *testing.T) {
	t.Parallel()
	data := webPlatformTests(t, "urltestdata.json")
	var records []json.RawMessage
	if err := json.Unmarshal(data, &records); err != nil {
		t.Fatal(err)
	}
	applicable := 0
	for _, record := range records {
		var c struct {
			Input, Href string
			Base        *string
			Failure     bool
		}
		if json.Unmarshal(record, &c) != nil { // the file's comments are strings
			continue
		}
		based := c.Base != nil
		if based && !strings.Contains(c.Input, "://") {
			continue // needs the base, which nothing here takes
		}
		got, err := href.Serialise(c.Input)
		applicable++
		if failed := err != nil; failed != (c.Failure || c.Input == "") || !failed && got != c.Href {
			t.Errorf("%q: got %q, %v; want %q, failure %t", c.Input, got, err, c.Href, c.Failure)
		}
	}
	if applicable < 600 {
		t.Errorf("only %d cases applied", applicable)
	}
	t.Logf("%d cases applied", applicable)
}

// TestWebPlatformTestsOfNames reads the same collection's cases for international names.
func TestWebPlatformTestsOfNames(t *testing.T) {
	t.Parallel()
	var records []json.RawMessage
	if err := json.Unmarshal(webPlatformTests(t, "toascii.json"), &records); err != nil {
		t.Fatal(err)
	}
	applicable := 0
	for _, record := range records {
		var c struct {
			Input  string
			Output *string
		}
		if json.Unmarshal(record, &c) != nil {
			continue
		}
		applicable++
		u, err := href.Parse("https://" + c.Input + "/x")
		if c.Output == nil && err == nil || c.Output != nil && (err != nil || u.Host != *c.Output) {
			t.Errorf("%q: got %q, %v; want %v", c.Input, u.Host, err, c.Output)
		}
	}
	t.Logf("%d cases applied", applicable)
}

// webPlatformTests returns a file of the library's module, which the module cache holds.
func webPlatformTests(t testing.TB, name string) []byte {
	t.Helper()
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		root := os.Getenv("GOPATH")
		if root == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				t.Skip("NOT TESTED: no home folder, so no module cache with the Web Platform Tests")
			}
			root = filepath.Join(home, "go")
		}
		cache = filepath.Join(filepath.SplitList(root)[0], "pkg", "mod")
	}
	const folder = "github.com/nlnwa/whatwg-url@v0.6.2/testdata"
	data, err := os.ReadFile(filepath.Join(cache, filepath.FromSlash(folder), name))
	if err != nil {
		t.Skip("NOT TESTED: the Web Platform Tests are not in the module cache:", err)
	}
	return data
}

// texts draws what looks like an address, plain more often than not.
func texts() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"example", "EXAMPLE", "org", ".", "..", "/", "//", "?", "#", ":", "@", "a", "B", "7", "0x1", "%2e",
		"%2E", "%7e",
		"%", "&", "=", "'", "\"", "\\", " ", "\t", "[", "]", "[::1]", "xn--", "xn--bcher-kva", "-", "_", "~",
		"|", "^", "`",
		"{", "\u00fc", "\u3002", "\u200b", ":80", ":443", ":8080", ":00", "127.0.0.1", "256", "+", "!", "*", "(",
		";", ",",
	})
	return rapid.Custom(func(t *rapid.T) string {
		scheme := rapid.SampledFrom([]string{"http://", "https://", "HTTP://", "https:", "ftp://", "ipfs://",
			""}).Draw(t, "scheme")
		return scheme + strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
	})
}

func TestShortWayAgreesWithTheStandard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		agree(t, text)
	})
}

func TestPartsMakeTheWholeAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		serialised, err := href.Serialise(texts().Draw(t, "text"))
		if err != nil {
			return
		}
		if again := href.Split(serialised).String(); again != serialised {
			t.Fatalf("got %q, want %q", again, serialised)
		}
	})
	want := href.URL{
		Scheme: "https", HasAuthority: true, User: "u:p", Host: "[::1]", Port: "8080", Path: "/a",
		HasQuery: true, Query: "b?c", HasFragment: true, Fragment: "d#e",
	}
	if diff := cmp.Diff(want, href.Split("https://u:p@[::1]:8080/a?b?c#d#e")); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"https://example.org/a?b#c", "http://EXAMPLE.org:80", "http://1.2.3/",
		"https://xn--bcher-kva.example/.%2e/",
		"ipfs://x/y", "https://u:p@[::1]:1/", "http:\\\\example.org", "http://h?'#'", "mailto:x", "http://a.b..c/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		agree(t, text)
	})
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// agree compares the short way, where it applies, with the whole standard.
func agree(t failer, text string) {
	t.Helper()
	plain, ok := href.Fast(text)
	if !ok {
		_, _ = href.Serialise(text)
		return
	}
	whole, err := href.Slow(text)
	if err != nil || whole != plain {
		t.Fatalf("%q: the short way says %q, the standard %q, %v", text, plain, whole, err)
	}
	if again, ok := href.Fast(plain); !ok || again != plain {
		t.Fatalf("%q: not stable: %q", text, again)
	}
}

func TestNumberWithASignIsNoHost(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"http://-7", "http://+7/", "HTTP://1.-2.3.4/", "http://0x-1/", "http://%2d7/",
		"http://a-b@-7:80/", "http://\uff0d7/"} {
		if got, err := href.Serialise(text); err == nil && strings.Contains(got, "255.") {
			t.Errorf("%s became %s", text, got)
		}
	}
	for text, want := range map[string]string{"http://a-b@127.1/": "http://a-b@127.0.0.1/", "http://1-2.example": "http://1-2.example/",
		"http://7/-8": "http://0.0.0.7/-8"} {
		if got, err := href.Serialise(text); err != nil || got != want {
			t.Errorf("%s became %q, %v", text, got, err)
		}
	}
}

func TestLongestAddressIsReadWithinBounds(t *testing.T) {
	for name, text := range map[string]string{
		"plain":    "https://example.org/" + strings.Repeat("a", 8<<10-20),
		"encoded":  "https://example.org/" + strings.Repeat("\u00fc", 4<<10-10),
		"segments": "https://example.org/" + strings.Repeat("a/", 4<<10-10),
		"dots":     "https://example.org/" + strings.Repeat("../", 2<<10),
	} {
		allocations := testing.AllocsPerRun(3, func() {
			if _, err := href.Serialise(text); err != nil {
				t.Error(name, err)
			}
		})
		if bound := 64 << 10; allocations > float64(bound) {
			t.Errorf("%s: %v allocations, at most %d", name, allocations, bound)
		}
	}
}

func BenchmarkSerialisePlain(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = href.Serialise("https://www.example.org/path/to/page.html?id=12&view=full#top")
	}
}

func BenchmarkSerialiseWholeStandard(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = href.Serialise("https://www.ex\u00e4mple.org/path/to/page.html?id=12&view=full#top")
	}
}
