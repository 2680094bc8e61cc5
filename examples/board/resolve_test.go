// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// resolution is the answer of POST /tocsin/resolve.
type resolution struct{ Kind, Ref, Address string }

func (f *running) resolve(address string) reply {
	f.t.Helper()
	return f.do(f.signed(http.MethodPost, "/tocsin/resolve", "msg_1", encode(f.t, object{"address": address})))
}

func TestAddressResolvesInEverySpelling(t *testing.T) {
	t.Parallel()
	f := start(t)
	item := resolution{"item", "1", f.base + "/post/1"}
	list, none := resolution{Kind: "collection"}, resolution{Kind: "none"}
	other := strings.Replace(f.base, "127.0.0.1", "127.0.0.2", 1)
	for address, want := range map[string]resolution{
		f.base + "/post/1":                                   item,
		"  " + f.base + "/post/1\n":                          item,
		strings.ToUpper(f.base[:4]) + f.base[4:] + "/post/1": item,
		f.base + "/post/1/":                                  item,
		f.base + "//post/1":                                  item,
		f.base + "/tag/../post/./1":                          item,
		f.base + "/p%6Fst/1":                                 item,
		f.base + "/post/1?b=2&a=1":                           item,
		f.base + "/post/1?a=1&b=2#top":                       item,
		f.base + "/post/1?author=sometoken":                  item,
		f.base + "/media/1.png":                              item,
		f.base:                                               list,
		f.base + "/":                                         list,
		f.base + "/?before=12":                               list,
		f.base + "/tag/bridge":                               list,
		f.base + "/tag/bridge/?before=3#x":                   list,
		f.base + "/post/2":                                   none, // no such post
		f.base + "/post/01":                                  none, // the board has no such address
		f.base + "/post/1.png":                               none,
		f.base + "/post%2F1":                                 none,
		f.base + "/post/1/more":                              none,
		f.base + "/media/1":                                  none,
		f.base + "/post":                                     none,
		f.base + "/post/-1":                                  none,
		f.base + "/post/99999999999999999999999999":          none,
		f.base + "/new":                                      none,
		f.base + "/tag/":                                     none,
		f.base + "/tocsin/resolve":                           none,
		other + "/post/1":                                    none,
		"http://127.0.0.1/post/1":                            none, // another port
		strings.Replace(f.base, "http:", "https:", 1) + "/post/1":       none,
		strings.Replace(f.base, "http:", "ftp:", 1) + "/post/1":         none,
		"http://other.test/?u=" + f.base + "/post/1":                    none,
		strings.Replace(f.base, "127.0.0.1", "127.0.0.1.other.test", 1): none,
		strings.Replace(f.base, "//", "//other.test@", 1) + "/post/1":   item, // a user name is not a host
		"http://" + f.base[len("http://"):] + "@other.test/post/1":      none,
		"/post/1":       none,
		"just words":    none,
		"data:,/post/1": none,
	} {
		t.Run(address, func(t *testing.T) {
			var got resolution
			decode(t, f.resolve(address), http.StatusOK, &got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWithheldPostStillResolves(t *testing.T) {
	t.Parallel()
	f := start(t)
	before := f.resolve(f.base + "/post/1").body
	for name, withhold := range map[string]func(){
		"disclosed": func() { f.apply(1, full("garden")) },
		"gag":       func() { f.apply(1, gag("garden")) },
		"own terms": func() { f.remove(1, "remove") },
	} {
		withhold()
		if got := f.resolve(f.base + "/post/1").body; got != before {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBadResolveIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	for body, want := range map[string]struct {
		status int
		code   string
	}{
		"":                              {http.StatusBadRequest, "malformed-body"},
		`{"address":1}`:                 {http.StatusBadRequest, "malformed-body"},
		`{"address":"x","canary":"y"}`:  {http.StatusBadRequest, "malformed-body"},
		`{}`:                            {http.StatusUnprocessableEntity, "invalid-member"},
		`{"address":" "}`:               {http.StatusUnprocessableEntity, "invalid-member"},
		`{"address":"http://[canary"}`:  {http.StatusUnprocessableEntity, "invalid-member"},
		`{"address":"http://a\u0000b"}`: {http.StatusUnprocessableEntity, "invalid-member"},
		fmt.Sprintf(`{"address":"http://%s"}`, strings.Repeat("a", 2048)): {
			http.StatusUnprocessableEntity, "invalid-member"},
	} {
		r := f.do(f.signed(http.MethodPost, "/tocsin/resolve", "msg_1", []byte(body)))
		wantProblem(t, r, want.status, want.code)
		lacks(t, r.body, "canary")
	}
	unsigned := f.request(http.MethodPost, "/tocsin/resolve", []byte(`{"address":"x"}`))
	wantProblem(t, f.do(unsigned), http.StatusUnauthorized, "bad-signature")
}

func TestEveryResolvedSpellingIsServed(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, path := range []string{"/post/1/", "/tag/bridge/", "/post/1/?author=x"} {
		r := f.get(path)
		want := strings.Replace(path, "/?", "?", 1)
		if want = strings.TrimSuffix(want, "/"); r.status != http.StatusPermanentRedirect ||
			r.header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, r.status, r.header.Get("Location"), want)
		}
	}
}
