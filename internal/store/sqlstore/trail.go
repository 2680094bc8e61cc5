// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"
	"fmt"
	"time"

	"tocsin/internal/flow"
)

const (
	// mostTrail is how many events one page of the journal looks through for those that were asked for.
	mostTrail = 10_000
	// trailSlack is how far apart in the journal two events may stand in another order than their times: as many as
	// can wait for the head of the journal at once, and more.
	trailSlack = 1_000
)

// Trail walks back through sequence numbers, which have no gap: so a page costs the same wherever it is.
func (t *tx) Trail(q flow.Trail) (all []flow.Trace, next int64, err error) {
	if q.Limit < 1 || q.Limit > maxPage {
		return nil, 0, t.fail(badLimit())
	}
	below, floor, err := t.trailSpan(q)
	if err != nil {
		return nil, 0, err
	}
	span := int64(mostTrail)
	if q.Kind == "" && q.Since == nil && q.Until == nil {
		span = int64(q.Limit) + 1
	}
	from := max(floor, below-span)
	where, args := trailFilter(q, []any{below, from, span, q.Limit + 1})
	// The inner LIMIT keeps an engine from turning to the index of records, and from reading rows it then throws away.
	err = t.query(func(rows *sql.Rows) error {
		trace, err := scanTrace(rows)
		all = append(all, trace)
		return err
	}, `SELECT w.seq, w.id, w.record, w.kind, w.at, w.actor, l.shard, l.idx FROM (
			SELECT seq, id, record, kind, at, actor FROM event WHERE seq < $1 AND seq >= $2 ORDER BY seq DESC LIMIT $3) AS w
		LEFT JOIN leaf l ON l.event_seq = w.seq WHERE w.seq >= $2`+where+` ORDER BY w.seq DESC LIMIT $4`, args...)
	switch {
	case err != nil:
		return nil, 0, err
	case len(all) > q.Limit:
		all = all[:q.Limit]
		return all, all[q.Limit-1].Seq, nil
	case from > floor:
		return all, from, nil
	}
	return all, 0, nil
}

// trailSpan gives the number all events of a page are below, and the lowest one they may have.
func (t *tx) trailSpan(q flow.Trail) (below, floor int64, err error) {
	head, err := t.Head()
	if err != nil {
		return 0, 0, err
	}
	below, floor = head.Seq+1, 1
	if q.Until != nil {
		at, err := t.firstSince(*q.Until, head.Seq)
		if err != nil {
			return 0, 0, err
		}
		below = min(below, at+trailSlack)
	}
	if q.Since != nil {
		at, err := t.firstSince(*q.Since, head.Seq)
		if err != nil {
			return 0, 0, err
		}
		floor = max(floor, at-trailSlack)
	}
	if q.Before > 0 {
		below = min(below, q.Before)
	}
	return below, floor, nil
}

// firstSince gives about where in the journal the events since a time begin, in as many looks as its length has
// binary digits.
func (t *tx) firstSince(at time.Time, last int64) (int64, error) {
	low, high := int64(1), last+1
	for low < high {
		middle := low + (high-low)/2
		var then int64
		found, err := t.one([]any{&then}, "SELECT at FROM event WHERE seq = $1", middle)
		if err != nil {
			return 0, err
		}
		if found && then < micros(at) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

func trailFilter(q flow.Trail, args []any) (string, []any) {
	where := ""
	add := func(condition string, values ...any) {
		places := []any{}
		for _, v := range values {
			args = append(args, v)
			places = append(places, len(args))
		}
		where += " AND " + fmt.Sprintf(condition, places...)
	}
	if q.Kind != "" {
		ids := idsOf(q.Kind)
		add("w.record > $%d AND w.record < $%d", ids.above, ids.below)
	}
	if q.Since != nil {
		add("w.at >= $%d", micros(*q.Since))
	}
	if q.Until != nil {
		add("w.at < $%d", micros(*q.Until))
	}
	return where, args
}

func scanTrace(rows *sql.Rows) (flow.Trace, error) {
	var e flow.Trace
	var at int64
	var shard, index sql.NullInt64
	err := rows.Scan(&e.Seq, &e.ID, &e.Record, &e.Kind, &at, &e.Actor, &shard, &index)
	e.At, e.Shard, e.LeafIndex = fromMicros(at), shard.Int64, -1
	if index.Valid {
		e.LeafIndex = index.Int64
	}
	return e, err
}
