// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// schema holds the type of every key, read once from the struct so that the two cannot differ.
var schema = schemaOf("", reflect.TypeFor[Config]())

func schemaOf(prefix string, structure reflect.Type) map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for field := range structure.Fields() {
		key := prefix + field.Tag.Get("koanf")
		if field.Type.Kind() == reflect.Struct {
			maps.Copy(types, schemaOf(key+".", field.Type))
			continue
		}
		types[key] = field.Type
	}
	return types
}

// errEmptySection marks a section that stands in the file without a key, as when all its keys are commented
// out.
var errEmptySection = errors.New("section without keys")

// fromFile brings a value out of YAML to the type of its key. Nothing is converted silently: a number where a
// duration belongs would mean nanoseconds.
func fromFile(key string, value any) (any, error) {
	kind, known := schema[key]
	if !known {
		if _, section := sections[key]; section {
			if m, isMap := value.(map[string]any); value == nil || isMap && len(m) == 0 {
				return nil, errEmptySection
			}
			return nil, fmt.Errorf("%s: is a section, with keys of its own below it", key)
		}
		return nil, unknown("key", key, schema)
	}
	typed, ok := accept(kind, value)
	if !ok {
		return nil, fmt.Errorf("%s: want %s", key, describe(kind))
	}
	return typed, nil
}

// fromText brings the text of a variable or flag to the type of its key; lists are separated by commas.
func fromText(key, text string) (any, error) {
	kind, known := schema[key]
	if !known {
		return nil, unknown("key", key, schema)
	}
	var value any = text
	switch kind.Kind() {
	case reflect.Bool:
		if flag, err := strconv.ParseBool(text); err == nil {
			value = flag
		}
	case reflect.Int:
		if number, err := strconv.Atoi(text); err == nil {
			value = number
		}
	case reflect.Slice:
		list := []any{}
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		value = list
	}
	typed, ok := accept(kind, value)
	if !ok {
		return nil, fmt.Errorf("%s: want %s", key, describe(kind))
	}
	return typed, nil
}

// accept returns value as the Go type kind, or false when it is of another type.
func accept(kind reflect.Type, value any) (any, bool) {
	switch {
	case kind == reflect.TypeFor[time.Duration]():
		text, isText := value.(string)
		duration, err := time.ParseDuration(text)
		return duration, isText && err == nil
	case kind.Kind() == reflect.Slice:
		list, isList := value.([]any)
		typed := reflect.MakeSlice(kind, 0, len(list))
		for _, element := range list {
			one, ok := accept(kind.Elem(), element)
			if !ok {
				return nil, false
			}
			typed = reflect.Append(typed, reflect.ValueOf(one))
		}
		return typed.Interface(), isList
	}
	return value, value != nil && reflect.TypeOf(value) == kind
}

func describe(kind reflect.Type) string {
	switch {
	case kind == reflect.TypeFor[time.Duration]():
		return "a duration such as 90s, 10m or 4h"
	case kind.Kind() == reflect.Slice:
		return "a list, each element " + describe(kind.Elem())
	case kind.Kind() == reflect.Bool:
		return "true or false"
	case kind.Kind() == reflect.Int:
		return "a whole number"
	}
	return "text (in quotes where it could be read as something else)"
}

// unknown names the nearest known name: most unknown keys are misspelt ones.
func unknown[V any](what, name string, known map[string]V) error {
	best, least := "", len(name)/2+2
	for _, candidate := range slices.Sorted(maps.Keys(known)) {
		if d := distance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return fmt.Errorf("unknown %s %q", what, name)
	}
	return fmt.Errorf("unknown %s %q; the nearest known one is %q", what, name, best)
}

// distance is the Levenshtein distance in bytes; a last segment that agrees counts as near, so that a key put
// at the wrong level finds its home.
func distance(a, b string) int {
	if last(a) == last(b) {
		return 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }
