// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"

	"tocsin"
	"tocsin/internal/flow"
)

const deliveryColumns = "event, target, kind, record, attempts, " +
	"offered_at, tried_at, acked_at, refused_at, code"

func (t *tx) SaveDelivery(d flow.Delivery) error {
	const replace = `ON CONFLICT (event, target) DO UPDATE SET kind = excluded.kind, record = excluded.record,
		attempts = excluded.attempts, offered_at = excluded.offered_at, tried_at = excluded.tried_at,
		acked_at = excluded.acked_at, refused_at = excluded.refused_at, code = excluded.code`
	_, err := t.insert("delivery", deliveryColumns, replace, [][]any{{string(d.Event), d.Target, d.Kind,
		string(d.Record), d.Attempts, optional(d.OfferedAt), optional(d.TriedAt), optional(d.AckedAt),
		optional(d.RefusedAt), d.Code}})
	return err
}

func (t *tx) Delivery(event tocsin.EventID, target string) (flow.Delivery, error) {
	all, err := t.deliveries("WHERE event = $1 AND target = $2", string(event), target)
	if err != nil {
		return flow.Delivery{}, err
	}
	if len(all) == 0 {
		return flow.Delivery{}, notFound("delivery")
	}
	return all[0], nil
}

// DeliveriesOf gives the earliest offered first, those never offered last.
func (t *tx) DeliveriesOf(id tocsin.RecordID) ([]flow.Delivery, error) {
	return t.deliveries("WHERE record = $1 ORDER BY offered_at NULLS LAST, event, target", string(id))
}

func (t *tx) deliveries(where string, args ...any) ([]flow.Delivery, error) {
	var all []flow.Delivery
	err := t.query(func(rows *sql.Rows) error {
		var d flow.Delivery
		var offered, tried, acked, refused sql.NullInt64
		err := rows.Scan(&d.Event, &d.Target, &d.Kind, &d.Record, &d.Attempts, &offered, &tried, &acked,
			&refused, &d.Code)
		d.OfferedAt, d.TriedAt = fromOptional(offered), fromOptional(tried)
		d.AckedAt, d.RefusedAt = fromOptional(acked), fromOptional(refused)
		all = append(all, d)
		return err
	}, "SELECT "+deliveryColumns+" FROM delivery "+where, args...)
	return all, err
}
