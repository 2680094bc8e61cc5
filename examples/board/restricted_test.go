// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// drawn is a filled form without a file.
func drawn(text string) url.Values {
	return url.Values{"text": {text}, "motif": {"garden"}, "tags": {"kettle"}}
}

func TestRestrictedPostNamesWhoOnWhichBasisAndHowToContest(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.apply(1, full("garden"), full("bridge"))
	for _, path := range []string{"/post/1", "/media/1.png"} {
		r := f.get(path)
		if r.status != http.StatusUnavailableForLegalReasons {
			t.Errorf("%s answers %d", path, r.status)
		}
		if got, want := r.header.Get("Link"), "<"+f.base+`/>; rel="blocked-by"`; got != want {
			t.Errorf("%s: Link %q, want %q", path, got, want)
		}
		if got := r.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		for _, name := range []string{"garden", "bridge"} {
			contains(t, r.body, name+" authority", name+" basis", name+" remedies")
			lacks(t, r.body, name+" reasons", name+" reference")
		}
	}
}

func TestReasonsAreForTheAuthorOnly(t *testing.T) {
	t.Parallel()
	f := start(t)
	id, link := f.create(drawn("a kettle on the stove"), nil)
	_, otherLink := f.create(drawn("another kettle"), nil)
	f.apply(id, full("garden"))
	contains(t, f.get(link).body, "garden authority", "garden reasons", "garden reference")

	path := "/post/" + strconv.Itoa(id)
	_, otherToken, _ := strings.Cut(otherLink, "?")
	for _, query := range []string{"", "?author=", "?author=x", "?" + otherToken} {
		r := f.get(path + query)
		lacks(t, r.body, "garden reasons", "garden reference")
		if r.status != http.StatusUnavailableForLegalReasons {
			t.Errorf("%s answers %d", query, r.status)
		}
	}
	// The picture has no author's view, and a post without an author has no author link.
	lacks(t, f.get("/media/"+strconv.Itoa(id)+".png"+link[strings.Index(link, "?"):]).body, "garden reasons")
	f.apply(1, full("bridge"))
	lacks(t, f.get("/post/1?author=").body, "bridge reasons")
}

// sameAnswer compares all a client can see but the Date, which is the moment of asking.
func sameAnswer(t *testing.T, name string, a, b reply) {
	t.Helper()
	a.header.Del("Date")
	b.header.Del("Date")
	if diff := cmp.Diff(a, b, cmp.AllowUnexported(reply{})); diff != "" {
		t.Errorf("%s: the two answers can be told apart:\n%s", name, diff)
	}
}

func TestGagCannotBeToldFromARemovalUnderTheBoardsOwnTerms(t *testing.T) {
	t.Parallel()
	f := start(t)
	gagged, gaggedLink := f.create(drawn("a post about to be gagged"), nil)
	removed, removedLink := f.create(drawn("a post against the terms"), nil)
	if got := f.apply(gagged, gag("one"), gag("two")); got != "restricted" {
		t.Fatalf("action %q", got)
	}
	if r := f.remove(removed, "remove"); r.status != http.StatusSeeOther {
		t.Fatalf("removal answers %d", r.status)
	}
	page := func(id int) string { return "/post/" + strconv.Itoa(id) }
	media := func(id int) string { return "/media/" + strconv.Itoa(id) + ".png" }
	sameAnswer(t, "page", f.get(page(gagged)), f.get(page(removed)))
	sameAnswer(t, "picture", f.get(media(gagged)), f.get(media(removed)))
	sameAnswer(t, "author link", f.get(gaggedLink), f.get(removedLink))
	sameAnswer(t, "author and public", f.get(gaggedLink), f.get(page(removed)))
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		conditional := func(path string) reply {
			req := f.request(method, path, nil)
			req.Header.Set("If-None-Match", "*")
			req.Header.Set("Range", "bytes=0-1")
			return f.do(req)
		}
		sameAnswer(t, method, conditional(media(gagged)), conditional(media(removed)))
	}
	r := f.get(page(gagged))
	if r.status != http.StatusGone || r.header.Get("Link") != "" {
		t.Errorf("gagged post answers %d with Link %q", r.status, r.header.Get("Link"))
	}
	// The same post, removed and gagged at once, then only removed: still the same page.
	f.remove(gagged, "remove")
	sameAnswer(t, "both", f.get(page(gagged)), r)
	f.apply(gagged)
	sameAnswer(t, "removed after a gag", f.get(page(gagged)), r)
}

func TestGagIsSilentBesideADisclosedRestriction(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.apply(1, full("garden"))
	alone := f.get("/post/1")
	f.apply(1, gag("secret"), full("garden"), gag("other"))
	sameAnswer(t, "disclosed with gags", f.get("/post/1"), alone)
	f.apply(1, gag("secret"))
	if got := f.get("/post/1").status; got != http.StatusGone {
		t.Errorf("post under a gag alone answers %d", got)
	}
}

func TestDisclosedRestrictionIsNamedEvenOnARemovedPost(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.remove(1, "remove")
	f.apply(1, full("garden"))
	if got := f.get("/post/1").status; got != http.StatusUnavailableForLegalReasons {
		t.Errorf("answer %d", got)
	}
	f.apply(1)
	if got := f.get("/post/1").status; got != http.StatusGone {
		t.Errorf("lifting an order put back a post removed under the terms: %d", got)
	}
	f.remove(1, "restore")
	if got := f.get("/post/1").status; got != http.StatusOK {
		t.Errorf("restored post answers %d", got)
	}
}

func TestOneOfTwoRestrictionsLiftedLeavesThePostRestricted(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.apply(1, full("garden"), full("bridge"))
	if got := f.apply(1, full("bridge")); got != "restricted" {
		t.Errorf("action %q", got)
	}
	r := f.get("/post/1")
	contains(t, r.body, "bridge authority")
	lacks(t, r.body, "garden authority")
}

func TestReinstatedPictureIsTheSameBytes(t *testing.T) {
	t.Parallel()
	f := start(t)
	page, picture := f.get("/post/1"), f.get("/media/1.png")
	kept := f.state()
	f.apply(1, full("garden"))
	lacks(t, f.get("/media/1.png").body, picture.body)
	f.apply(1)
	sameAnswer(t, "page", f.get("/post/1"), page)
	sameAnswer(t, "picture", f.get("/media/1.png"), picture)
	if !strings.HasPrefix(picture.body, "\x89PNG") || kept == "" {
		t.Error("the picture is no PNG")
	}
}

func TestWithheldPostIsInNoList(t *testing.T) {
	t.Parallel()
	for name, withhold := range map[string]func(*running){
		"disclosed": func(f *running) { f.apply(1, full("garden")) },
		"gag":       func(f *running) { f.apply(1, gag("garden")) },
		"own terms": func(f *running) { f.remove(1, "remove") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t)
			f.create(drawn("stays"), nil)
			contains(t, f.get("/").body, "/media/1.png", "/post/1", "stays")
			contains(t, f.get("/tag/bridge").body, "/media/1.png")
			withhold(f)
			for _, list := range []string{"/", "/tag/bridge"} {
				r := f.get(list)
				lacks(t, r.body, "/media/1.png", `"/post/1"`)
				if r.status != http.StatusOK {
					t.Errorf("%s answers %d", list, r.status)
				}
			}
			contains(t, f.get("/").body, "stays")
		})
	}
}

func TestCopyInACacheIsNotConfirmedOnceRestricted(t *testing.T) {
	t.Parallel()
	f := start(t)
	first := f.get("/media/1.png")
	if got := first.header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control %q lets a copy outlive a restriction", got)
	}
	again := f.request(http.MethodGet, "/media/1.png", nil)
	again.Header.Set("If-None-Match", first.header.Get("ETag"))
	if got := f.do(again).status; got != http.StatusNotModified {
		t.Errorf("unchanged picture answers %d", got)
	}
	f.apply(1, full("garden"))
	if got := f.do(again).status; got != http.StatusUnavailableForLegalReasons {
		t.Errorf("restricted picture answers %d", got)
	}
}

func TestRestrictionEndsByItselfAtItsEnd(t *testing.T) {
	t.Parallel()
	f := start(t)
	ending := full("garden")
	ending["until"] = epoch.Add(time.Hour).Format(time.RFC3339Nano)
	f.apply(1, ending)
	f.clock.advance(time.Hour - time.Microsecond)
	if got := f.get("/post/1").status; got != http.StatusUnavailableForLegalReasons {
		t.Errorf("post answers %d before the end", got)
	}
	lacks(t, f.get("/").body, "/media/1.png")
	f.clock.advance(time.Microsecond)
	if got := f.get("/post/1").status; got != http.StatusOK {
		t.Errorf("post answers %d at the end", got)
	}
	contains(t, f.get("/").body, "/media/1.png")
	if got := f.apply(1, ending); got != "reinstated" {
		t.Errorf("an event whose every restriction has ended answers %q", got)
	}
}

func TestEndOfOneRestrictionLeavesTheOther(t *testing.T) {
	t.Parallel()
	f := start(t)
	ending := full("garden")
	ending["until"] = epoch.Add(time.Hour).Format(time.RFC3339)
	f.apply(1, ending, gag("quiet"))
	f.clock.advance(2 * time.Hour)
	if got := f.get("/post/1").status; got != http.StatusGone {
		t.Errorf("the gag that is left answers %d", got)
	}
}

func TestRestrictionTextIsEscaped(t *testing.T) {
	t.Parallel()
	f := start(t)
	r := full("garden")
	r["authority"] = `<script>alert(1)</script>`
	f.apply(1, r)
	lacks(t, f.get("/post/1").body, "<script>")
}
