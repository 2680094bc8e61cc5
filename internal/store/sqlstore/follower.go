// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

// Position is 0 for a follower that never saved one.
func (t *tx) Position(follower string) (int64, error) {
	var seq int64
	_, err := t.one([]any{&seq}, "SELECT seq FROM follower WHERE name = $1", follower)
	return seq, err
}

func (t *tx) SetPosition(follower string, seq int64) error {
	_, err := t.insert("follower", "name, seq", "ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
		[][]any{{follower, seq}})
	return err
}
