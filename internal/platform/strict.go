// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

var errAnswer = errors.New("platform: answer breaks the contract")

// object reads one JSON object that has exactly the wanted members. The standard decoder would accept
// a repeated member (the last wins) and one that differs in case; two readers of the same answer could
// then disagree about what the platform confirmed.
func object(raw []byte, want ...string) (map[string]json.RawMessage, error) {
	found, err := members(raw)
	if err != nil {
		return nil, err
	}
	return found, exactly(found, want)
}

// members reads one JSON object, whatever its members are.
func members(raw []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(raw) {
		return nil, errAnswer
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, errAnswer
	}
	found := map[string]json.RawMessage{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, errAnswer
		}
		key, ok := name.(string)
		if _, repeated := found[key]; !ok || repeated {
			return nil, errAnswer
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return nil, errAnswer
		}
		found[key] = value
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return nil, errAnswer
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errAnswer
	}
	return found, nil
}

func exactly(members map[string]json.RawMessage, want []string) error {
	for _, name := range want {
		if _, ok := members[name]; !ok {
			return errAnswer
		}
	}
	if len(members) != len(want) {
		return errAnswer
	}
	return nil
}

// texts reads every member as a string; null and numbers are not strings.
func texts(members map[string]json.RawMessage) (map[string]string, error) {
	out := make(map[string]string, len(members))
	for name, raw := range members {
		var text *string
		if json.Unmarshal(raw, &text) != nil || text == nil {
			return nil, errAnswer
		}
		out[name] = *text
	}
	return out, nil
}
