// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"

	"tocsin"
)

// SetWhose replaces whose a record is.
func (t *tx) SetWhose(id tocsin.RecordID, people ...tocsin.ActorID) error {
	if _, err := t.exec("DELETE FROM whose WHERE record = $1", string(id)); err != nil {
		return err
	}
	var rows [][]any
	for _, p := range people {
		rows = append(rows, []any{string(p), string(id)})
	}
	_, err := t.insert("whose", "person, record", "ON CONFLICT (person, record) DO NOTHING", rows)
	return err
}

// Whose gives the people by their ids.
func (t *tx) Whose(id tocsin.RecordID) ([]tocsin.ActorID, error) {
	var people []tocsin.ActorID
	err := t.query(func(rows *sql.Rows) error {
		var p string
		err := rows.Scan(&p)
		people = append(people, tocsin.ActorID(p))
		return err
	}, "SELECT person FROM whose WHERE record = $1 ORDER BY person", string(id))
	return people, err
}
