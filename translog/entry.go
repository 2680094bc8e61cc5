// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ParseEntry reads one entry of a log. It accepts exactly what Encode writes: an unknown or repeated
// field, another order, a space, a wrong type or more than [MaxEntry] bytes is refused.
func ParseEntry(b []byte) (Entry, error) {
	if bytes.HasPrefix(b, opaquePrefix) {
		return ParseOpaque(b)
	}
	return ParseLeaf(b)
}

// ParseLeaf reads an entry that must be a [Leaf].
func ParseLeaf(b []byte) (Leaf, error) {
	var form leafForm
	if err := parseStrict(b, &form); err != nil {
		return Leaf{}, fmt.Errorf("parse leaf: %w", err)
	}
	if err := sameBytes(form.Leaf, b); err != nil {
		return Leaf{}, fmt.Errorf("parse leaf: %w", err)
	}
	return form.Leaf, nil
}

// parseStrict decodes one JSON object. Errors of encoding/json are not passed on: they quote the input.
func parseStrict(b []byte, form any) error {
	if len(b) > MaxEntry {
		return fmt.Errorf("%w: over %d bytes", ErrMalformed, MaxEntry)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if d.Decode(form) != nil {
		return fmt.Errorf("%w: not JSON of the expected fields and types", ErrMalformed)
	}
	return nil
}

// sameBytes holds an entry to its one encoding, and with it to every rule of Encode.
func sameBytes(e Entry, b []byte) error {
	again, err := e.Encode()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return fmt.Errorf("%w: not the canonical encoding", ErrMalformed)
	}
	return nil
}
