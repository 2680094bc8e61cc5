// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin"
)

const field = "annex_i.b.addresses"

func TestAddressNamesOneItemOrIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address string
		reason  tocsin.Reason // "" when it is fine
	}{
		{"https://board.example/post/12", ""},
		{"http://board.example:8080/post/12?lang=fr#reply-3", ""},
		{"HTTPS://BOARD.EXAMPLE/post/12", ""},
		{"https://board.example/index.php?post=12", ""},
		{"https://board.example/?post=12", ""},
		{"https://board.example/jardin/été", ""},
		{"https://xn--jardin-fya.example/a", ""},
		{"http://192.0.2.7/post/12", ""},
		{"http://[2001:db8::7]:81/post/12", ""},
		{"https://board.example/" + strings.Repeat("a", 2048-len("https://board.example/")), ""},

		{"", tocsin.ReasonMissing},
		{" ", tocsin.ReasonMissing},
		{"https://board.example/" + strings.Repeat("a", 2049-len("https://board.example/")), tocsin.ReasonTooLong},
		{"https://board.example/" + strings.Repeat("é", 1020), tocsin.ReasonTooLong}, // in bytes

		{"https://board.example", tocsin.ReasonGateStopped},
		{"https://board.example/", tocsin.ReasonGateStopped},
		{"https://board.example//", tocsin.ReasonGateStopped},
		{"https://board.example/./", tocsin.ReasonGateStopped},
		{"https://board.example/?", tocsin.ReasonGateStopped},
		{"https://board.example/#top", tocsin.ReasonGateStopped},
		{"https://board.example/%2F", tocsin.ReasonGateStopped},
		{"https://board.example:443/", tocsin.ReasonGateStopped},
		{"https://board.example/index.html", tocsin.ReasonGateStopped},
		{"https://board.example/INDEX.PHP", tocsin.ReasonGateStopped},
		{"https://board.example/home/", tocsin.ReasonGateStopped},
		{"http://192.0.2.7", tocsin.ReasonGateStopped},
		{"http://192.0.2.7/?a=b", tocsin.ReasonGateStopped},
		{"http://[2001:db8::7]/", tocsin.ReasonGateStopped},

		{"https://somebody@board.example/post/12", tocsin.ReasonFormat},
		{"https://somebody:word@board.example/post/12", tocsin.ReasonFormat},
		{"https://@board.example/post/12", tocsin.ReasonFormat},
		{"javascript:alert(1)", tocsin.ReasonFormat},
		{"JavaScript://board.example/%0aalert(1)", tocsin.ReasonFormat},
		{"data:text/html,hello", tocsin.ReasonFormat},
		{"ftp://board.example/post/12", tocsin.ReasonFormat},
		{"file:///etc/hosts", tocsin.ReasonFormat},
		{"//board.example/post/12", tocsin.ReasonFormat},
		{"board.example/post/12", tocsin.ReasonFormat},
		{"/post/12", tocsin.ReasonFormat},
		{"https:board.example/post/12", tocsin.ReasonFormat},
		{"https:///post/12", tocsin.ReasonFormat},
		{"https://:443/post/12", tocsin.ReasonFormat},
		{"https://board.example:port/post/12", tocsin.ReasonFormat},
		{"https://board example/post/12", tocsin.ReasonFormat},
		{"https://board.example/post/1 2", tocsin.ReasonFormat},
		{" https://board.example/post/12", tocsin.ReasonFormat},
		{"https://board.example/post/12\n", tocsin.ReasonFormat},
		{"https://board.example/post/\u202e21", tocsin.ReasonFormat}, // written backwards on the screen
		{"https://board.example/post/1\u200b2", tocsin.ReasonFormat}, // invisible
		{"https://board.example/%zz", tocsin.ReasonFormat},
		{"https://good.example\\@board.example/a", tocsin.ReasonFormat},

		{"https://board.example/post/\x00", tocsin.ReasonNotText},
		{"https://board.example/post/\x1b[0m", tocsin.ReasonNotText},
		{"https://board.example/post/\xff", tocsin.ReasonNotText},
	} {
		err := tocsin.Address{URL: c.address}.Validate(field)
		if tocsin.ReasonOf(err) != c.reason {
			t.Errorf("%q: %v, want %q", c.address, err, c.reason)
		}
		if err == nil {
			continue
		}
		if tocsin.CodeOf(err) != tocsin.CodeInvalid || !errorIn(err, field+".url") {
			t.Errorf("%q: %v does not name its field", c.address, err)
		}
		if len(c.address) > 20 && strings.Contains(err.Error(), c.address) {
			t.Errorf("%q: the error repeats it", c.address)
		}
	}
}

func TestAddressBoundsWhatGoesWithIt(t *testing.T) {
	t.Parallel()
	const good = "https://board.example/post/12"
	capitals := tocsin.Digest(strings.ToUpper(string(tocsin.DigestOf(nil))))
	for _, c := range []struct {
		address tocsin.Address
		field   string
	}{
		{tocsin.Address{URL: good, Additional: "third picture", SeenSHA256: tocsin.DigestOf(nil)}, ""},
		{tocsin.Address{URL: good, Additional: strings.Repeat("a", 2001)}, ".additional"},
		{tocsin.Address{URL: good, Additional: "a\x00"}, ".additional"},
		{tocsin.Address{URL: good, SeenSHA256: "abc"}, ".seen_sha256"},
		{tocsin.Address{URL: good, SeenSHA256: capitals}, ".seen_sha256"},
	} {
		err := c.address.Validate(field)
		if (err == nil) != (c.field == "") || err != nil && !errorIn(err, field+c.field) {
			t.Errorf("%+v: %v", c.address, err)
		}
	}
}

func TestGateFindsWhatAnAddressGivesAway(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]tocsin.Finding{
		"https://board.example/post/12":          nil,
		"https://board.example/":                 {tocsin.FindingRootDomain},
		"https://board.example/search?page=2":    {tocsin.FindingSearchPage},
		"https://board.example/recherche/kettle": {tocsin.FindingSearchPage},
		"https://board.example/list?q=kettle":    {tocsin.FindingSearchPage},
		"https://board.example/?s=kettle":        {tocsin.FindingSearchPage},
		"https://board.example/research/12":      nil,
		"://":                                    {tocsin.FindingUnresolved},
	} {
		if got := tocsin.Gate(address); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"https://board.example/post/12", "http://192.0.2.7/?a=b", "https://a@b/c", "javascript:alert(1)",
		"https://board.example/%2F", "https://[::1%25lo]/a", "http://①②⑦.⓪.⓪.①/a", "https://b/\xff",
		"https://b/\u202e", "http://0x7f.1/a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		err := tocsin.Address{URL: address}.Validate(field)
		found := tocsin.Gate(address)
		if err != nil {
			repeated := len(address) > 12 && strings.Contains(err.Error(), address)
			if tocsin.CodeOf(err) != tocsin.CodeInvalid || repeated {
				t.Fatalf("%q: %v", address, err)
			}
			return
		}
		if !utf8.ValidString(address) || len(address) > 2048 || strings.ContainsAny(address, " \t\r\n\x00") {
			t.Fatalf("%q was taken", address)
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
			t.Fatalf("%q was taken: %v", address, err)
		}
		if slices.Contains(found, tocsin.FindingRootDomain) || slices.Contains(found, tocsin.FindingUnresolved) {
			t.Fatalf("%q was taken at drafting and is stopped at the host: %v", address, found)
		}
	})
}
