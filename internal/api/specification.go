// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// SpecVersion is the version of the interface: the second number grows when something is added, the first
// when something that worked stops working.
const SpecVersion = "1.19.0"

const description = "What machines may do at one node of one party. People use the console; an order is " +
	"signed, approved and answered there and nowhere else.\n\nEvery operation asks for a service key " +
	"that holds the scope it names. Bodies are strict JSON of at most 1 MiB where nothing else " +
	"is said: an unknown or repeated member is an error. Every answer that is no success is one " +
	"Problem (RFC 9457) with a stable code and reason."

// serveSpecification gives the document of the operations; a test keeps the one that is committed equal to it.
func (s *service) serveSpecification(w http.ResponseWriter, _ *http.Request) {
	text, err := s.described()
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(text) // the reader may be gone
}

// describeAll writes the document anew from the operations.
func (s *service) describeAll() ([]byte, error) {
	text, err := json.MarshalIndent(s.huma.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe operations: %w", err)
	}
	return append(text, '\n'), nil
}

func (s *service) problemResponse() *huma.Response {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: "What went wrong",
		Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
}
