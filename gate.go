// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Finding is what the plausibility gate has against an address. An order for a whole service or a
// collection is not an order for an item: it stops and asks a person. The list grew out of the
// 550 false addresses a public library received in 2019.
type Finding string

// What the gate finds. A root domain is refused at drafting; the others stop automatic execution at
// the host and wait for a person.
const (
	FindingRootDomain Finding = "root_domain"
	FindingCollection Finding = "collection"
	FindingNotFound   Finding = "not_found"
	FindingSearchPage Finding = "search_page"
	FindingUnresolved Finding = "unresolved" // the platform did not answer what the address names
)

// Validate refuses what cannot name one item: anything but an absolute http(s) address with a host
// and a path beyond the root, without credentials.
func (a Address) Validate(field string) error {
	if err := checkText(field+".additional", a.Additional, 0, 2000); err != nil {
		return err
	}
	if a.SeenSHA256 != "" && !a.SeenSHA256.Valid() {
		return Invalid(ReasonFormat, field+".seen_sha256", "A digest is 64 hexadecimal digits in lower case.")
	}
	if err := checkText(field+".url", a.URL, 1, maxURLLength); err != nil {
		return err
	}
	if len(a.URL) > maxURLLength {
		return Invalid(ReasonTooLong, field+".url", "An address takes at most %d bytes.", maxURLLength)
	}
	if strings.ContainsFunc(a.URL, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
	}) {
		return Invalid(ReasonFormat, field+".url",
			"An address holds no spaces and no invisible characters; write them as %%20 and the like.")
	}
	u, err := url.Parse(a.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.Opaque != "" {
		return Invalid(ReasonFormat, field+".url", "Give the full address, from https:// on.")
	}
	if u.User != nil {
		return Invalid(ReasonFormat, field+".url", "An address must not carry a user name or password.")
	}
	if isRoot(u) {
		return &Error{Code: CodeInvalid, Reason: ReasonGateStopped, Field: field + ".url",
			Public: "This is the address of a whole site. An order names the exact items (Art. 3(4)(c))."}
	}
	return nil
}

// Gate says what the address's own form has against it, before anyone is asked what it names.
func Gate(address string) []Finding {
	u, err := url.Parse(address)
	if err != nil {
		return []Finding{FindingUnresolved}
	}
	var found []Finding
	if isRoot(u) {
		found = append(found, FindingRootDomain)
	}
	if isSearch(u) {
		found = append(found, FindingSearchPage)
	}
	return found
}

func isRoot(u *url.URL) bool {
	path := strings.Trim(u.Path, "/.")
	if path == "" || slices.Contains([]string{"index.html", "index.htm", "index.php", "home"},
		strings.ToLower(path)) {
		return u.RawQuery == "" || isIPAddress(u.Hostname()) && path == ""
	}
	return false
}

func isSearch(u *url.URL) bool {
	q := u.Query()
	for _, name := range []string{"q", "query", "search", "s"} {
		if q.Has(name) {
			return true
		}
	}
	first, _, _ := strings.Cut(strings.Trim(strings.ToLower(u.Path), "/"), "/")
	return first == "search" || first == "recherche"
}

func isIPAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
