// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is a small picture.
func sample() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 30, 20))
	for i := range 30 {
		img.Set(i, i/2, color.NRGBA{uint8(8 * i), 90, 120, 255})
	}
	return img
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestNewPostIsShownWithItsAuthorLink(t *testing.T) {
	t.Parallel()
	f := start(t)
	_, link := f.create(url.Values{
		"text": {"  A kettle,\r\nsinging.  "}, "motif": {"pattern"}, "tags": {"#Kettle, steam\tkettle"},
	}, nil)
	r := f.get(link)
	contains(t, r.body, "A kettle,\nsinging.</figcaption>", `href="/tag/kettle"`, `href="/tag/steam"`,
		"author link")
	if got := r.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the author's page may be stored: %q", got)
	}
	path, query, _ := strings.Cut(link, "?author=")
	lacks(t, f.get(path).body, "This is your author link")
	lacks(t, f.state(), query)
	contains(t, f.get("/tag/kettle").body, `href="`+path+`"`)
}

func TestUploadedPictureIsEncodedAnew(t *testing.T) {
	t.Parallel()
	f := start(t)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, sample(), nil); err != nil {
		t.Fatal(err)
	}
	hidden := []byte("hidden after the picture")
	for name, file := range map[string][]byte{"png": pngOf(t, sample()), "jpeg": photo.Bytes()} {
		_, link := f.create(url.Values{"text": {name}, "alt": {"a slope"}}, append(file, hidden...))
		path, _, _ := strings.Cut(link, "?")
		r := f.get(strings.Replace(path, "/post/", "/media/", 1) + ".png")
		if got := r.header.Get("Content-Type"); got != "image/png" {
			t.Errorf("%s: media type %q", name, got)
		}
		if strings.Contains(r.body, string(hidden)) {
			t.Errorf("%s: bytes behind the picture were kept", name)
		}
		img, err := png.Decode(strings.NewReader(r.body))
		if err != nil || img.Bounds() != sample().Bounds() {
			t.Errorf("%s: served picture: %v, %v", name, img, err)
		}
		contains(t, f.get(path).body, `alt="a slope" width="30" height="20"`)
	}
}

func TestBadPostIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	f := start(t)
	file := pngOf(t, sample())
	before := f.state()
	cases := map[string]struct {
		fields url.Values
		file   []byte
		status int
	}{
		"no text":         {url.Values{"motif": {"garden"}}, nil, 422},
		"blank text":      {url.Values{"text": {" \n "}, "motif": {"garden"}}, nil, 422},
		"long text":       {url.Values{"text": {strings.Repeat("é", 1001)}, "motif": {"garden"}}, nil, 422},
		"control":         {url.Values{"text": {"a\x00b"}, "motif": {"garden"}}, nil, 422},
		"not UTF-8":       {url.Values{"text": {"a\xffb"}, "motif": {"garden"}}, nil, 422},
		"no picture":      {url.Values{"text": {"x"}}, nil, 422},
		"unknown motif":   {url.Values{"text": {"x"}, "motif": {"nothing"}}, nil, 422},
		"bad tag":         {url.Values{"text": {"x"}, "motif": {"garden"}, "tags": {"a/b"}}, nil, 422},
		"dotted tag":      {url.Values{"text": {"x"}, "motif": {"garden"}, "tags": {".."}}, nil, 422},
		"six tags":        {url.Values{"text": {"x"}, "motif": {"garden"}, "tags": {"a b c d e f"}}, nil, 422},
		"no description":  {url.Values{"text": {"x"}}, file, 422},
		"no picture file": {url.Values{"text": {"x"}, "alt": {"y"}}, []byte("plain words"), 422},
		"damaged picture": {url.Values{"text": {"x"}, "alt": {"y"}}, file[:len(file)-20], 422},
		"large file":      {url.Values{"text": {"x"}, "alt": {"y"}}, make([]byte, 4<<20+1), 422},
		"huge file":       {url.Values{"text": {"x"}, "alt": {"y"}}, make([]byte, 5<<20), 413},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := f.submit(c.fields, c.file)
			if r.status != c.status {
				t.Errorf("answer %d, want %d", r.status, c.status)
			}
			contains(t, r.body, `role="alert"`)
		})
	}
	req := f.request(http.MethodPost, "/new", []byte("text=x"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := f.do(req).status; got != http.StatusBadRequest {
		t.Errorf("a form of the wrong kind answers %d", got)
	}
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("state changed:\n%s", diff)
	}
}

func TestFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	f := start(t)
	r := f.submit(url.Values{
		"text": {"<b>words</b>"}, "alt": {`a "view"`}, "motif": {"pattern"}, "tags": {"a/b"},
	}, nil)
	contains(t, r.body, "&lt;b&gt;words", "a &#34;view&#34;", `value="pattern" checked`, `value="a/b"`)
}

func TestFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	req := f.request(http.MethodPost, "/new", nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := f.do(req).status; got != http.StatusForbidden {
		t.Errorf("answer %d", got)
	}
}

func TestOwnTermsRemovalNeedsTheAdminToken(t *testing.T) {
	t.Parallel()
	f := start(t)
	before := f.state()
	for name, c := range map[string]struct {
		form   string
		status int
	}{
		"no token":    {"post=1&action=remove", 403},
		"wrong token": {"post=1&action=remove&token=x", 403},
		"no post":     {"action=remove&token=" + url.QueryEscape(adminToken), 422},
		"no action":   {"post=1&token=" + url.QueryEscape(adminToken), 422},
		"other post":  {"post=9&action=remove&token=" + url.QueryEscape(adminToken), 404},
		"large form":  {strings.Repeat("x", 5000), 400},
	} {
		req := f.request(http.MethodPost, "/admin", []byte(c.form))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := f.do(req).status; got != c.status {
			t.Errorf("%s: answer %d, want %d", name, got, c.status)
		}
	}
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("state changed:\n%s", diff)
	}
	req := f.request(http.MethodPost, "/admin", []byte("post=1&action=remove"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+adminToken)
	if got := f.do(req).status; got != http.StatusSeeOther {
		t.Errorf("a bearer token answers %d", got)
	}
}
