// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
)

// maxPage bounds a page of rows.
const maxPage = 200

// cursor is a place between two rows in one of the two orders. The id breaks ties, so that a page
// neither repeats nor skips a row that stayed where it was.
type cursor struct {
	byDue bool
	at    int64
	id    string
}

func (c cursor) String() string {
	order := "u"
	if c.byDue {
		order = "d"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(order + strconv.FormatInt(c.at, 10) + "." + c.id))
}

func parseCursor(s string, byDue bool) (cursor, error) {
	bad := tocsin.Invalid(tocsin.ReasonFormat, "after", "This is not the cursor of such a page.")
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < 2 || (b[0] == 'd') != byDue {
		return cursor{}, bad
	}
	at, id, ok := strings.Cut(string(b[1:]), ".")
	us, err := strconv.ParseInt(at, 10, 64)
	c := cursor{byDue, us, id}
	if !ok || err != nil || c.String() != s {
		return cursor{}, bad
	}
	return c, nil
}

func (t *tx) Records(p flow.Page) ([]flow.Row, string, error) {
	if p.Limit < 1 || p.Limit > maxPage {
		return nil, "", t.fail(tocsin.Invalid(tocsin.ReasonUnknownValue, "limit",
			"A page has 1 to %d rows.", maxPage))
	}
	where, args, err := pageFilter(p)
	if err != nil {
		return nil, "", t.fail(err)
	}
	order := "updated_at DESC, id DESC"
	if p.ByDue {
		order = "due_at, id"
	}
	args = append(args, p.Limit+1)
	var all []flow.Row
	err = t.query(func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		all = append(all, r)
		return err
	}, fmt.Sprintf("SELECT %s FROM record WHERE %s ORDER BY %s LIMIT $%d",
		recordColumns, where, order, len(args)), args...)
	if err != nil || len(all) <= p.Limit {
		return all, "", err
	}
	all = all[:p.Limit]
	last := all[p.Limit-1]
	next := cursor{p.ByDue, micros(last.UpdatedAt), string(last.ID)}
	if p.ByDue {
		next.at = due(last.Due)
	}
	return all, next.String(), nil
}

func pageFilter(p flow.Page) (where string, args []any, err error) {
	where, args = "kind = $1", []any{string(p.Kind)}
	if len(p.Statuses) > 0 {
		var in string
		args, in = list(args, p.Statuses)
		where += " AND status IN (" + in + ")"
	}
	if p.DueBy != nil {
		args = append(args, min(micros(*p.DueBy), never-1))
		where += fmt.Sprintf(" AND due_at <= $%d", len(args))
	}
	if p.After != "" {
		c, err := parseCursor(p.After, p.ByDue)
		if err != nil {
			return "", nil, err
		}
		row := "(updated_at, id) <"
		if p.ByDue {
			row = "(due_at, id) >"
		}
		args = append(args, c.at, c.id)
		where += fmt.Sprintf(" AND %s ($%d, $%d)", row, len(args)-1, len(args))
	}
	return where, args, nil
}
