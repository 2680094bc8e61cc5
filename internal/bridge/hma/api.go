// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// field describes one setting of a source, in the form of HMA's schemas.
type field struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Required bool     `json:"required"`
	Default  any      `json:"default"`
	Help     *string  `json:"help"`
	Choices  []string `json:"choices"`
}

type fields struct {
	Fields []field `json:"fields"`
}

// sourceKind is a kind of source, an "exchange API".
type sourceKind struct {
	name        string
	config      []field
	credentials []field // none when the kind takes none
}

const localFile = "local_file"

func required(name, kind string) field { return field{Name: name, Type: kind, Required: true} }
func optional(name, kind string) field { return field{Name: name, Type: kind} }

var sourceKinds = []sourceKind{
	{"fb_threatexchange", []field{required("privacy_group", "number")},
		[]field{required("api_token", "string")}},
	{"ncmec", []field{
		{Name: "environment", Type: "enum", Required: true, Choices: ncmecEnvironments},
		{Name: "only_esp_ids", Type: "set_of_number", Default: []int{}},
	}, []field{required("user", "string"), required("password", "string")}},
	{"stop_ncii", []field{}, []field{required("fetch_function_key", "string"),
		required("subscription_key", "string"), optional("base_url_override", "string")}},
	{"tat", []field{}, []field{required("username", "string"), required("password", "string")}},
	{localFile, []field{required("filename", "string"), optional("signal_type", "string")}, nil},
	{"sample", []field{}, nil},
}

// ncmecEnvironments are those that pytx names.
var ncmecEnvironments = []string{"https://report.cybertip.org/hashsharing",
	"https://report.cybertip.org/exploitative-hashsharing", "https://lesp.ncmec.org/csam-hashsharing",
	"https://hashsharing.ncmec.org/npo", "https://hashsharing.ncmec.org/exploitative"}

func findKind(name string) (sourceKind, bool) {
	i := slices.IndexFunc(sourceKinds, func(k sourceKind) bool { return k.name == name })
	if i < 0 {
		return sourceKind{}, false
	}
	return sourceKinds[i], true
}

func listAPIs(c *call) error {
	var names []string
	for _, k := range sourceKinds {
		names = append(names, k.name)
	}
	return c.ok(names)
}

type apiView struct {
	Supports bool `json:"supports_authentification"`
	HasSet   bool `json:"has_set_authentification"`
}

func (c *call) apiView(k sourceKind) apiView {
	_, set := c.s.Flow.Face().Credentials[k.name]
	return apiView{k.credentials != nil, set}
}

func noAPI(status int, name string) error { return refusef(status, "no such Exchange API '%s'", name) }

func readAPI(c *call) error {
	k, ok := findKind(c.vars["api"])
	if !ok {
		return noAPI(http.StatusBadRequest, c.vars["api"])
	}
	return c.ok(c.apiView(k))
}

// changeAPI keeps credentials, sealed. They are never shown again.
func changeAPI(c *call) error {
	k, ok := findKind(c.vars["api"])
	if !ok {
		return noAPI(http.StatusBadRequest, c.vars["api"])
	}
	body, err := c.body(false)
	if err != nil {
		return err
	}
	if !body.has("credential_json") {
		return c.ok(c.apiView(k))
	}
	credentials, err := objectOf(body["credential_json"], "credential_json")
	if err != nil {
		return err
	}
	if len(credentials) == 0 {
		err = c.s.Flow.SetCredentials(c.r.Context(), c.actor, k.name, nil)
	} else {
		if k.credentials == nil {
			return badRequest("Exchange API '%s' takes no credentials", k.name)
		}
		if err := checkFields(k.credentials, credentials); err != nil {
			return err
		}
		err = c.s.Flow.SetCredentials(c.r.Context(), c.actor, k.name, body["credential_json"])
	}
	if err != nil {
		return err
	}
	return c.ok(c.apiView(k))
}

type schemaView struct {
	Config      fields  `json:"config_schema"`
	Credentials *fields `json:"credentials_schema"`
}

func schemaOfAPI(c *call) error {
	k, ok := findKind(c.vars["api"])
	if !ok {
		return noAPI(http.StatusNotFound, c.vars["api"])
	}
	view := schemaView{Config: fields{k.config}}
	if k.credentials != nil {
		view.Credentials = &fields{k.credentials}
	}
	return c.ok(view)
}

// checkFields refuses an object that does not fit a schema. It never quotes a value.
func checkFields(schema []field, o object) error {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		i := slices.IndexFunc(schema, func(f field) bool { return f.Name == name })
		if i < 0 {
			return badRequest("Unexpected field `%s`", name)
		}
		if !schema[i].takes(o[name]) {
			return badRequest("Field `%s` must be of type %s", name, schema[i].Type)
		}
	}
	for _, f := range schema {
		if f.Required && !o.has(f.Name) {
			return badRequest("Field `%s` is required", f.Name)
		}
	}
	return nil
}

func (f field) takes(raw json.RawMessage) bool {
	if string(raw) == "null" {
		return !f.Required
	}
	switch f.Type {
	case "number":
		var n json.Number
		return raw[0] != '"' && json.Unmarshal(raw, &n) == nil
	case "set_of_number":
		var all []json.Number
		return json.Unmarshal(raw, &all) == nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || len(text) > maxName {
		return false
	}
	return f.Choices == nil || slices.Contains(f.Choices, text)
}
