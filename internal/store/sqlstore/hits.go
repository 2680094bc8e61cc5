// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"

	"tocsin/internal/flow"
)

func (t *tx) SaveHits(all ...flow.HitCount) error {
	rows := make([][]any, len(all))
	for i, h := range all {
		rows[i] = []any{h.Place, h.Hour, h.Count, h.Average}
	}
	_, err := t.insert("hits", "place, hour, number, average", "ON CONFLICT (place) DO UPDATE SET "+
		"hour = excluded.hour, number = excluded.number, average = excluded.average "+
		"WHERE excluded.hour >= hits.hour", rows)
	return err
}

func (t *tx) Hits(after *int64, limit int) ([]flow.HitCount, error) {
	var all []flow.HitCount
	scan := func(rows *sql.Rows) error {
		var h flow.HitCount
		err := rows.Scan(&h.Place, &h.Hour, &h.Count, &h.Average)
		all = append(all, h)
		return err
	}
	const from, order = "SELECT place, hour, number, average FROM hits ", "ORDER BY place LIMIT $1"
	if after == nil {
		return all, t.query(scan, from+order, limit)
	}
	err := t.query(scan, from+"WHERE place > $2 "+order, limit, *after)
	return all, err
}

func (t *tx) DropHits(places ...int64) error {
	for len(places) > 0 {
		some := places[:min(len(places), maxRows)]
		places = places[len(some):]
		args, in := list(nil, some)
		if _, err := t.exec("DELETE FROM hits WHERE place IN ("+in+")", args...); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) PruneHits(before int64, most int) error {
	if _, err := t.exec("DELETE FROM hits WHERE hour < $1", before); err != nil {
		return err
	}
	var held int
	if _, err := t.one([]any{&held}, "SELECT count(*) FROM hits"); err != nil || held <= most {
		return err
	}
	_, err := t.exec("DELETE FROM hits WHERE place NOT IN (SELECT place FROM hits "+
		"ORDER BY hour DESC, number * 1000 + average DESC, place LIMIT $1)", most)
	return err
}
