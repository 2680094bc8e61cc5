// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"tocsin/internal/api"
)

// strict walks the tokens of what should be one strict JSON value: another way to the verdict of Decode.
func strict(data []byte) bool {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for values := 0; ; {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return values == 1
		}
		if err != nil || values == 1 || d.StackDepth() > 16 {
			return false
		}
		if d.StackDepth() == 0 {
			values++
		}
		if token.Kind() == jsontext.KindString && strings.ContainsFunc(token.String(), func(r rune) bool {
			return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r)
		}) {
			return false
		}
	}
}

func FuzzStrictnessIsThatOfTheTokens(f *testing.F) {
	for _, seed := range []string{"", "null", "{}{}", `{"a":1,"a":2}`, "\xff", `"\ud800"`, `"\ud83d\ude00"`, `"\u0000"`,
		`"\b"`, `"\f"`, `"\n\r\t\/\\"`, `"\\b"`, `"\\\b"`, `"\""`, `"\\"`, `"\"[["`, "\"\x7f\"", "\"\u0080\"", "\"\u009f\"",
		"\"\u00a0é\"", `"\u007f"`, `"\u009F"`, `"\u00a0"`, `"\u00"`, `"\`, `{"\u0001":1}`, `["[[[[[[[[[[[[[[[[[[[["]`,
		string(nested(15)), string(nested(16)), string(nested(17)), `{"a":[{},[],{}]}`, " [1e3, -0.5] ", "\"\n\"", "\"\xc2"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var out json.RawMessage
		if err := api.Decode(data, &out); (err == nil) != strict(data) {
			t.Errorf("%q: %v, by its tokens %v", data, err, strict(data))
		}
	})
}
