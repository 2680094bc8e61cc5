// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"tocsin"
	"tocsin/internal/flow"
)

// Base is the path below which everything of this package is served.
const Base = "/compat/hma"

// Key is what a token may do.
type Key struct {
	ID     tocsin.ActorID
	Name   string
	Scopes []string
	Banks  []string // names of the only banks it knows; all when empty
}

// Keys says whose token a request carries.
type Keys interface {
	// Check gives the key of a token, or an error of [tocsin.CodeUnauthenticated].
	Check(token string) (Key, error)
	// List gives all keys there are.
	List() ([]Key, error)
}

// Web fetches addresses that clients name.
type Web interface {
	// Fetch gives what stands at an address, in full. A failure is an *[Unfetched].
	Fetch(ctx context.Context, address string) (Fetched, error)
}

// Fetched is what stood at an address.
type Fetched struct {
	ContentType string
	Body        []byte
}

// Unfetched says why an address gave nothing. It never holds the address.
type Unfetched struct {
	Unsafe   bool   // it may not be fetched, or leads where nothing may be fetched
	TooLarge bool   // it holds more than is taken
	Why      string // in a few words, otherwise
}

// Error gives the reason.
func (u *Unfetched) Error() string { return "fetch address: " + u.Why }

// Deps is what a node plugs in.
type Deps struct {
	Flow  *flow.Flow
	Keys  Keys
	Web   Web
	Clock tocsin.Clock
	Log   *slog.Logger
	// Operator is who records what the configuration asserts and fetches local files.
	Operator flow.Actor
	// Assertions are the operator's word, by the name of a service key, that what it looks up is public or was
	// reported.
	Assertions map[string]flow.Assertion
	// Files is the folder from which local files may be read; none when empty.
	Files string
}

// Service answers as HMA does.
type Service struct {
	Deps
	contents *flow.Contents
	routes   []route
	uploads  chan struct{} // one for each content that is held in memory
	fetches  fetches
	wake     chan struct{}
	largest  int64 // bytes of a content

	asserting sync.Mutex
}

// uploads is how many contents are held in memory at the same time; others wait.
const uploads = 2

// New gives the service of a node that is started.
func New(ctx context.Context, d Deps) (*Service, error) {
	s := &Service{Deps: d, contents: flow.NewContents(d.Flow), uploads: make(chan struct{}, uploads),
		wake: make(chan struct{}, 1), largest: MaxContent}
	s.fetches.known = map[tocsin.RecordID]fetchStatus{}
	s.routes = s.table()
	return s, s.assert(ctx)
}

// Mine reports whether a path is served here. It is asked before any mux, which would answer a doubled slash
// with a redirect that holds the token.
func Mine(path string) bool { return below(path) != nil }

// below gives the parts of a path below [Base], nil when it lies elsewhere. Repeated slashes count as one,
// and one at the end as none.
func below(path string) []string {
	parts := []string{}
	for part := range strings.SplitSeq(path, "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) < 2 || "/"+parts[0]+"/"+parts[1] != Base {
		return nil
	}
	return parts[2:]
}

// call is one request.
type call struct {
	s     *Service
	w     http.ResponseWriter
	r     *http.Request // without the token
	key   Key
	actor flow.Actor
	query url.Values
	vars  map[string]string // of the path
	// folder is set when the path ends in a slash, so that a relative address leads below it.
	folder bool
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	c := &call{s: s, w: w, folder: strings.HasSuffix(r.URL.Path, "/")}
	token, path := split(r)
	c.r = withoutToken(r, path)
	if err := c.serve(token, path, r.URL.RawQuery); err != nil {
		c.refuse(err)
	}
}

func (c *call) serve(token, path, rawQuery string) (err error) {
	if c.key, err = c.s.Keys.Check(token); err != nil {
		if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeBusy { // the key, and not the node
			c.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
			return refusef(http.StatusTooManyRequests, "%s", e.Public)
		}
		return err
	}
	c.actor = flow.Actor{ID: c.key.ID, Scopes: c.key.Scopes, Banks: c.key.Banks}
	if c.query, err = url.ParseQuery(rawQuery); err != nil {
		return refusef(http.StatusBadRequest, "The query is malformed.")
	}
	do, err := c.route(path)
	if err != nil {
		return err
	}
	return do(c)
}

// split finds the token and the path below it: in the path, where the client can send no header, or else in
// the header.
func split(r *http.Request) (token, path string) {
	parts := below(r.URL.Path)
	if len(parts) > 0 && strings.HasPrefix(parts[0], "tsk_") {
		return parts[0], "/" + strings.Join(parts[1:], "/")
	}
	values := r.Header.Values("Authorization")
	if len(values) == 1 {
		if scheme, text, found := strings.Cut(values[0], " "); found && strings.EqualFold(scheme, "Bearer") {
			token = text
		}
	}
	return token, "/" + strings.Join(parts, "/")
}

// withoutToken is the request as everything behind sees it.
func withoutToken(r *http.Request, path string) *http.Request {
	clean := r.Clone(r.Context())
	clean.URL = &url.URL{Path: path}
	clean.RequestURI = ""
	clean.Header.Del("Authorization")
	clean.Header.Del("Referer")
	return clean
}
