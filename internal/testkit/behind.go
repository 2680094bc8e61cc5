// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"database/sql"
	"fmt"
)

// Where lists the columns of a node's database, as table.column, that hold a word somewhere.
func (w *World) Where(n *Node, word string) (places []string) {
	w.Helper()
	db, err := n.Behind()
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	for _, c := range w.columns(db) {
		query := "SELECT count(*) FROM %s WHERE instr(lower(CAST(%s AS TEXT)), $1) > 0" // of bytes too
		if w.on == PostgreSQL {
			query = "SELECT count(*) FROM %s WHERE position($1 IN lower(CAST(%s AS text))) > 0"
			if c[2] == "bytea" {
				query = "SELECT count(*) FROM %s WHERE position(convert_to($1, 'UTF8') IN %s) > 0"
			}
		}
		var count int
		if err := db.QueryRowContext(w.Context(), fmt.Sprintf(query, c[0], c[1]), word).Scan(&count); err != nil {
			w.Fatalf("look through %s.%s: %v", c[0], c[1], err)
		}
		if count > 0 {
			places = append(places, c[0]+"."+c[1])
		}
	}
	return places
}

// columns gives table, column and type.
func (w *World) columns(db *sql.DB) (list [][3]string) {
	w.Helper()
	query := `SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_'`
	if w.on == PostgreSQL {
		query = `SELECT table_name, column_name, data_type FROM information_schema.columns
			WHERE table_schema = current_schema()`
	}
	rows, err := db.QueryContext(w.Context(), query)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c [3]string
		if err := rows.Scan(&c[0], &c[1], &c[2]); err != nil {
			w.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}
