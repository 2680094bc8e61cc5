// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import "time"

func (t *tx) TakeLease(name, holder string, now, until time.Time) (bool, error) {
	n, err := t.exec("INSERT INTO lease (name, holder, until_at) VALUES ($1, $2, $3) "+
		"ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at "+
		"WHERE lease.holder = excluded.holder OR lease.until_at <= $4", name, holder, micros(until), micros(now))
	return n == 1, err
}

func (t *tx) FreeLease(name, holder string) error {
	_, err := t.exec("DELETE FROM lease WHERE name = $1 AND holder = $2", name, holder)
	return err
}
