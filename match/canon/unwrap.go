// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"slices"
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/canon/refang"
	"tocsin/match/syntax"
)

// MaxUnwraps bounds how many wrappers, one in the other, are followed.
const MaxUnwraps = 5

// wrapperRule says where an archive, redirector, proxy or gateway writes the address it leads to.
type wrapperRule struct {
	ID     string   `json:"id"`
	Hosts  []string `json:"hosts"`
	Kind   string   `json:"kind"`   // "" by shape; "hyphens", "onion", "cid-host", "cid-path"
	Shapes []string `json:"shapes"` // with {url}
	Bare   string   `json:"bare"`   // the scheme of a target written without one; "" refuses it
}

type wrapper struct {
	id     string
	target func(href.URL) (string, bool)
}

func (r wrapperRule) compile() (*wrapper, error) {
	if r.ID == "" || len(r.Hosts) == 0 {
		return nil, syntax.Errorf("rules", syntax.Structure, "a wrapper lacks its id or its hosts")
	}
	var shapes []shape
	for _, text := range r.Shapes {
		s, err := parseShape(text)
		if err != nil {
			return nil, err
		}
		shapes = append(shapes, s)
	}
	byKind := map[string]func(href.URL) (string, bool){
		"":         func(u href.URL) (string, bool) { return shapedTarget(shapes, r.Bare, u) },
		"hyphens":  hyphenTarget,
		"onion":    onionTarget,
		"cid-host": contentHost,
		"cid-path": contentPath,
	}
	target, known := byKind[r.Kind]
	if !known || r.Kind == "" && len(shapes) == 0 {
		return nil, syntax.Errorf("rules", syntax.Structure, "wrapper %s is of no known kind", r.ID)
	}
	return &wrapper{id: r.ID, target: target}, nil
}

// unwrap returns the rule that fits an address and the address inside it, which is one on the web as it
// stands.
func (r *Rules) unwrap(u href.URL) (rule, target string, ok bool) {
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", "", false
	}
	for w := range r.wrappers.of(r.standing(u.Host)) {
		if target, ok := w.target(u); ok && len(target) <= href.MaxLength && refang.Plain(target) {
			return w.id, target, true
		}
	}
	return "", "", false
}

func shapedTarget(shapes []shape, bare string, u href.URL) (string, bool) {
	for _, s := range shapes {
		captured, ok := s.match(u)
		if !ok {
			continue
		}
		if s.parameter != "" || !strings.Contains(captured, ":/") && strings.Contains(captured, "%3") {
			captured = unescapeOnce(captured)
		}
		if target, ok := withScheme(captured, bare); ok {
			return target, true
		}
	}
	return "", false
}

// withScheme gives a target its "://" back, which paths lose: servers join slashes.
func withScheme(target, bare string) (string, bool) {
	for _, scheme := range []string{"http", "https", "ftp"} {
		rest, found := strings.CutPrefix(target, scheme+":/")
		if found {
			return scheme + "://" + strings.TrimLeft(rest, "/"), true
		}
	}
	if bare == "" || strings.HasPrefix(target, "/") {
		return "", false
	}
	return bare + "://" + target, true
}

// hyphenTarget reads the first label of a translation proxy: "-" stands for a dot, "--" for a hyphen.
func hyphenTarget(u href.URL) (string, bool) {
	label, _, _ := strings.Cut(u.Host, ".")
	const hyphen = "\x00"
	host := strings.ReplaceAll(strings.ReplaceAll(label, "--", hyphen), "-", ".")
	u.Host, u.Port = strings.ReplaceAll(host, hyphen, "-"), ""
	u.Query = keep(u.Query, func(field string) bool { return !strings.HasPrefix(field, "_x_tr_") })
	u.HasQuery = u.Query != ""
	return u.String(), strings.Contains(u.Host, ".")
}

// onionTarget drops what follows ".onion" in the name of a gateway to hidden services.
func onionTarget(u href.URL) (string, bool) {
	labels := strings.Split(u.Host, ".")
	at := slices.Index(labels, "onion")
	if at < 1 || at == len(labels)-1 || !onionName(labels[at-1]) {
		return "", false
	}
	u.Scheme, u.Host, u.Port = "http", strings.Join(labels[:at+1], "."), ""
	return u.String(), true
}

// onionName says whether a label is the name of a hidden service: base32 of 35 bytes (version 3) or 10 (2).
func onionName(label string) bool {
	return (len(label) == 56 || len(label) == 16) && strings.Trim(label,
		"abcdefghijklmnopqrstuvwxyz234567") == ""
}

// unescapeOnce undoes percent-encoding, once.
func unescapeOnce(text string) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if c, ok := escaped(text[i:]); ok {
			out = append(out, c)
			i += 2
			continue
		}
		out = append(out, text[i])
	}
	return string(out)
}

// escaped returns the byte that "%xx" at the beginning of a text stands for.
func escaped(text string) (byte, bool) {
	if len(text) < 3 || text[0] != '%' {
		return 0, false
	}
	high, low := nibble(text[1]), nibble(text[2])
	return high<<4 | low, high < 16 && low < 16
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
