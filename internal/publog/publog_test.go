// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package publog_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/translog"
)

func twoShards(t testing.TB) *shards {
	t.Helper()
	src := &shards{all: map[int64]*shard{1: newShard(t, 1), 2: newShard(t, 2)}, current: 2}
	src.all[1].grow(t, 3)
	src.all[1].publish(t)
	src.all[2].grow(t, 300)
	src.all[2].publish(t)
	src.all[2].grow(t, 400) // committed, not published yet
	return src
}

func TestEveryResourceHasItsTypeAndLifetime(t *testing.T) {
	t.Parallel()
	server := serve(t, twoShards(t))
	const forEver, partial = "public, max-age=31536000, immutable", "public, max-age=600, immutable"
	for path, want := range map[string]struct{ contentType, cache string }{
		"/log/checkpoint":            {"text/plain; charset=utf-8", "public, max-age=2"},
		"/log/1/checkpoint":          {"text/plain; charset=utf-8", "public, max-age=2"},
		"/log/tile/0/000":            {"application/octet-stream", forEver},
		"/log/tile/0/001.p/44":       {"application/octet-stream", partial},
		"/log/tile/1/000.p/1":        {"application/octet-stream", partial},
		"/log/tile/entries/000":      {"application/octet-stream", forEver},
		"/log/tile/entries/001.p/44": {"application/octet-stream", partial},
		"/log/1/tile/entries/000.p/3": {
			"application/octet-stream", partial},
	} {
		resp, body := get(t, http.MethodGet, server.URL+path, nil)
		if resp.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%s: status %d, %d bytes", path, resp.StatusCode, len(body))
		}
		if got := resp.Header.Get("Content-Type"); got != want.contentType {
			t.Errorf("%s: content type %q", path, got)
		}
		if got := resp.Header.Get("Cache-Control"); got != want.cache {
			t.Errorf("%s: cache control %q", path, got)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: may be sniffed", path)
		}
		head, nothing := get(t, http.MethodHead, server.URL+path, nil)
		if head.ContentLength != int64(len(body)) || len(nothing) != 0 {
			t.Errorf("HEAD %s: length %d, want %d", path, head.ContentLength, len(body))
		}
	}
}

// The whole of the published tree can be read, and one step beyond cannot, although the source holds it.
func TestNothingBeyondThePublishedSizeIsServed(t *testing.T) {
	t.Parallel()
	src := twoShards(t)
	server := serve(t, src)
	const published, committed = 300, 700
	for _, tile := range tlog.NewTiles(translog.TileHeight, 0, published) {
		resp, body := get(t, http.MethodGet, server.URL+"/log/"+translog.TilePath(tile), nil)
		want, err := translog.TileData(published, tile, src.all[2])
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || !bytes.Equal(body, want) {
			t.Errorf("%s: status %d", translog.TilePath(tile), resp.StatusCode)
		}
	}
	beyond := tlog.NewTiles(translog.TileHeight, published, committed)
	for level := range beyond {
		if beyond[level].L == 0 {
			bundle := beyond[level]
			bundle.L = translog.EntriesLevel
			beyond = append(beyond, bundle)
		}
	}
	beyond = append(beyond, tlog.Tile{H: 8, L: 0, N: 1, W: 45}, tlog.Tile{H: 8, L: -1, N: 1, W: 45})
	for _, tile := range beyond {
		resp, body := get(t, http.MethodGet, server.URL+"/log/"+translog.TilePath(tile), nil)
		if resp.StatusCode != http.StatusNotFound || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, %d bytes", translog.TilePath(tile), resp.StatusCode, len(body))
		}
	}
}

func TestWrongRequestGetsPlainRefusal(t *testing.T) {
	t.Parallel()
	server := serve(t, twoShards(t))
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{http.MethodPost, "/log/checkpoint", http.StatusMethodNotAllowed},
		{http.MethodDelete, "/log/tile/0/000", http.StatusMethodNotAllowed},
		{http.MethodGet, "/log/tile/0/00", http.StatusBadRequest},
		{http.MethodGet, "/log/tile/0/%30%30%30", http.StatusBadRequest},
		{http.MethodGet, "/log/tile/data/000", http.StatusBadRequest},
		{http.MethodGet, "/log/tile/0/001.p/0", http.StatusBadRequest},
		{http.MethodGet, "/log/tile/", http.StatusBadRequest},
		{http.MethodGet, "/log/", http.StatusNotFound},
		{http.MethodGet, "/log/checkpoint/", http.StatusNotFound},
		{http.MethodGet, "/log/3/checkpoint", http.StatusNotFound},
		{http.MethodGet, "/log/0/checkpoint", http.StatusNotFound},
		{http.MethodGet, "/log/01/checkpoint", http.StatusNotFound},
		{http.MethodGet, "/log/+1/checkpoint", http.StatusNotFound},
		{http.MethodGet, "/log/1/2/checkpoint", http.StatusNotFound},
		{http.MethodGet, "/orders", http.StatusNotFound},
	} {
		resp, body := get(t, c.method, server.URL+c.path, nil)
		if resp.StatusCode != c.want {
			t.Errorf("%s %s: status %d, want %d", c.method, c.path, resp.StatusCode, c.want)
		}
		if got := strings.TrimSpace(string(body)); got != http.StatusText(c.want) {
			t.Errorf("%s %s: body %q", c.method, c.path, got)
		}
		if c.want == http.StatusMethodNotAllowed && resp.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: Allow is %q", c.method, c.path, resp.Header.Get("Allow"))
		}
	}
}

func TestFailureInsideTellsThePublicNothing(t *testing.T) {
	t.Parallel()
	src := twoShards(t)
	server := serve(t, src)
	for _, c := range []struct {
		broken error
		want   int
	}{
		{errors.New("disk of canary is full"), http.StatusInternalServerError},
		{tocsin.Errorf(tocsin.CodeBusy, "", "canary"), http.StatusServiceUnavailable},
	} {
		src.broken = c.broken
		resp, body := get(t, http.MethodGet, server.URL+"/log/tile/0/000", nil)
		if resp.StatusCode != c.want || bytes.Contains(body, []byte("canary")) {
			t.Errorf("status %d, body %q", resp.StatusCode, body)
		}
	}
	src.broken, src.all[2].published = nil, []byte("not a checkpoint")
	if resp, _ := get(t, http.MethodGet, server.URL+"/log/tile/0/000", nil); resp.StatusCode != 500 {
		t.Errorf("unreadable checkpoint: status %d", resp.StatusCode)
	}
}

func TestShortAnswerOfTheSourceIsNotPassedOn(t *testing.T) {
	t.Parallel()
	src := twoShards(t)
	src.withheld = 1
	server := serve(t, src)
	for _, path := range []string{"/log/tile/0/000", "/log/tile/entries/000"} {
		if resp, _ := get(t, http.MethodGet, server.URL+path, nil); resp.StatusCode != 500 {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
	}
}

func TestLogIsAbsentUntilItsFirstCheckpoint(t *testing.T) {
	t.Parallel()
	src := &shards{all: map[int64]*shard{1: newShard(t, 1)}, current: 1}
	src.all[1].grow(t, 5)
	server := serve(t, src)
	for _, path := range []string{"/log/checkpoint", "/log/tile/0/000.p/5", "/log/tile/entries/000.p/5"} {
		if resp, _ := get(t, http.MethodGet, server.URL+path, nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
	}
}

func TestBundlesAreCompressedForThoseWhoAsk(t *testing.T) {
	t.Parallel()
	server := serve(t, twoShards(t))
	address := server.URL + "/log/tile/entries/000"
	_, plain := get(t, http.MethodGet, address, nil)
	for accept, want := range map[string]bool{
		"gzip": true, "br, GZIP;q=0.5": true, "gzip;q=0": false, "gzip;q=x": false, "x-gzip": false,
		"identity": false,
	} {
		resp, body := get(t, http.MethodGet, address, http.Header{"Accept-Encoding": {accept}})
		if got := resp.Header.Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("%q: compressed is %v", accept, got)
		}
		if want {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(body, plain) || resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: not the same bundle", accept)
		}
	}
}

// The public face can only pass on leaf bytes and hashes: nothing it imports knows a record.
func TestPublicLogCannotReachOriginals(t *testing.T) {
	t.Parallel()
	allowed := map[string]bool{"tocsin": true, "tocsin/translog": true}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if strings.HasPrefix(path, "tocsin") && !allowed[path] || path == "os" || path == "database/sql" {
				t.Errorf("%s imports %s", file.Name(), path)
			}
		}
	}
}
