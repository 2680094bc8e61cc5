// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"time"

	"tocsin"
)

func (t *tx) Command(key string) ([]byte, bool, error) {
	var result []byte
	found, err := t.one([]any{&result}, "SELECT result FROM command WHERE key = $1", digest(key))
	return result, found, err
}

// SaveCommand waits for another transaction with the same key, and then fails.
func (t *tx) SaveCommand(key string, result []byte, at time.Time) error {
	if result == nil {
		result = []byte{}
	}
	n, err := t.insert("command", "key, at, result", "ON CONFLICT (key) DO NOTHING",
		[][]any{{digest(key), micros(at), result}})
	if err == nil && n == 0 {
		err = t.fail(conflict(tocsin.ReasonDuplicate, "This was done already."))
	}
	return err
}
