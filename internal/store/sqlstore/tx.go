// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"tocsin"
	"tocsin/internal/flow"
)

// maxRows bounds the values of one IN list: SQLite allows 32,766 parameters.
const maxRows = 500

// tx implements [flow.Tx]. Every statement goes through exec, query or one, which remember the first
// error: SQLite would carry on after it and commit the rest.
type tx struct {
	ctx      context.Context
	tx       *sql.Tx
	dialect  Dialect
	readOnly bool
	err      error
	erased   bool

	announced bool // appended or enqueued
}

var _ flow.Tx = (*tx)(nil)

func (t *tx) rollback() { _ = t.tx.Rollback() } // after a commit it does nothing

// fail translates and remembers an error.
func (t *tx) fail(err error) error {
	e := t.dialect.translate(err)
	if t.err == nil {
		t.err = e
	}
	return e
}

// ready says whether one more statement may run with these arguments.
func (t *tx) ready(args []any) error {
	if t.err != nil {
		return t.err
	}
	for _, a := range args {
		if s, ok := a.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			// SQLite would store it, PostgreSQL refuses it.
			return t.fail(tocsin.Invalid(tocsin.ReasonNotText, "", "Text must be valid UTF-8 without NUL."))
		}
	}
	return nil
}

// exec runs a statement that changes something and gives the number of rows it touched.
func (t *tx) exec(query string, args ...any) (int64, error) {
	if t.readOnly {
		return 0, t.fail(errors.New("write in a read-only transaction"))
	}
	if err := t.ready(args); err != nil {
		return 0, err
	}
	result, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, t.fail(fmt.Errorf("%s: %w", verb(query), err))
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, t.fail(fmt.Errorf("%s: %w", verb(query), err))
	}
	return n, nil
}

// query calls scan for each row.
func (t *tx) query(scan func(*sql.Rows) error, query string, args ...any) error {
	if err := t.ready(args); err != nil {
		return err
	}
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return t.fail(fmt.Errorf("%s: %w", verb(query), err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return t.fail(fmt.Errorf("%s: %w", verb(query), err))
		}
	}
	if err := rows.Err(); err != nil {
		return t.fail(fmt.Errorf("%s: %w", verb(query), err))
	}
	return nil
}

// one reads the only row and reports whether there is one.
func (t *tx) one(dest []any, query string, args ...any) (bool, error) {
	found := false
	err := t.query(func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest...)
	}, query, args...)
	return found && err == nil, err
}

// announce lets everybody hear of the commit. It comes before the head is locked, not to prolong that.
func (t *tx) announce() error {
	if t.announced {
		return t.err
	}
	t.announced = true
	if t.dialect.Notify == "" {
		return t.err
	}
	_, err := t.exec(t.dialect.Notify)
	return err
}

// returning is one for a statement that changes something.
func (t *tx) returning(dest []any, query string, args ...any) (bool, error) {
	if t.readOnly {
		return false, t.fail(errors.New("write in a read-only transaction"))
	}
	return t.one(dest, query, args...)
}

// insert writes rows in as few statements as the engines allow. suffix follows the values.
func (t *tx) insert(table, columns, suffix string, rows [][]any) (int64, error) {
	var total int64
	for len(rows) > 0 {
		width := len(rows[0])
		n := min(len(rows), max(1, t.dialect.Parameters/width))
		args := make([]any, 0, n*width)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		query := "INSERT INTO " + table + " (" + columns + ") VALUES " + places(n, width) + " " + suffix
		affected, err := t.exec(query, args...)
		if err != nil {
			return total, err
		}
		total += affected
		rows = rows[n:]
	}
	return total, nil
}

// places gives "($1,$2),($3,$4)" for rows of a width.
func places(rows, width int) string {
	b := make([]byte, 0, rows*width*7)
	for i := range rows * width {
		switch {
		case i == 0:
			b = append(b, "("...)
		case i%width == 0:
			b = append(b, "),("...)
		default:
			b = append(b, ',')
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(i+1), 10)
	}
	return string(append(b, ')'))
}

// list appends values to args and gives their places, "$4,$5".
func list[T any](args []any, values []T) ([]any, string) {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		args = append(args, v)
		b.WriteString("$" + strconv.Itoa(len(args)))
	}
	return args, b.String()
}

// verb names a statement in an error by its first words, which are ours.
func verb(query string) string {
	words := strings.Fields(query)
	return strings.ToLower(strings.Join(words[:min(3, len(words))], " "))
}
