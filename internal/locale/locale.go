// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package locale holds every word that a person reads in the console, in each language, and picks the
// language.
//
// It must never translate what travels between nodes: codes stay codes, and the text of an order stays in
// the language in which it was signed. Catalogues are catalogues/<area>.<language>.json; an area is a room
// or a topic, an id is dotted and begins with its topic ("order.reasons").
//
// Start reading at New and Localizer.T. The tests of this package compare the languages with each other and
// with the ids that the source uses.
package locale

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalogues/*.json
var catalogues embed.FS

// CookieName is the cookie that holds a person's own choice of language, as a BCP 47 tag.
const CookieName = "tocsin_lang"

// maxHeader bounds what is parsed of an Accept-Language header; nobody reads more languages than fit.
const maxHeader = 256

// Catalogues holds all languages. It is safe for concurrent use.
type Catalogues struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
	tags    []language.Tag
}

// New gives the embedded catalogues, which are read once: they do not change. English is first and is what an unknown
// language falls back to.
func New() (*Catalogues, error) { return embedded() }

var embedded = sync.OnceValues(func() (*Catalogues, error) { return load(catalogues) })

func load(files fs.FS) (*Catalogues, error) {
	bundle := i18n.NewBundle(language.English)
	names, err := fs.Glob(files, "catalogues/*.json")
	if err != nil {
		return nil, fmt.Errorf("list catalogues: %w", err)
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(files, name); err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", name, err)
		}
	}
	tags := bundle.LanguageTags()
	return &Catalogues{bundle: bundle, matcher: language.NewMatcher(tags), tags: tags}, nil
}

// Languages lists what a person may choose from, English first.
func (c *Catalogues) Languages() []language.Tag { return append([]language.Tag(nil), c.tags...) }

// Localizer picks the language: the person's own choice first, then what the browser asks for, then
// English. Either may be empty or nonsense.
func (c *Catalogues) Localizer(choice, acceptLanguage string) *Localizer {
	var wanted []language.Tag
	if tag, err := language.Parse(choice); err == nil {
		wanted = append(wanted, tag)
	}
	if len(acceptLanguage) <= maxHeader {
		if tags, _, err := language.ParseAcceptLanguage(acceptLanguage); err == nil {
			wanted = append(wanted, tags...)
		}
	}
	_, index, _ := c.matcher.Match(wanted...)
	tag := c.tags[index]
	return &Localizer{tag: tag, messages: i18n.NewLocalizer(c.bundle, tag.String())}
}

// Middleware gives every request its Localizer, and says in the answer which language it is in.
func (c *Catalogues) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		choice := ""
		if cookie, err := r.Cookie(CookieName); err == nil {
			choice = cookie.Value
		}
		localizer := c.Localizer(choice, r.Header.Get("Accept-Language"))
		w.Header().Set("Content-Language", localizer.Lang())
		w.Header().Add("Vary", "Accept-Language, Cookie")
		next.ServeHTTP(w, r.WithContext(With(r.Context(), localizer)))
	})
}

type contextKey struct{}

// With returns a context that carries the language; From takes it out again.
func With(ctx context.Context, l *Localizer) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// From returns the Localizer of a request, or one that shows ids where no middleware ran.
func From(ctx context.Context) *Localizer {
	if l, ok := ctx.Value(contextKey{}).(*Localizer); ok {
		return l
	}
	return &Localizer{tag: language.English, messages: i18n.NewLocalizer(i18n.NewBundle(language.English))}
}

// T is From(ctx).T: the form that templates use.
func T(ctx context.Context, id string, data ...any) string { return From(ctx).T(id, data...) }

// N is From(ctx).N.
func N(ctx context.Context, id string, count int, data ...any) string {
	return From(ctx).N(id, count, data...)
}
