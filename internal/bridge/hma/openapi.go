// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"regexp"
	"strings"
)

var pathVariable = regexp.MustCompile(`<([a-z_]+)>`)

// specification describes the operations in OpenAPI 3.1. It is made of the table of routes, so it cannot name
// another set than the one served.
func specification(c *call) error {
	paths := map[string]map[string]any{}
	for _, r := range c.s.routes {
		path := pathVariable.ReplaceAllString(r.path, "{$1}")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(r.method)] = map[string]any{
			"summary": r.about, "parameters": r.parameters(),
			"responses": map[string]any{
				"2XX":     map[string]any{"description": "as HMA answers"},
				"default": map[string]any{"description": "what is wrong", "content": errorContent},
			},
		}
	}
	return c.ok(map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "HMA-compatible interface of a Tocsin node", "version": "1.1.7",
			"description": "The token stands in the path, before these paths, or is sent as a Bearer."},
		"security":   []any{map[string]any{"token": []string{}}},
		"components": components,
		"paths":      paths,
	})
}

var (
	errorContent = map[string]any{"application/json": map[string]any{
		"schema": map[string]any{"$ref": "#/components/schemas/Error"}}}
	components = map[string]any{
		"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		"schemas": map[string]any{"Error": map[string]any{"type": "object", "required": []string{"message"},
			"properties": map[string]any{"message": map[string]any{"type": "string"}}}},
	}
)

func (r route) parameters() []any {
	all := []any{}
	text := map[string]any{"type": "string"}
	for _, m := range pathVariable.FindAllStringSubmatch(r.path, -1) {
		all = append(all, map[string]any{"name": m[1], "in": "path", "required": true, "schema": text})
	}
	for name := range strings.FieldsSeq(r.query) {
		all = append(all, map[string]any{"name": name, "in": "query", "schema": text})
	}
	return all
}
