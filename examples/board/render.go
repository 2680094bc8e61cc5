// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"sync"
	"time"
)

//go:embed page
var pageFiles embed.FS

// Cache-Control of the board's answers. A stored copy would outlive a restriction, so that pages and pictures
// are checked again at each use, and what must not be shown is not stored at all.
const (
	cacheChecked = "no-cache"
	cacheNever   = "no-store"
)

// pages are parsed when the first one is shown: programs that only carry a board along start without them.
var pages = sync.OnceValue(func() map[string]*template.Template {
	return parsePages("list", "post", "new", "report", "admin", "removed", "decided", "blocked", "message")
})

func parsePages(names ...string) map[string]*template.Template {
	layout := template.Must(template.New("layout.html").Funcs(template.FuncMap{
		"day":     func(t time.Time) string { return t.Format("2 January 2006") },
		"instant": func(t time.Time) string { return t.Format("2 January 2006, 15:04 UTC") },
		"machine": func(t time.Time) string { return t.Format(time.RFC3339) },
	}).ParseFS(pageFiles, "page/layout.html", "page/statement.html"))
	set := make(map[string]*template.Template, len(names))
	for _, name := range names {
		set[name] = template.Must(template.Must(layout.Clone()).ParseFS(pageFiles, "page/"+name+".html"))
	}
	return set
}

// frame is what every page gets. It holds nothing of the request: the removed page must be the same bytes
// always.
type frame struct {
	Board, Contact, Heading string
	Data                    any
}

// render writes a whole page or, when its template fails, a plain 500: never half a page.
func (b *Board) render(w http.ResponseWriter, status int, cache, name, heading string, data any) {
	var buf bytes.Buffer
	err := pages()[name].Execute(&buf, frame{b.cfg.Title, b.cfg.Contact, heading, data})
	if err != nil {
		b.cfg.Log.Error("board could not render", "page", name, "err", err)
		http.Error(w, "The board failed to draw this page.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", "en")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	h.Set("Cache-Control", cache)
	w.WriteHeader(status)
	w.Write(buf.Bytes()) // the reader may be gone; there is nobody to tell
}

// renderMessage shows one heading and one sentence.
func (b *Board) renderMessage(w http.ResponseWriter, status int, heading, sentence string) {
	b.render(w, status, cacheNever, "message", heading, sentence)
}

func (b *Board) serveNotFound(w http.ResponseWriter, _ *http.Request) {
	b.renderMessage(w, http.StatusNotFound, "Nothing here", "The board has no page at this address.")
}

func (b *Board) serveFailure(w http.ResponseWriter, r *http.Request, err error) {
	b.cfg.Log.ErrorContext(r.Context(), "board could not answer", "route", r.Pattern, "err", err)
	b.renderMessage(w, http.StatusInternalServerError, "Something broke", "The board failed. Try again.")
}

// serveStatic serves one embedded file, with a tag so that a browser asks but does not fetch twice.
func serveStatic(name, mediaType string) http.HandlerFunc {
	content, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err) // the file is compiled in
	}
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256(content))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Cache-Control", cacheChecked)
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}
