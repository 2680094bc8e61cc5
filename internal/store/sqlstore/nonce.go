// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"time"

	"tocsin"
)

func (t *tx) UseNonce(key tocsin.KeyID, nonce string, until time.Time) (fresh bool, err error) {
	n, err := t.insert("nonce", "digest, until_at", "ON CONFLICT (digest) DO NOTHING",
		[][]any{{digest(string(key), nonce), micros(until)}})
	return n == 1, err
}

func (t *tx) PruneNonces(before time.Time) error {
	_, err := t.exec("DELETE FROM nonce WHERE until_at < $1", micros(before))
	return err
}
