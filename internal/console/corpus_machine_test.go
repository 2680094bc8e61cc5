// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// wrote notes into which properties the corpus was written.
func (s *siege) wrote(operation, at string, value any) {
	switch v := value.(type) {
	case string:
		if markForm.MatchString(v) {
			s.machineWrote[operation+" "+at] = true
		}
	case []string:
		for _, text := range v {
			s.wrote(operation, at, text)
		}
	case []map[string]any:
		for _, member := range v {
			s.wrote(operation, at, member)
		}
	case map[string]any:
		for name, member := range v {
			s.wrote(operation, strings.TrimPrefix(at+"."+name, "."), member)
		}
	}
}

// codes are properties that take a code, an id, a digest or an address and refuse everything else, wherever they stand.
var codes = []string{"type", "value", "rotated", "id", "bank", "marking", "polarity", "view", "until", "vouched_at", "source",
	"banks", "assertion", "item", "address", "url", "external_id", "reporter", "categories", "language", "email", "duties", "reason",
	"person", "zone", "from", "to", "day", "backup", "payload", "protected", "signature", "public", "seed"}

// sameAs are operations whose texts are those of another, or of a form that people fill in.
var sameAs = map[string]string{
	"POST /orders":                           "the form of an order in the console",
	"PUT /orders/issued/{id}":                "the form of an order in the console",
	"POST /orders/issued/{id}/clarification": "the same step in the console",
	"POST /orders/issued/{id}/withdrawal":    "the same step in the console",
	"POST /people":                           "the form in the console",
	"POST /people/{id}/suspension":           "the same step in the console",
	"PUT /notices/{id}/form":                 "POST /notices",
	"PUT /banks/{bank}":                      "POST /banks",
	"POST /banks/{bank}/closure":             "POST /signals/disabling: reasons in a history",
	"POST /imports/{id}/withdrawal":          "POST /signals/disabling: reasons in a history",
	"POST /signals/withdrawal":               "POST /signals/disabling: reasons in a history",
	"POST /signals/retraction":               "POST /signals/disabling: reasons in a history",
	"POST /banks name":                       "capital letters and underscores only",
	"POST /screen":                           "what is screened is not kept, but for its hashes",
	"POST /search/content":                   "what is looked for is kept nowhere",
}

// description is the committed description of the API, as far as it matters here.
type description struct {
	Paths map[string]map[string]struct {
		RequestBody struct {
			Content map[string]struct{ Schema schema }
		}
		Responses map[string]struct{ Content map[string]any }
	}
	Components struct{ Schemas map[string]schema }
}

func described(t *testing.T) (api description) {
	t.Helper()
	text, err := os.ReadFile("../api/openapi.json")
	check(t, err)
	check(t, json.Unmarshal(text, &api))
	return api
}

// tablesOf are the operations that answer with a table for spreadsheets.
func tablesOf(t *testing.T) (paths []string) {
	t.Helper()
	for path, operations := range described(t).Paths {
		if _, table := operations["get"].Responses["200"].Content["text/csv"]; table {
			paths = append(paths, strings.Replace(path, "{bank}", "KETTLES", 1))
		}
	}
	return paths
}

// mustHaveFilledMachines reads the description of the API and wants that the corpus was written into every text.
func (s *siege) mustHaveFilledMachines() {
	t := s.t
	t.Helper()
	api := described(t)
	texts := 0
	for path, operations := range api.Paths {
		for method, o := range operations {
			operation := strings.ToUpper(method) + " " + path
			for _, at := range o.RequestBody.Content["application/json"].Schema.texts(api.Components.Schemas, "", 0) {
				texts++
				name := at[strings.LastIndex(at, ".")+1:]
				if slices.Contains(codes, name) || sameAs[operation] != "" || sameAs[operation+" "+at] != "" || s.machineWrote[named(operation)+" "+at] {
					continue
				}
				t.Errorf("%s takes a text in %s: write the corpus into it, or say in sameAs or codes why not", operation, at)
			}
		}
	}
	if texts < 50 {
		t.Errorf("the description has only %d texts: is it read as it is written?", texts)
	}
}

// named gives an operation as it was called here.
func named(operation string) string { return strings.Replace(operation, "{bank}", "KETTLES", 1) }

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Enum       []any
	Format     string
	Pattern    string
	Properties map[string]schema
	Items      *schema
}

// texts are the paths of strings that are free.
func (s schema) texts(all map[string]schema, at string, depth int) (paths []string) {
	if s.Ref != "" {
		s = all[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if depth > 8 {
		return nil
	}
	if s.Items != nil {
		return s.Items.texts(all, at, depth+1)
	}
	for name, member := range s.Properties {
		paths = append(paths, member.texts(all, strings.TrimPrefix(at+"."+name, "."), depth+1)...)
	}
	if kind, ok := s.Type.(string); ok && kind == "string" && s.Enum == nil && s.Format == "" && s.Pattern == "" {
		paths = append(paths, at)
	}
	return paths
}
