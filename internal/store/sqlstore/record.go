// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"

	"tocsin"
	"tocsin/internal/flow"
)

const recordColumns = "id, kind, version, status, body, due_at, updated_at, key, document, erased"

func scanRecord(rows *sql.Rows) (flow.Row, error) {
	var r flow.Row
	var dueAt, updatedAt int64
	err := rows.Scan(&r.ID, &r.Kind, &r.Version, &r.Status, &r.Body, &dueAt, &updatedAt, &r.Key, &r.Document,
		&r.Erased)
	r.Due, r.UpdatedAt = fromDue(dueAt), fromMicros(updatedAt)
	return r, err
}

func (t *tx) Record(id tocsin.RecordID) (flow.Row, error) {
	var r flow.Row
	found := false
	err := t.query(func(rows *sql.Rows) (err error) {
		found = true
		r, err = scanRecord(rows)
		return err
	}, "SELECT "+recordColumns+" FROM record WHERE id = $1", string(id))
	if err == nil && !found {
		err = notFound("record")
	}
	return r, err
}

func (t *tx) Create(r flow.Row) error {
	n, err := t.insert("record", recordColumns, "ON CONFLICT (id) DO NOTHING", [][]any{{
		string(r.ID), string(r.Kind), r.Version, r.Status, string(r.Body), due(r.Due), micros(r.UpdatedAt),
		blob(r.Key), blob(r.Document), false}})
	if err == nil && n == 0 {
		err = t.fail(conflict(tocsin.ReasonDuplicate, "A record with this id exists."))
	}
	return err
}

// Save never brings text back: what an erased record is given must have neither key nor document.
func (t *tx) Save(r flow.Row, expected int64) error {
	const update = `UPDATE record SET version = $1, status = $2, body = $3, due_at = $4, updated_at = $5,
		key = $6, document = $7 WHERE id = $8 AND kind = $9 AND version = $10`
	query, sealed := update, r.Key != nil || r.Document != nil
	if sealed {
		query += " AND NOT erased"
	}
	n, err := t.exec(query, r.Version, r.Status, string(r.Body), due(r.Due), micros(r.UpdatedAt),
		blob(r.Key), blob(r.Document), string(r.ID), string(r.Kind), expected)
	if err != nil || n == 1 {
		return err
	}
	var version int64
	var gone bool
	const current = "SELECT version, erased FROM record WHERE id = $1"
	found, err := t.one([]any{&version, &gone}, current, string(r.ID))
	if err != nil {
		return err
	}
	if found && gone && sealed && version == expected {
		return t.fail(erased())
	}
	return t.fail(conflict(tocsin.ReasonStale, "This was changed in the meantime. Look at it again."))
}

// Count reads an index and no row; without most it would still read as many entries as there are records.
func (t *tx) Count(kind tocsin.RecordKind, most int64, status ...string) (int64, error) {
	if len(status) == 0 {
		return t.count("kind = $2", most, string(kind))
	}
	var total int64
	for _, s := range status {
		n, err := t.count("kind = $2 AND status = $3", most, string(kind), s)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return min(total, most), nil
}

func (t *tx) count(where string, most int64, args ...any) (n int64, err error) {
	_, err = t.one([]any{&n}, "SELECT count(*) FROM (SELECT 1 FROM record WHERE "+where+" LIMIT $1) AS few",
		append([]any{most}, args...)...)
	return n, err
}

// Erase leaves the record's structural row, its headers and its leaves: folds and proofs still hold.
func (t *tx) Erase(id tocsin.RecordID) error {
	n, err := t.exec("UPDATE record SET key = NULL, document = NULL, erased = $2 WHERE id = $1",
		string(id), true)
	if err != nil {
		return err
	}
	if n == 0 {
		return t.fail(notFound("record"))
	}
	if _, err := t.exec("DELETE FROM search WHERE record = $1", string(id)); err != nil {
		return err
	}
	t.erased = true
	_, err = t.exec("UPDATE event SET payload = NULL WHERE record = $1 AND payload IS NOT NULL", string(id))
	return err
}
