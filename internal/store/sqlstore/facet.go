// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// mostSifted is how many cases of the rarest facet a page looks at for those that have the others too.
const mostSifted = 2500

// MoveFacets takes away exactly the rows that a record had, so that no second index is needed to find them.
func (t *tx) MoveFacets(id tocsin.RecordID, from, to []flow.Facet) error {
	for _, f := range from {
		if _, err := t.exec("DELETE FROM facet WHERE name = $1 AND status = $2 AND place = $3 AND record = $4",
			f.Name, f.Status, due(f.At), string(id)); err != nil {
			return err
		}
	}
	var rows [][]any
	for _, f := range to {
		rows = append(rows, []any{f.Name, f.Status, due(f.At), string(id)})
	}
	_, err := t.insert("facet", "name, status, place, record", "ON CONFLICT (name, status, place, record) DO NOTHING", rows)
	return err
}

func (t *tx) HasFacet(id tocsin.RecordID, f flow.Facet) (bool, error) {
	var one int
	return t.one([]any{&one}, "SELECT 1 FROM facet WHERE name = $1 AND status = $2 AND place = $3 AND record = $4",
		f.Name, f.Status, due(f.At), string(id))
}

// CountFacet reads an index and no row, and no further than most.
func (t *tx) CountFacet(name string, since, until *time.Time, most int64, statuses ...string) (total int64, err error) {
	for _, status := range statuses {
		where, args := "name = $1 AND status = $2", []any{name, status}
		if since != nil {
			args = append(args, micros(*since))
			where += fmt.Sprintf(" AND place >= $%d", len(args))
		}
		if until != nil {
			args = append(args, micros(*until))
			where += fmt.Sprintf(" AND place < $%d", len(args))
		}
		args = append(args, most-total)
		var n int64
		if _, err := t.one([]any{&n}, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM facet WHERE %s LIMIT $%d) AS few",
			where, len(args)), args...); err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (t *tx) Facets() (n int64, err error) {
	_, err = t.one([]any{&n}, "SELECT count(*) FROM facet")
	return n, err
}

// place is where a record stands in the order of what is due.
type place struct {
	at int64
	id string
}

func (p place) after(q place) bool { return p.at > q.at || p.at == q.at && p.id > q.id }

// sifted is what one state of a queue gives of those that have all facets.
type sifted struct {
	places []place
	end    *place // how far it looked, where there is more beyond
}

// faceted reads a page of records that have all of some facets: along the rarest of them, each other one looked up. It
// looks at a bounded number, so that two facets which many have and none has both of cost no more than any page.
func (t *tx) faceted(p flow.Page) ([]flow.Row, string, error) {
	from := place{at: -1 << 62}
	if p.After != "" {
		c, err := parseCursor(p.After, dueFirst)
		if err != nil {
			return nil, "", t.fail(err)
		}
		from = place{c.at, c.id}
	}
	var all []place
	var end *place
	for _, status := range p.Statuses {
		s, err := t.sift(p, status, from)
		if err != nil {
			return nil, "", err
		}
		all = append(all, s.places...)
		if s.end != nil && (end == nil || end.after(*s.end)) {
			end = s.end
		}
	}
	page, next := pageOf(all, end, p.Limit)
	rows, err := t.rowsAt(page)
	return rows, next, err
}

// sift walks along one facet in one state.
func (t *tx) sift(p flow.Page, status string, from place) (s sifted, err error) {
	facets, err := t.rarestFirst(p.Facets, status)
	if err != nil {
		return s, err
	}
	look := mostSifted
	if len(facets) == 1 {
		look = p.Limit + 1
	}
	args := []any{facets[0], status, from.at, from.id, look, p.Limit + 1}
	others := ""
	for _, name := range facets[1:] {
		args = append(args, name)
		others += fmt.Sprintf(` AND (SELECT count(*) FROM facet g WHERE g.name = $%d AND g.status = $2 AND g.place = w.place
			AND g.record = w.record) = 1`, len(args))
	}
	const walk = `SELECT place, record FROM facet WHERE name = $1 AND status = $2 AND (place, record) > ($3, $4)
		ORDER BY place, record LIMIT $5`
	err = t.query(func(rows *sql.Rows) error {
		var at place
		err := rows.Scan(&at.at, &at.id)
		s.places = append(s.places, at)
		return err
	}, `SELECT w.place, w.record FROM (`+walk+`) AS w WHERE w.place IS NOT NULL`+others+
		` ORDER BY w.place, w.record LIMIT $6`, args...)
	if err != nil || len(facets) == 1 || len(s.places) > p.Limit {
		return s, err
	}
	var last place
	found, err := t.one([]any{&last.at, &last.id}, walk+" OFFSET $6", facets[0], status, from.at, from.id, 1, look-1)
	if found {
		s.end = &last
	}
	return s, err
}

// rarestFirst puts the facet that the fewest have before the others.
func (t *tx) rarestFirst(names []string, status string) ([]string, error) {
	all := append([]string(nil), names...)
	if len(all) == 1 {
		return all, nil
	}
	fewest := int64(mostSifted + 1)
	for i, name := range all {
		n, err := t.CountFacet(name, nil, nil, fewest, status)
		if err != nil {
			return nil, err
		}
		if n < fewest {
			fewest = n
			all[0], all[i] = all[i], all[0]
		}
	}
	return all, nil
}

// pageOf gives the first of some places, and the cursor of what comes after them. Beyond end nobody looked in one of the
// states, so that nothing there is in its order yet.
func pageOf(all []place, end *place, limit int) ([]place, string) {
	if end != nil {
		all = slices.DeleteFunc(all, func(p place) bool { return p.after(*end) })
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	switch {
	case len(all) > limit:
		all = all[:limit]
		return all, cursor{dueFirst.mark, all[limit-1].at, all[limit-1].id}.String()
	case end != nil:
		return all, cursor{dueFirst.mark, end.at, end.id}.String()
	}
	return all, ""
}

// rowsAt reads the records at some places, in their order.
func (t *tx) rowsAt(places []place) ([]flow.Row, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = p.id
	}
	args, in := list(nil, ids)
	byID := map[string]flow.Row{}
	err := t.query(func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		byID[string(r.ID)] = r
		return err
	}, "SELECT "+recordColumns+" FROM record WHERE id IN ("+in+")", args...)
	var all []flow.Row
	for _, id := range ids {
		if r, there := byID[id]; there {
			all = append(all, r)
		}
	}
	return all, err
}
