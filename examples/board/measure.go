// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Actions of a measure.
const (
	actionRestricted = "restricted"
	actionReinstated = "reinstated"
	actionUnchanged  = "unchanged" // an older or equal version came after
)

// maxMeasures is how many measures one answer lists.
const maxMeasures = 10_000

// measure is what the board did for one event, and when. The callback answers its first three members.
type measure struct {
	Event   string    `json:"event"`
	Action  string    `json:"action"`
	At      time.Time `json:"at"`
	Version int64     `json:"-"`
}

// action names the outcome of applying e: restricted while anything it carries still runs. An event that
// arrives after the end of all its restrictions leaves nothing to restrict.
func (e event) action(now time.Time) string {
	for _, r := range e.Data.Restrictions {
		if r.Until == nil || now.Before(*r.Until) {
			return actionRestricted
		}
	}
	return actionReinstated
}

// redelivered returns the measure already recorded for this event id, if any, and counts the delivery. A
// repetition may carry a later state: whatever changed it has an event of its own, which brings it too. The
// same id for another item is a fault of the sender.
func redelivered(ctx context.Context, tx *sql.Tx, id postID, e event) (measure, error) {
	m := measure{Event: e.ID}
	var item postID
	var at int64
	err := tx.QueryRowContext(ctx, `SELECT post, version, action, at FROM measure WHERE event = $1`, e.ID).
		Scan(&item, &m.Version, &m.Action, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return measure{}, nil
	}
	if err != nil {
		return measure{}, fmt.Errorf("find measure: %w", err)
	}
	if item != id {
		return measure{}, problemOf(http.StatusConflict, "event-conflict",
			"This event id was used before, for another item.")
	}
	if _, err := tx.ExecContext(ctx,
		`UPDATE measure SET deliveries = deliveries + 1 WHERE event = $1`, e.ID); err != nil {
		return measure{}, fmt.Errorf("count delivery: %w", err)
	}
	m.At = time.UnixMicro(at).UTC()
	return m, nil
}

// advance moves the post to version, and says no when it has already applied that version or a later one.
func advance(ctx context.Context, tx *sql.Tx, id postID, version int64) (newer bool, err error) {
	var have int64
	err = tx.QueryRowContext(ctx, `SELECT version FROM post WHERE id = $1`, id).Scan(&have)
	if errors.Is(err, sql.ErrNoRows) {
		return false, errNoPost
	}
	if err != nil {
		return false, fmt.Errorf("read version: %w", err)
	}
	if version <= have {
		return false, nil
	}
	if _, err := tx.ExecContext(ctx,
		`UPDATE post SET version = $1, changes = changes + 1 WHERE id = $2`, version, id); err != nil {
		return false, fmt.Errorf("write version: %w", err)
	}
	return true, nil
}

func insertMeasure(ctx context.Context, tx *sql.Tx, id postID, m measure) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO measure (event, post, version, action, at) VALUES ($1, $2, $3, $4, $5)`,
		m.Event, id, m.Version, m.Action, m.At.UnixMicro())
	if err != nil {
		return fmt.Errorf("record measure: %w", err)
	}
	return nil
}

// listedMeasure is a measure as GET /tocsin/measures shows it.
type listedMeasure struct {
	Seq        int64     `json:"seq"`
	Event      string    `json:"event"`
	Item       string    `json:"item"`
	Version    int64     `json:"version"`
	Action     string    `json:"action"`
	At         time.Time `json:"at"`
	Deliveries int64     `json:"deliveries"` // how often the event arrived; it was applied once
}

// measureList is the answer of GET /tocsin/measures.
type measureList struct {
	Measures []listedMeasure `json:"measures"`
	// Changes is the sum of a counter each post keeps of the events that changed it. It equals the number of
	// measures other than "unchanged", whatever was killed or sent twice.
	Changes int64 `json:"changes"`
	// Next is the ?after= of the next page; absent on the last.
	Next int64 `json:"next,omitempty"`
}

// serveMeasures lists what the board did, for whoever reconciles: the node, by signature, or an
// administrator.
func (b *Board) serveMeasures(w http.ResponseWriter, r *http.Request) {
	if !b.isAdmin(bearer(r)) {
		if _, err := b.authentic(w, r); err != nil {
			b.writeProblem(w, r, err)
			return
		}
	}
	after, err := strconv.ParseInt(cmp.Or(r.FormValue("after"), "0"), 10, 64)
	if err != nil || after < 0 {
		b.writeProblem(w, r, problemOf(http.StatusBadRequest, "bad-query", "after must be a whole number."))
		return
	}
	list := measureList{Measures: []listedMeasure{}}
	err = b.store.read(r.Context(), func(tx *sql.Tx) error { return list.load(r.Context(), tx, after) })
	if err != nil {
		b.writeProblem(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, "application/json", list)
}

func (l *measureList) load(ctx context.Context, tx *sql.Tx, after int64) error {
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var m listedMeasure
		var at int64
		err := rows.Scan(&m.Seq, &m.Event, &m.Item, &m.Version, &m.Action, &at, &m.Deliveries)
		if err != nil {
			return err
		}
		m.At = time.UnixMicro(at).UTC()
		l.Measures = append(l.Measures, m)
		return nil
	}, `SELECT seq, event, post, version, action, at, deliveries FROM measure
		WHERE seq > $1 ORDER BY seq LIMIT $2`, after, maxMeasures)
	if err != nil {
		return fmt.Errorf("list measures: %w", err)
	}
	if len(l.Measures) == maxMeasures {
		l.Next = l.Measures[maxMeasures-1].Seq
	}
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(changes), 0) FROM post`).Scan(&l.Changes)
	if err != nil {
		return fmt.Errorf("count changes: %w", err)
	}
	return nil
}
