// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/dunglas/httpsfv"
)

// digestField is the Content-Digest value of a body (RFC 9530 §2).
func digestField(body []byte) string {
	sum := sha256.Sum256(body)
	return digestSHA2 + "=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// checkDigest compares the header with the bytes received. Digests of other algorithms are allowed
// beside sha-256 and not examined.
func checkDigest(h http.Header, body []byte) error {
	dict, err := dictionary(h, headerDigest, MissingDigest)
	if err != nil {
		return err
	}
	member, ok := dict.Get(digestSHA2)
	if !ok {
		return fail(MissingDigest)
	}
	item, ok := member.(httpsfv.Item)
	if !ok || len(item.Params.Names()) != 0 {
		return fail(Malformed)
	}
	claimed, ok := item.Value.([]byte)
	if !ok || len(claimed) != sha256.Size {
		return fail(Malformed)
	}
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], claimed) {
		return fail(DigestMismatch)
	}
	return nil
}

// dictionary reads a dictionary field (RFC 9651) that must appear on one line. A spelling that is not
// the canonical one, spaces apart, is malformed: above all a key or parameter given twice, which the
// format resolves silently and another implementation may resolve differently.
func dictionary(h http.Header, name string, absent Reason) (*httpsfv.Dictionary, error) {
	values := h.Values(name)
	switch {
	case len(values) == 0:
		return nil, fail(absent)
	case len(values) > 1:
		return nil, fail(DuplicateHeader)
	case len(values[0]) > maxHeader:
		return nil, fail(Malformed)
	}
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return nil, fail(Malformed)
	}
	canonical, err := httpsfv.Marshal(dict)
	if err != nil || withoutSpace(canonical) != withoutSpace(values[0]) {
		return nil, fail(Malformed)
	}
	return dict, nil
}

func withoutSpace(s string) string {
	return strings.NewReplacer(" ", "", "\t", "").Replace(s)
}
