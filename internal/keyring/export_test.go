// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import "tocsin"

// WriteNew is for tests of what it refuses.
var WriteNew = writeNew

// ParsePartyKey is for fuzzing: what a file's name and content say of a key.
func ParsePartyKey(name string, der []byte) (tocsin.Key, error) {
	k, err := parsePartyKey(name, der)
	return k.public, err
}
