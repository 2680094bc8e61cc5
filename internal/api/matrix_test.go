// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

var updateMatrix = flag.Bool("update-matrix", false, "write testdata/matrix.txt anew, to be read line by line")

const matrixFile = "testdata/matrix.txt"

// described is an operation as openapi.json has it.
type described struct {
	OperationID string `json:"operationId"`
	Security    []map[string][]string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   schema
	}
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	} `json:"requestBody"`
}

// TestMatrixOfEveryOperationAndKey asks every operation of openapi.json with no key, with one that lacks its scope,
// with one that has nothing else, and with one that has all, about records of nobody here and of another kind. An
// operation without a line in the file fails.
func TestMatrixOfEveryOperationAndKey(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t).withDirectory()
	l.bank("GARDENS")
	var spec struct {
		Paths      map[string]map[string]described
		Components struct{ Schemas map[string]schema }
	}
	check(t, json.Unmarshal(committed(t), &spec))
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(spec.Paths[path])) {
			lines = append(lines, l.line(strings.ToUpper(method), path, spec.Paths[path][method], spec.Components.Schemas))
		}
	}
	if *updateMatrix {
		check(t, os.WriteFile(matrixFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
		return
	}
	written, err := os.ReadFile(matrixFile)
	check(t, err)
	want := strings.Split(strings.TrimSpace(string(written)), "\n")
	for _, line := range lines {
		if !slices.Contains(want, line) {
			t.Errorf("not in %s: %s", matrixFile, line)
		}
	}
	for _, line := range want {
		if !slices.Contains(lines, line) {
			t.Errorf("%s has a line that does not hold: %s", matrixFile, line)
		}
	}
}

// line asks an operation in every way and gives its line of the table.
func (l *lab) line(method, path string, op described, schemas map[string]schema) string {
	l.t.Helper()
	scope := "-"
	for _, s := range op.Security {
		for _, scopes := range s {
			if len(scopes) > 0 {
				scope = scopes[0]
			}
		}
	}
	all := scopes(flow.Actions())
	lacking := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == scope })
	foreign := string(tocsin.NewRecordID(tocsin.KindIssuedOrder))
	key := func(suffix string, scopes []string) string {
		return "Bearer " + l.newKey(strings.ToLower(op.OperationID)+"."+suffix, scopes...)
	}
	ask := func(id, authorization string) string {
		return l.ask(method, path, id, authorization, op, schemas)
	}
	cells := []string{
		"no key: " + ask(foreign, ""),
		"key of another node: " + ask(foreign, "Bearer "+tocsin.NewToken("tsk")),
		"key without the scope: " + ask(foreign, key("lacking", lacking)),
		"key with nothing else: " + ask(foreign, key("only", []string{cmpOr(scope)})),
		"key with all, a record of another party: " + ask(foreign, "Bearer "+l.token),
	}
	if strings.Contains(path, "{") {
		var log string
		check(l.t, l.store.View(l.t.Context(), func(tx flow.Tx) error {
			rows, _, err := tx.Records(flow.Page{Kind: tocsin.KindLog, Limit: 1})
			if err == nil {
				log = string(rows[0].ID)
			}
			return err
		}))
		cells = append(cells, "of another kind: "+ask(log, "Bearer "+l.token))
	}
	l.judge(method+" "+path, scope, strings.Contains(path, "{id}") && !ofAnyKind[path], cells)
	return fmt.Sprintf("%s %s | %s | %s", method, path, scope, strings.Join(cells, "; "))
}

// cmpOr is a scope that is about nothing where an operation names none.
func cmpOr(scope string) string {
	if scope == "-" {
		return "nothing"
	}
	return scope
}

// ofAnyKind are paths that take a record of every kind.
var ofAnyKind = map[string]bool{"/records/{id}/erasure": true}

// judge holds what no line may depart from, whatever was written into the file.
func (l *lab) judge(what, scope string, named bool, cells []string) {
	l.t.Helper()
	for _, cell := range cells {
		who, answer, _ := strings.Cut(cell, ": ")
		switch {
		case strings.HasPrefix(who, "no key") || strings.HasPrefix(who, "key of another"):
			if answer != "401" {
				l.t.Errorf("%s, %s: %s", what, who, answer)
			}
		case who == "key without the scope" && scope != "-" && answer != "403":
			l.t.Errorf("%s, %s: %s", what, who, answer)
		case named && (strings.HasSuffix(who, "of another party") || who == "of another kind") && answer == "may":
			l.t.Errorf("%s, %s: something is there", what, who)
		}
	}
}

var inPath = regexp.MustCompile(`\{[a-z]+\}`)

// ask makes one request with a body that fits the schema.
func (l *lab) ask(method, path, id, authorization string, op described, schemas map[string]schema) string {
	l.t.Helper()
	var query []string
	for _, p := range op.Parameters {
		if p.In == "query" && p.Required {
			query = append(query, p.Name+"="+fmt.Sprint(p.Schema.example(schemas, p.Name, 0)))
		}
	}
	address := inPath.ReplaceAllString(path, id)
	if len(query) > 0 {
		address += "?" + strings.Join(query, "&")
	}
	var body []byte
	if media, ok := op.RequestBody.Content["application/json"]; ok {
		var err error
		body, err = json.Marshal(media.Schema.example(schemas, "", 0))
		check(l.t, err)
	} else if len(op.RequestBody.Content) > 0 {
		body = []byte("x")
	}
	headers := []string{"Authorization", authorization}
	if _, ok := op.RequestBody.Content["application/octet-stream"]; ok {
		headers = append(headers, "Content-Type", "application/octet-stream")
	}
	switch r := l.sendRaw(method, address, body, headers...); {
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden, r.status == http.StatusNotFound,
		r.status >= http.StatusInternalServerError:
		return fmt.Sprint(r.status)
	case r.status == http.StatusBadRequest || r.status == http.StatusUnprocessableEntity:
		return "asks for a better body"
	}
	return "may"
}

// schema is as much of a JSON schema as an example needs.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Enum       []any
	Items      *schema
	Properties map[string]schema
	Required   []string
	MinLength  int
	MinItems   int
	Minimum    float64
	Pattern    string
}

// example is a small value that fits.
func (s schema) example(all map[string]schema, name string, depth int) any {
	if s.Ref != "" {
		return all[strings.TrimPrefix(s.Ref, "#/components/schemas/")].example(all, name, depth+1)
	}
	kind, _ := s.Type.(string)
	if kinds, ok := s.Type.([]any); ok && len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case kind == "object" || len(s.Properties) > 0:
		made := map[string]any{}
		for _, member := range s.Required {
			made[member] = s.Properties[member].example(all, member, depth+1)
		}
		return made
	case kind == "array":
		made := []any{}
		for range s.MinItems {
			made = append(made, s.Items.example(all, name, depth+1))
		}
		return made
	case kind == "integer" || kind == "number":
		return max(1, int(s.Minimum))
	case kind == "boolean":
		return true
	case s.Format == "date-time":
		return noon.Format("2006-01-02T15:04:05Z")
	}
	return sample(name, s.MinLength)
}

// sample is a text that the member of a name takes.
func sample(name string, least int) string {
	switch name {
	case "duties":
		return string(tocsin.DutyModerator)
	case "action":
		return string(flow.ActionOrderRead)
	case "record", "id":
		return string(tocsin.NewRecordID(tocsin.KindBank))
	case "bank":
		return "GARDENS"
	case "digest":
		return string(tocsin.DigestOf([]byte("garden")))
	}
	return "garden" + strings.Repeat("s", max(0, least-6))
}
