// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"
)

// message is what a signature can cover: a request (method and target) or a response (status).
type message struct {
	method, target string
	status         int
	header         http.Header
}

// signatureBase builds the bytes that are signed (RFC 9421 §2.5) for a parsed or built input.
func (m message) signatureBase(input httpsfv.InnerList) ([]byte, error) {
	var b strings.Builder
	for _, item := range input.Items {
		name, ok := item.Value.(string)
		if !ok {
			return nil, fail(Malformed)
		}
		value, err := m.component(name)
		if err != nil {
			return nil, err
		}
		b.WriteString(`"` + name + `": ` + value + "\n")
	}
	params, err := httpsfv.Marshal(input)
	if err != nil {
		return nil, fail(Malformed)
	}
	b.WriteString(`"@signature-params": ` + params)
	return []byte(b.String()), nil
}

// component is the value of one covered component: a derived one (RFC 9421 §2.2) or a header field
// that appears exactly once (§2.1). Components with parameters are not part of the profile.
func (m message) component(name string) (string, error) {
	if strings.HasPrefix(name, "@") {
		return m.derived(name)
	}
	if name != strings.ToLower(name) {
		return "", fail(Malformed)
	}
	values := m.header.Values(name)
	switch len(values) {
	case 0:
		return "", fail(MissingComponent)
	case 1:
	default:
		return "", fail(DuplicateHeader)
	}
	value := strings.Trim(values[0], " \t")
	if strings.ContainsAny(value, "\r\n") {
		return "", fail(Malformed)
	}
	return value, nil
}

func (m message) derived(name string) (string, error) {
	if m.status != 0 {
		if name == componentStatus {
			return strconv.Itoa(m.status), nil
		}
		return "", fail(UnsupportedComponent)
	}
	scheme, rest, _ := strings.Cut(m.target, "://")
	slash := strings.IndexByte(rest, '/')
	if slash < 0 || strings.ContainsAny(m.target, "\r\n") || strings.ContainsAny(m.method, "\r\n") {
		return "", fail(Malformed)
	}
	path, query, _ := strings.Cut(rest[slash:], "?")
	switch name {
	case componentMethod:
		return m.method, nil
	case componentTarget:
		return m.target, nil
	case "@scheme":
		return scheme, nil
	case "@authority":
		return rest[:slash], nil
	case "@request-target":
		return rest[slash:], nil
	case "@path":
		return path, nil
	case "@query":
		return "?" + query, nil
	}
	return "", fail(UnsupportedComponent)
}
