// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Limits of a value that may be written as it is: room for ids, codes, kinds and file names, not for a
// sentence.
const (
	maxToken    = 80
	maxWords    = 6
	maxSentence = 300
)

// address matches what leads to content or to a person, also when it was escaped or defanged.
var address = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`[a-z][a-z0-9+.-]*:(?://|\\/\\/)\S+`,               // scheme://…, also as escaped in JSON
	`[a-z][a-z0-9+.-]*%3a%2f%2f\S*`,                    // the same, percent-encoded
	`\b(?:magnet|data|mailto|tel|javascript|blob):\S+`, // schemes without slashes
	`\bwww\.\S+`, // written without a scheme
	`[\pL\pN_-]+(?:\.[\pL\pN_-]+)+\.?(?::\d+)?[/?#]\S*`, // host.example/path
	`\S+(?:\[\.\]|\(\.\)|\[dot\]|\(dot\))\S+`,           // host[.]example
	`[\w.+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+`,              // name@host.example
	`\bxn--[a-z0-9-]+\S*`,                               // internationalised names
}, `|`))

var (
	quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*(?:\"|$)|`[^`]*(?:`|$)|“[^”]*(?:”|$)|«[^»]*(?:»|$)")
	number = regexp.MustCompile(`\[?[0-9a-fA-F:.]*[0-9a-fA-F]+(?:\.|:)[0-9a-fA-F:.]*[0-9a-fA-F]\]?`)
	dotted = regexp.MustCompile(`[\pL\pN_-]+(?:\.[\pL\pN_-]+)+`)
)

// fileEndings are dotted words that an error may keep: names of files, not of hosts.
var fileEndings = map[string]bool{
	"db": true, "go": true, "json": true, "key": true, "lock": true, "log": true, "mark": true, "pem": true,
	"sock": true, "sql": true, "tmp": true, "yaml": true,
}

// redactAttr cuts every attribute to what cannot hold content. Kinds that it does not know are named, not
// shown.
func redactAttr(_ []string, attr slog.Attr) slog.Attr {
	if attr.Key == slog.MessageKey {
		return slog.String(attr.Key, sentence(attr.Value.String()))
	}
	switch attr.Value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(token(attr.Value.String()))
	case slog.KindAny:
		attr.Value = redactAny(attr.Value.Any())
	}
	return attr
}

func redactAny(value any) slog.Value {
	switch v := value.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(errorText(v))
	case time.Time:
		return slog.TimeValue(v)
	case slog.Level:
		return slog.StringValue(v.String())
	case []byte:
		return slog.StringValue(fmt.Sprintf("[%d bytes]", len(v)))
	}
	// Named types: an id is a string underneath, a code may be a number.
	switch v := reflect.ValueOf(value); {
	case v.Kind() == reflect.String:
		return slog.StringValue(token(v.String()))
	case v.Kind() == reflect.Bool:
		return slog.BoolValue(v.Bool())
	case v.CanInt():
		return slog.Int64Value(v.Int())
	case v.CanUint():
		return slog.Uint64Value(v.Uint())
	case v.CanFloat():
		return slog.Float64Value(v.Float())
	}
	return slog.StringValue("[" + reflect.TypeOf(value).String() + "]")
}

// token passes a short value and replaces anything else whole: what stands around an address may be content
// too.
func token(text string) string {
	switch {
	case address.MatchString(text):
		return "[address]"
	case len(text) > maxToken || len(strings.Fields(text)) > maxWords:
		return fmt.Sprintf("[text, %d bytes]", len(text))
	}
	return hideNumbers(text)
}

// sentence passes a message written in our source, less any address that was formatted into it.
func sentence(text string) string {
	text = hideNumbers(address.ReplaceAllString(text, "[address]"))
	if len(text) > maxSentence {
		return fmt.Sprintf("[text, %d bytes]", len(text))
	}
	return text
}

// errorText keeps the shape of an error and drops what came from outside: quoted values, addresses, host
// names.
func errorText(err error) string {
	text := quoted.ReplaceAllString(err.Error(), "[…]")
	text = address.ReplaceAllString(text, "[address]")
	text = hideNumbers(text)
	text = dotted.ReplaceAllStringFunc(text, func(word string) string {
		ending := word[strings.LastIndexByte(word, '.')+1:]
		if fileEndings[ending] || strings.Trim(ending, "0123456789") == "" {
			return word
		}
		return "[name]"
	})
	return sentence(text)
}

// hideNumbers replaces network addresses beyond this machine and its private networks: they may be a
// person's.
func hideNumbers(text string) string {
	return number.ReplaceAllStringFunc(text, func(word string) string {
		ip, ok := parseIP(word)
		if !ok || ip.IsLoopback() || ip.IsUnspecified() || ip.IsPrivate() {
			return word
		}
		return "[ip]"
	})
}

func parseIP(word string) (netip.Addr, bool) {
	if both, err := netip.ParseAddrPort(word); err == nil {
		return both.Addr(), true
	}
	ip, err := netip.ParseAddr(strings.Trim(word, "[]"))
	return ip, err == nil
}
