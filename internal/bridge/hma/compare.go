// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import "encoding/json"

// similarity is how alike two hashes are. Of a type that is equal or not it is an empty object.
type similarity struct {
	Distance *int `json:"distance,omitempty"`
}

// compare compares two hashes of each type. It looks nothing up, so nothing need be asserted.
func compare(c *call) error {
	body, err := c.body(false)
	if err != nil {
		return err
	}
	answer := map[string][2]any{}
	for name, raw := range body {
		t, ok := findType(name)
		if !ok {
			return badRequest("No such SignalType '%s'", name)
		}
		var pair []json.RawMessage
		if json.Unmarshal(raw, &pair) != nil || len(pair) != 2 {
			return badRequest("Expected a list of exactly two hashes for '%s'", name)
		}
		var values [2]string
		for i, raw := range pair {
			var text string
			if json.Unmarshal(raw, &text) != nil || string(raw) == "null" {
				return badRequest("Expected a list of exactly two hashes for '%s'", name)
			}
			if values[i], err = t.parse(text); err != nil {
				return badRequest("Invalid %s signal: %s", name, err)
			}
		}
		distance, err := t.Distance(values[0], values[1])
		if err != nil {
			return err
		}
		answer[name] = [2]any{distance <= t.Default, similarityOf(t, distance)}
	}
	return c.ok(answer)
}

func similarityOf(t signalType, distance int) similarity {
	if t.Exact {
		return similarity{}
	}
	return similarity{&distance}
}
