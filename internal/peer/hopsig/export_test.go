// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"net/http"

	"github.com/dunglas/httpsfv"
)

// Base builds the signature base of one member of a Signature-Input header, whatever its label.
func Base(method, target string, status int, h http.Header, name string) ([]byte, error) {
	dict, err := dictionary(h, headerInput, Unsigned)
	if err != nil {
		return nil, err
	}
	member, _ := dict.Get(name)
	list, ok := member.(httpsfv.InnerList)
	if !ok {
		return nil, fail(Malformed)
	}
	return message{method: method, target: target, status: status, header: h}.signatureBase(list)
}
