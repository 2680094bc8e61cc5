// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"
	"time"

	"tocsin/internal/flow"
)

func (t *tx) Keep(all ...flow.KeptHash) error {
	rows := make([][]any, len(all))
	for i, k := range all {
		rows[i] = []any{k.Type, k.Value, k.Item, micros(k.Until)}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := t.insert("kept", "type, value, item, until_at",
		"ON CONFLICT (type, value, item) DO UPDATE SET until_at = excluded.until_at", rows)
	return err
}

func (t *tx) Kept(after int64, now time.Time, limit int) ([]flow.KeptHash, error) {
	return t.kept("id > $1 AND until_at > $2 ORDER BY id LIMIT $3", after, micros(now), limit)
}

func (t *tx) KeptOf(item string, now time.Time) ([]flow.KeptHash, error) {
	return t.kept("item = $1 AND until_at > $2 ORDER BY id", item, micros(now))
}

func (t *tx) KeptAs(typ, value string, now time.Time, limit int) ([]flow.KeptHash, error) {
	return t.kept("type = $1 AND value = $2 AND until_at > $3 ORDER BY id LIMIT $4", typ, value, micros(now), limit)
}

func (t *tx) kept(where string, args ...any) ([]flow.KeptHash, error) {
	var all []flow.KeptHash
	err := t.query(func(rows *sql.Rows) error {
		var k flow.KeptHash
		var until int64
		err := rows.Scan(&k.ID, &k.Type, &k.Value, &k.Item, &until)
		k.Until = fromMicros(until)
		all = append(all, k)
		return err
	}, "SELECT id, type, value, item, until_at FROM kept WHERE "+where, args...)
	return all, err
}

func (t *tx) PruneKept(before time.Time) error {
	_, err := t.exec("DELETE FROM kept WHERE until_at <= $1", micros(before))
	return err
}
