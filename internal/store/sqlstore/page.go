// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"cmp"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
)

// maxPage bounds a page of rows.
const maxPage = 200

// order of a page: what its rows are sorted by.
type order struct {
	mark    byte   // first of a cursor
	by, row string // columns: in order, and the comparison with a place
}

var (
	latestFirst = order{'u', "updated_at DESC, id DESC", "(updated_at, id) <"}
	dueFirst    = order{'d', "due_at, id", "(due_at, id) >"}
	asNamed     = order{by: "id"} // a place is an id, and needs no cursor
)

func orderOf(p flow.Page) order {
	switch {
	case p.ByID:
		return asNamed
	case p.ByDue:
		return dueFirst
	}
	return latestFirst
}

// place of a row in the order.
func (o order) place(r flow.Row) cursor {
	c := cursor{order: o.mark, id: string(r.ID)}
	switch o.mark {
	case latestFirst.mark:
		c.at = micros(r.UpdatedAt)
	case dueFirst.mark:
		c.at = due(r.Due)
	}
	return c
}

func (o order) compare(a, b flow.Row) int {
	x, y := o.place(a), o.place(b)
	n := cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.id, y.id))
	if o.mark == latestFirst.mark {
		return -n
	}
	return n
}

// cursor is a place between two rows in one of the orders. The id breaks ties, so that a page neither repeats nor
// skips a row that stayed where it was.
type cursor struct {
	order byte
	at    int64
	id    string
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(string(c.order) + strconv.FormatInt(c.at, 10) + "." + c.id))
}

func badLimit() error {
	return tocsin.Invalid(tocsin.ReasonUnknownValue, "limit", "A page has 1 to %d rows.", maxPage)
}

func badCursor() error {
	return tocsin.Invalid(tocsin.ReasonFormat, "after", "This is not the cursor of such a page.")
}

func parseCursor(s string, o order) (cursor, error) {
	bad := badCursor()
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < 2 || b[0] != o.mark {
		return cursor{}, bad
	}
	at, id, ok := strings.Cut(string(b[1:]), ".")
	us, err := strconv.ParseInt(at, 10, 64)
	c := cursor{o.mark, us, id}
	if !ok || err != nil || c.String() != s {
		return cursor{}, bad
	}
	return c, nil
}

// Records asks for each status by itself, because only within one are rows in the order of an index: else a page of
// few among many would read them all.
func (t *tx) Records(p flow.Page) ([]flow.Row, string, error) {
	if p.Limit < 1 || p.Limit > maxPage {
		return nil, "", t.fail(badLimit())
	}
	o, statuses := orderOf(p), slices.Compact(slices.Sorted(slices.Values(p.Statuses)))
	if len(p.Facets) > 0 && p.Whose == "" {
		if !p.ByDue || len(statuses) == 0 || p.DueBy != nil {
			return nil, "", t.fail(errors.New("facets narrow pages of named states by what is due"))
		}
		p.Statuses = statuses
		return t.faceted(p)
	}
	if !p.ByDue || p.Whose != "" {
		statuses = nil
	}
	var all []flow.Row
	for i := range max(1, len(statuses)) {
		rows, err := t.page(p, o, statuses[min(i, len(statuses)):min(i+1, len(statuses))])
		if err != nil {
			return nil, "", err
		}
		all = append(all, rows...)
	}
	if len(statuses) > 1 {
		slices.SortFunc(all, o.compare)
	}
	if len(all) <= p.Limit {
		return all, "", nil
	}
	all = all[:p.Limit]
	last := all[p.Limit-1]
	if p.ByID {
		return all, string(last.ID), nil
	}
	return all, o.place(last).String(), nil
}

// page reads one row more than asked, which tells that there is a next page.
func (t *tx) page(p flow.Page, o order, status []string) (all []flow.Row, err error) {
	if len(status) > 0 {
		p.Statuses = status
	}
	from, where, args, err := pageFilter(p, o)
	if err != nil {
		return nil, t.fail(err)
	}
	args = append(args, p.Limit+1)
	err = t.query(func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		all = append(all, r)
		return err
	}, fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT $%d", recordColumns, from, where, o.by, len(args)),
		args...)
	return all, err
}

func pageFilter(p flow.Page, o order) (from, where string, args []any, err error) {
	from, where, args = "record", "kind = $1", []any{string(p.Kind)}
	switch {
	case p.Whose != "": // CROSS JOIN: a person's own are few, and are read first
		from, where = "whose w CROSS JOIN record", "w.person = $2 AND id = w.record AND kind = $1"
		args = append(args, string(p.Whose))
	case p.ByID: // ids tell the kind, and are in order only without it
		ids := idsOf(p.Kind)
		if after := tocsin.RecordID(p.After); after.Valid() && after.Is(p.Kind) {
			ids.above = p.After // one lower bound: of two, SQLite seeks by the first and reads all up to the second
		} else if after != "" {
			return "", "", nil, badCursor()
		}
		where, args = "id > $1 AND id < $2", []any{ids.above, ids.below}
	}
	switch len(p.Statuses) {
	case 0:
	case 1: // "=" leaves rows in the order of the index
		args = append(args, p.Statuses[0])
		where += fmt.Sprintf(" AND status = $%d", len(args))
	default:
		var in string
		args, in = list(args, p.Statuses)
		where += " AND status IN (" + in + ")"
	}
	for _, name := range p.Facets { // of one person's own
		args = append(args, name)
		where += fmt.Sprintf(` AND (SELECT count(*) FROM facet g WHERE g.name = $%d AND g.status = record.status
			AND g.place = record.due_at AND g.record = record.id) = 1`, len(args))
	}
	if p.DueBy != nil {
		args = append(args, min(micros(*p.DueBy), never-1))
		where += fmt.Sprintf(" AND due_at <= $%d", len(args))
	}
	if p.After == "" || p.ByID {
		return from, where, args, nil
	}
	c, err := parseCursor(p.After, o)
	if err != nil {
		return "", "", nil, err
	}
	args = append(args, c.at, c.id)
	where += fmt.Sprintf(" AND %s ($%d, $%d)", o.row, len(args)-1, len(args))
	return from, where, args, nil
}
