// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
)

func commandRunsOnce(t *testing.T, s flow.Store) {
	for key, result := range map[string][]byte{"key": {0, 1}, "clé \x00": {}} {
		update(t, s, func(tx flow.Tx) error { return tx.SaveCommand(key, result, start) })
		view(t, s, func(tx flow.Tx) error {
			got, ok, err := tx.Command(key)
			if !ok || string(got) != string(result) {
				t.Errorf("got %v, %v, want %v", got, ok, result)
			}
			return err
		})
	}
	err := s.Update(t.Context(), func(tx flow.Tx) error { return tx.SaveCommand("key", nil, start) })
	expect(t, err, tocsin.CodeConflict, tocsin.ReasonDuplicate)
}

func deliveryIsReplaced(t *testing.T, s flow.Store) {
	id, other := tocsin.NewRecordID(tocsin.KindItem), tocsin.NewRecordID(tocsin.KindItem)
	first := flow.Delivery{Event: tocsin.NewEventID(), Target: "platform", Kind: "callback", Record: id}
	tried := first
	tried.Attempts, tried.Code = 2, "timeout"
	tried.OfferedAt, tried.TriedAt = pointer(start), pointer(start.Add(time.Second))
	done := tried
	done.AckedAt, done.Code = pointer(start.Add(time.Minute)), ""
	refused := flow.Delivery{Event: first.Event, Target: "ie-host", Kind: "order", Record: id, Attempts: 1,
		OfferedAt: pointer(start.Add(-time.Second)), RefusedAt: pointer(start), Code: "wrong_key"}
	elsewhere := flow.Delivery{Event: tocsin.NewEventID(), Target: "platform", Kind: "callback", Record: other}
	for _, d := range []flow.Delivery{first, tried, done, refused, elsewhere} {
		update(t, s, func(tx flow.Tx) error { return tx.SaveDelivery(d) })
		view(t, s, func(tx flow.Tx) error {
			got, err := tx.Delivery(d.Event, d.Target)
			if diff := cmp.Diff(d, got); diff != "" {
				t.Errorf("delivery (-want +got):\n%s", diff)
			}
			return err
		})
	}
	view(t, s, func(tx flow.Tx) error {
		got, err := tx.DeliveriesOf(id)
		if diff := cmp.Diff([]flow.Delivery{refused, done}, got); diff != "" {
			t.Errorf("deliveries (-want +got):\n%s", diff)
		}
		return err
	})
}

func followerKeepsItsPlace(t *testing.T, s flow.Store) {
	for _, seq := range []int64{0, 3, 7} {
		update(t, s, func(tx flow.Tx) error {
			if seq == 0 {
				return nil
			}
			return tx.SetPosition("feed", seq)
		})
		view(t, s, func(tx flow.Tx) error {
			got, err := tx.Position("feed")
			if got != seq {
				t.Errorf("position %d, want %d", got, seq)
			}
			return err
		})
	}
	view(t, s, func(tx flow.Tx) error {
		got, err := tx.Position("index")
		if got != 0 {
			t.Errorf("position of another follower %d", got)
		}
		return err
	})
}

func nonceIsFreshOnce(t *testing.T, s flow.Store) {
	use := func(key tocsin.KeyID, nonce string, want bool) {
		t.Helper()
		update(t, s, func(tx flow.Tx) error {
			fresh, err := tx.UseNonce(key, nonce, start)
			if fresh != want {
				t.Errorf("%s %q fresh: %v, want %v", key, nonce, fresh, want)
			}
			return err
		})
	}
	use("key", "nonce", true)
	use("key", "nonce", false)
	use("key", "non", true)
	use("keyn", "once", true) // the border between the two matters
	use("key", "\x00\xff", true)
	update(t, s, func(tx flow.Tx) error { return tx.PruneNonces(start) })
	use("key", "nonce", false)
	update(t, s, func(tx flow.Tx) error { return tx.PruneNonces(start.Add(time.Second)) })
	use("key", "nonce", true)
}

// textIsUnicode: what one engine would keep and the other refuse is refused by both, whole.
func textIsUnicode(t *testing.T, s flow.Store) {
	r := newRow()
	r.Status = "открыто 開 🔔 é"
	update(t, s, func(tx flow.Tx) error { return tx.Create(r) })
	sameRow(t, s, r)
	for _, bad := range []string{"a\x00b", "a\xffb", "\xed\xa0\x80"} {
		r := newRow()
		for name, fn := range map[string]func(flow.Tx) error{
			"status": func(tx flow.Tx) error { r.Status = bad; return tx.Create(r) },
			"body":   func(tx flow.Tx) error { r.Body = []byte(`"` + bad + `"`); return tx.Create(r) },
			"search": func(tx flow.Tx) error { return tx.SetSearchText(r.ID, bad) },
			"words": func(tx flow.Tx) error {
				_, err := tx.Search([]string{bad}, 1)
				return err
			},
			"id": func(tx flow.Tx) error {
				_, err := tx.Record(tocsin.RecordID(bad))
				return err
			},
			"lookup":   func(tx flow.Tx) error { return tx.Reserve(bad, []byte("key"), r.ID) },
			"job":      func(tx flow.Tx) error { return tx.Enqueue(flow.Job{Kind: "a", Key: bad, RunAt: start}) },
			"target":   func(tx flow.Tx) error { return tx.SaveDelivery(flow.Delivery{Event: "evt", Target: bad}) },
			"follower": func(tx flow.Tx) error { return tx.SetPosition(bad, 1) },
		} {
			err := s.Update(t.Context(), func(tx flow.Tx) error {
				if err := tx.Create(newRow()); err != nil {
					return err
				}
				return fn(tx)
			})
			if tocsin.CodeOf(err) != tocsin.CodeInvalid || tocsin.ReasonOf(err) != tocsin.ReasonNotText {
				t.Errorf("%s %q: got %v", name, bad, err)
			}
		}
	}
	view(t, s, func(tx flow.Tx) error {
		n, err := tx.Count(tocsin.KindItem, every)
		if n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		return err
	})
}
