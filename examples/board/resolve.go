// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// maxAddress is the longest address the board looks at.
const maxAddress = 2048

// kind is what an address names on this board.
type kind string

const (
	kindItem       kind = "item"
	kindCollection kind = "collection"
	kindNone       kind = "none" // another host, or nothing of ours
)

// place is where an address leads; post is set for an item.
type place struct {
	kind kind
	post postID
}

// resolution is the answer of POST /tocsin/resolve.
type resolution struct {
	Kind    kind   `json:"kind"`
	Ref     string `json:"ref,omitempty"`
	Address string `json:"address,omitempty"`
	// Language is what the author is told things in, where she chose one.
	Language string `json:"language,omitempty"`
	// Media are the files of the post, at addresses that only the node is told.
	Media []medium `json:"media,omitempty"`
}

// serveResolve tells the node what an address names. An order that names a collection, or nothing, stops
// there; a post that is restricted or removed still resolves, or its order could never be withdrawn.
func (b *Board) serveResolve(w http.ResponseWriter, r *http.Request) {
	res, err := b.resolve(w, r)
	if err != nil {
		b.writeProblem(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, "application/json", res)
}

func (b *Board) resolve(w http.ResponseWriter, r *http.Request) (resolution, error) {
	body, err := b.authentic(w, r)
	if err != nil {
		return resolution{}, err
	}
	var question struct {
		Address string `json:"address"`
		Ref     string `json:"ref"`
	}
	if err := decodeStrict(body, &question); err != nil {
		return resolution{}, err
	}
	var at place
	if question.Ref != "" {
		at, err = referred(question.Ref, question.Address)
	} else {
		at, err = locate(b.base, question.Address)
	}
	if err != nil || at.kind != kindItem {
		return resolution{Kind: at.kind}, err
	}
	language, err := b.languageOf(r.Context(), at.post)
	if errors.Is(err, sql.ErrNoRows) {
		return resolution{Kind: kindNone}, nil
	}
	return resolution{at.kind, at.post.String(), b.base.String() + at.post.path(), language, b.mediaOf(at.post)}, err
}

// referred says what the board's own reference names. A question has a reference or an address.
func referred(ref, address string) (place, error) {
	if address != "" {
		return place{kind: kindNone}, invalid("ref", "does not go with address")
	}
	if id, ok := parsePostID(ref); ok {
		return place{kind: kindItem, post: id}, nil
	}
	return place{kind: kindNone}, nil
}

// languageOf is what the author of a post chose to be told things in; [sql.ErrNoRows] when there is no such post.
func (b *Board) languageOf(ctx context.Context, id postID) (language string, err error) {
	err = b.store.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT language FROM post WHERE id = $1`, id).Scan(&language)
	})
	return language, err
}

var errBadAddress error = problemOf(http.StatusUnprocessableEntity, "invalid-member",
	"address must be one web address of at most 2048 characters.")

// locate says what raw names on the board at base, by its spelling alone. Spellings a browser takes for the
// same page are the same: case of scheme and host, default port, final dot, escapes, dot segments, trailing
// slash, query, fragment. The query never chooses the post, so it is dropped with the author token it may
// hold.
func locate(base *url.URL, raw string) (place, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" || len(raw) > maxAddress {
		return place{kind: kindNone}, errBadAddress
	}
	u, err := url.Parse(raw)
	if err != nil {
		return place{kind: kindNone}, errBadAddress
	}
	if !sameHost(base, u) {
		return place{kind: kindNone}, nil
	}
	// An escaped slash is a character inside a name, not a separator (RFC 3986 §2.2), and no name of ours
	// holds one.
	if strings.Contains(strings.ToLower(u.EscapedPath()), "%2f") {
		return place{kind: kindNone}, nil
	}
	// path.Clean is what net/http does to a request; it also drops the trailing slash.
	return locatePath(path.Clean("/" + u.Path)), nil
}

func locatePath(p string) place {
	if p == "/" {
		return place{kind: kindCollection}
	}
	dir, name, _ := strings.Cut(p[1:], "/")
	switch dir {
	case "tag":
		if tagPattern.MatchString(name) {
			return place{kind: kindCollection}
		}
	case "media":
		var png bool
		if name, png = strings.CutSuffix(name, ".png"); !png {
			break
		}
		fallthrough
	case "post":
		if id, ok := parsePostID(name); ok {
			return place{kind: kindItem, post: id}
		}
	}
	return place{kind: kindNone}
}

// sameHost compares scheme, host and port. http and https on their default ports are one site, as the
// redirect between them says; on other ports they are two servers.
func sameHost(a, b *url.URL) bool {
	schemeB := strings.ToLower(b.Scheme)
	if schemeB != "http" && schemeB != "https" || hostName(a) != hostName(b) {
		return false
	}
	portA, portB := port(a), port(b)
	if a.Scheme == schemeB {
		return portA == portB
	}
	return portA == defaultPort(a.Scheme) && portB == defaultPort(schemeB)
}

func hostName(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.String()
	}
	return name
}

func port(u *url.URL) string {
	if p := strings.TrimLeft(u.Port(), "0"); p != "" {
		return p
	}
	return defaultPort(strings.ToLower(u.Scheme))
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}
