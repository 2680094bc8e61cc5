// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
)

// commentWidth is the column at which comments of the example file wrap.
const commentWidth = 100

// Example renders a complete file whose every value is the default, each key under what it means.
func Example() string {
	var b strings.Builder
	b.WriteString("# Tocsin: the settings of one node. Every value below is the default; party and public_url\n" +
		"# have none and must be set. An unknown key is an error. A variable such as TOCSIN_LISTEN_PUBLIC\n" +
		"# overrides listen.public, and a flag overrides both.\n")
	section := ""
	for _, f := range Fields() {
		indent := ""
		if head, _, nested := strings.Cut(f.Key, "."); nested {
			if head != section {
				section = head
				fmt.Fprintf(&b, "\n%s%s:\n", wrap("# ", sections[head]), head)
			}
			indent = "  "
		} else {
			b.WriteString("\n")
		}
		b.WriteString(wrap(indent+"# ", f.Doc))
		if f.Danger != "" {
			b.WriteString(wrap(indent+"# ", "Danger: "+f.Danger))
		}
		fmt.Fprintf(&b, "%s%s: %s\n", indent, last(f.Key), f.Default)
	}
	return b.String()
}

// Reference renders docs/config.md.
//
//go:generate go test -count=1 -run TestReferencePageIsFresh . -update
func Reference() string {
	var b strings.Builder
	b.WriteString("# Settings\n\n" +
		"This page is written by `go generate ./internal/config`; a test fails when it differs.\n\n" +
		"A node reads one YAML file (`--config`), then variables, then flags, each overriding the one before. A key\n" +
		"that it does not know is an error that names the nearest known key. Secrets are named by the path of a file.\n")
	section := ""
	for _, f := range Fields() {
		if head, _, nested := strings.Cut(f.Key, "."); nested && head != section {
			section = head
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", head, sections[head])
		}
		fmt.Fprintf(&b, "\n### `%s`\n\n%s", f.Key, wrap("", f.Doc))
		if f.Danger != "" {
			fmt.Fprintf(&b, "\n%s", wrap("", "**Danger.** "+f.Danger))
		}
		fmt.Fprintf(&b, "\nDefault `%s`; variable `%s`.\n", f.Default, f.Env())
	}
	fmt.Fprintf(&b, "\n## The file in full\n\n```yaml\n%s```\n", Example())
	return b.String()
}

// wrap breaks text at commentWidth and starts each line with prefix.
func wrap(prefix, text string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
			b.WriteString(prefix)
			column = len(prefix)
		case column+1+len(word) > commentWidth:
			b.WriteString("\n" + prefix)
			column = len(prefix)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
	return b.String()
}

// renderDefault writes the default of a key as one line of YAML.
func renderDefault(key string) string {
	value := valueOf(reflect.ValueOf(Default()), key)
	if value.Kind() != reflect.Slice {
		return scalar(value)
	}
	parts := make([]string, value.Len())
	for i := range parts {
		parts[i] = scalar(value.Index(i))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func scalar(value reflect.Value) string {
	plain := value.Interface()
	if duration, ok := plain.(time.Duration); ok {
		plain = short(duration)
	}
	line, err := yaml.Parser().Marshal(map[string]any{"v": plain})
	if err != nil {
		panic("config: a default that YAML cannot hold: " + err.Error())
	}
	return strings.TrimSpace(strings.TrimPrefix(string(line), "v:"))
}

// short writes 10m where the standard library writes 10m0s.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func valueOf(structure reflect.Value, key string) reflect.Value {
	head, rest, nested := strings.Cut(key, ".")
	for i := range structure.NumField() {
		if structure.Type().Field(i).Tag.Get("koanf") != head {
			continue
		}
		if nested {
			return valueOf(structure.Field(i), rest)
		}
		return structure.Field(i)
	}
	panic("config: documented key without a field: " + key)
}
