// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"fmt"
	"io"
	"log/slog"
)

const placeholder = "[keys]"

// hidden is embedded in everything that holds a key: whatever verb, logger or encoder meets it writes
// the placeholder.
type hidden struct{}

// Format writes the placeholder for every verb.
func (hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

// String gives the placeholder.
func (hidden) String() string { return placeholder }

// LogValue gives the placeholder.
func (hidden) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalText gives the placeholder.
func (hidden) MarshalText() ([]byte, error) { return []byte(placeholder), nil }
