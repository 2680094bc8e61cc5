// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"database/sql"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

// AppendOnly changes the journal behind the store's back, with the store's own handle, and expects the
// database to refuse everything but the destruction of a payload.
func AppendOnly(t *testing.T, s flow.Store, db *sql.DB, more ...string) {
	r, e := addRecord(t, s)
	addRecord(t, s)
	update(t, s, func(tx flow.Tx) error { return tx.OpenShard() })
	refused := append([]string{
		"UPDATE event SET seq = 9 WHERE seq = 1",
		"UPDATE event SET id = 'evt_other' WHERE seq = 1",
		"UPDATE event SET record = 'itm_other' WHERE seq = 1",
		"UPDATE event SET version = 9 WHERE seq = 1",
		"UPDATE event SET kind = 'item.other' WHERE seq = 1",
		"UPDATE event SET at = 9 WHERE seq = 1",
		"UPDATE event SET actor = 'clock9' WHERE seq = 1",
		"UPDATE event SET header = hash WHERE seq = 1",
		"UPDATE event SET hash = (SELECT hash FROM event WHERE seq = 2) WHERE seq = 1",
		"UPDATE event SET payload = header WHERE seq = 1",
		"UPDATE event SET payload = payload WHERE seq = 1",
		"UPDATE event SET payload = NULL, at = 9 WHERE seq = 1",
		"UPDATE event SET payload = NULL, header = hash WHERE seq = 1",
		"DELETE FROM event WHERE seq = 2",
		"DELETE FROM event",
		"UPDATE leaf SET body = body",
		"DELETE FROM leaf WHERE idx = 1",
		"UPDATE leaf_hash SET hash = hash WHERE idx = 0",
		"DELETE FROM leaf_hash WHERE idx = 2",
		"UPDATE log_shard SET tree_size = 1",
		"DELETE FROM log_shard",
	}, more...)
	ctx := context.WithoutCancel(t.Context())
	for _, statement := range refused {
		if _, err := db.ExecContext(ctx, statement); err == nil {
			t.Errorf("not refused: %s", statement)
		}
	}
	if got := Verify(t, s); len(got) != 2 || got[0].Payload == nil {
		t.Fatalf("the journal was changed")
	}
	for _, statement := range []string{
		"UPDATE event SET payload = NULL WHERE seq = 1",
		"INSERT INTO event (seq, id, record, version, kind, at, actor, header, hash) " +
			"SELECT 3, 'evt_third', record, 7, kind, at, actor, header, hash FROM event WHERE seq = 1",
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Errorf("refused: %s: %v", statement, err)
		}
	}
	for _, statement := range []string{
		"UPDATE event SET payload = NULL WHERE seq = 1", // erased once: no change is left to allow
		"UPDATE event SET payload = header WHERE seq = 1",
	} {
		if _, err := db.ExecContext(ctx, statement); err == nil {
			t.Errorf("not refused after erasing: %s", statement)
		}
	}
	view(t, s, func(tx flow.Tx) error {
		got, err := tx.EntryByID(e.Header.ID)
		if got.Payload != nil || got.Header.Record != r.ID {
			t.Errorf("event after erasing: %+v", got)
		}
		return err
	})
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.Append([]flow.Entry{entry(r.ID, 2, true)}) })
	expect(t, err, tocsin.CodeConflict, "") // the number three was taken behind the store's back
}
