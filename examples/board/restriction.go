// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// restriction is one reason why a post is not shown. Its text fields are empty under a gag.
type restriction struct {
	ID         string
	From       time.Time
	Until      time.Time // zero: until the node lifts it
	Territory  string    // codes, comma-separated
	disclosure string

	Authority, Basis, OrderReference, Reasons, Remedies string

	// Of the board's own decisions.
	Provision, Facts, Language, Detection, Complaint string
	Automated                                        bool
}

// active says whether r still runs. The board ends a restriction itself when its end has come, even when the
// node is silent; it does not wait for From, because the node names only restrictions that run already.
func (r restriction) active(now time.Time) bool { return r.Until.IsZero() || now.Before(r.Until) }

// answer is how the board answers for a post. It is derived at each request and never stored.
type answer int

const (
	answerShown   answer = iota // 200
	answerRemoved               // 410: the board's own decision, or a gag
	answerBlocked               // 451, naming what may be named
)

// answer derives what the public gets, with the restrictions it may be told about. One disclosed restriction
// is enough for 451; those under a gag are then left out, because naming their number would break it.
func (p post) answer(now time.Time) (answer, []restriction) {
	var disclosed []restriction
	gagged := false // or decided by the board itself: the public is told the same
	for _, r := range p.restrictions {
		switch {
		case !r.active(now):
		case r.disclosure == disclosureFull:
			disclosed = append(disclosed, r)
		default:
			gagged = true
		}
	}
	switch {
	case len(disclosed) > 0:
		return answerBlocked, disclosed
	case gagged || p.removed:
		return answerRemoved, nil
	}
	return answerShown, nil
}

// decided are the board's own decisions that run, for the author alone: the public is told of none.
func (p post) decided(now time.Time) (own []restriction) {
	for _, r := range p.restrictions {
		if r.disclosure == disclosureOwn && r.active(now) {
			own = append(own, r)
		}
	}
	return own
}

func findRestrictions(ctx context.Context, tx *sql.Tx, id postID) (set []restriction, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var r restriction
		var from int64
		var until sql.NullInt64
		if err := rows.Scan(&r.ID, &from, &until, &r.Territory, &r.disclosure,
			&r.Authority, &r.Basis, &r.OrderReference, &r.Reasons, &r.Remedies,
			&r.Provision, &r.Facts, &r.Language, &r.Detection, &r.Automated, &r.Complaint); err != nil {
			return err
		}
		r.From = time.UnixMicro(from).UTC()
		if until.Valid {
			r.Until = time.UnixMicro(until.Int64).UTC()
		}
		set = append(set, r)
		return nil
	}, `SELECT id, from_at, until_at, territory, disclosure,
		authority, basis, order_reference, reasons, remedies, provision, facts, language,
		detection, automated, complaint
		FROM restriction WHERE post = $1 ORDER BY from_at, id`, id)
	if err != nil {
		return nil, fmt.Errorf("find restrictions: %w", err)
	}
	return set, nil
}

// replaceRestrictions makes set the whole set of restrictions of a post.
func replaceRestrictions(ctx context.Context, tx *sql.Tx, id postID, set []eventRestriction) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM restriction WHERE post = $1`, id); err != nil {
		return fmt.Errorf("clear restrictions: %w", err)
	}
	for _, r := range set {
		var until sql.NullInt64
		if r.Until != nil {
			until = sql.NullInt64{Int64: r.Until.UnixMicro(), Valid: true}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO restriction (post, id, from_at, until_at, territory,
			disclosure, authority, basis, order_reference, reasons, remedies, provision, facts, language, detection,
			automated, complaint)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			id, r.ID, r.From.UnixMicro(), until, strings.Join(r.Territory, ", "), r.Disclosure,
			r.Authority, r.Basis, r.OrderReference, r.Reasons, r.Remedies,
			r.Provision, r.Facts, r.Language, r.Detection, r.Automated, r.Complaint)
		if err != nil {
			return fmt.Errorf("insert restriction: %w", err)
		}
	}
	return nil
}
