// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tocsin"
)

// FuzzToken: whatever the path, what lies behind never sees the token.
func FuzzToken(f *testing.F) {
	for _, path := range []string{"/tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa/c/banks", "//tsk_a//c//banks/", "", "/",
		"/c/banks", "/tsk_",
		"/tsk_a/tsk_b/c", "/%2e%2e/x"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL = &url.URL{Path: Base + path}
		r.Header.Set("Referer", Base+path)
		token, rest := split(r)
		if !strings.HasPrefix(rest, "/") || strings.Contains(rest, "//") || token != "" &&
			!strings.HasPrefix(token, "tsk_") {
			t.Fatalf("split into %q and %q", token, rest)
		}
		clean := withoutToken(r, rest)
		if clean.URL.Path != rest || clean.RequestURI != "" || clean.Header.Get("Referer") != "" {
			t.Fatalf("behind: %v %v", clean.URL, clean.Header)
		}
		for _, one := range (&Service{}).table() {
			one.matches(rest)
		}
	})
}

// FuzzDetails: metadata of strangers is taken within its limits or refused with 400.
func FuzzDetails(f *testing.F) {
	for _, text := range []string{`{"content_id":"a","content_uri":"b","json":{"c":1}}`, `{"kettle":1}`,
		`{"collab":{}}`, `[]`, `{`,
		`{"content_id":null}`, `{"json":null}`, `{"content_id":1}`, `{"json":[]}`, "\xff"} {
		f.Add(text, "a note", "id", "uri")
	}
	f.Fuzz(func(t *testing.T, metadata, note, id, uri string) {
		d, err := formDetails(map[string]string{"metadata": metadata, "note": note, "content_id": id,
			"content_uri": uri}, nil)
		if r, ok := err.(*refusal); err != nil && (!ok || r.status != http.StatusBadRequest) {
			t.Fatalf("%v", err)
		}
		if err == nil && (len(d.ID) > maxName || len(d.Address) > maxName || len(d.Free) > maxFree) {
			t.Fatal("too much is kept")
		}
	})
}

// FuzzRatio: a share lies between nothing and the whole, and is read again as it is written.
func FuzzRatio(f *testing.F) {
	for _, text := range []string{"1", "0.5", `"0.25"`, `" 1 "`, "true", `"NaN"`, "null", "[1]", "1e-7",
		"0.0000001", `"0x1"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := objectOf([]byte(`{"r":`+text+`}`), "body")
		if err != nil {
			return
		}
		s, err := o.ratio("r")
		if err != nil {
			return
		}
		if s.parts < 0 || s.parts > tocsin.Whole {
			t.Fatalf("%d of %d", s.parts, tocsin.Whole)
		}
		written, _ := s.MarshalJSON()
		if again, err := (object{"r": written}).ratio("r"); err != nil || again.parts != s.parts {
			t.Fatalf("%s is read as %d, %v", written, again.parts, err)
		}
		_, _ = o.truth("r")
		_, _ = o.text("r")
	})
}
