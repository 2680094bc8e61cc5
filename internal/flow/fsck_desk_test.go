// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// TestKeyThatLeadsNowhereIsFound loses every key of each kind by which somebody comes back to the desk: a notifier, who
// complains, a sender whose notices are counted, an item that is uploaded again.
func TestKeyThatLeadsNowhereIsFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, func(c *config.Config) {
		reads(t)(c)
		c.StandingDecisions.Enabled, c.Desk.ReviewShare = true, 100
	})
	h := hearing{desk: d}
	h.upholds("lex:zorvian@1")
	h.stand()
	_, token, _ := h.restricted("2", 2)
	_, err := h.Host.Flow().Complain(h.Context(), token, "press", complaintForm())
	h.must(err)
	_, err = h.Host.Flow().SubmitNotice(h.Context(), service(), "", flow.NoticeDraft{Report: true, Item: "3",
		Sender: "reporter-9", External: "report-1", Form: tocsin.NoticeForm{Reasons: "bolts"}})
	h.must(err)
	h.Drain()
	h.MustBeIntact(h.Host)
	db, err := h.Host.Behind()
	h.must(err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	v := &vandal{World: h.World, node: h.Host, db: db}
	for _, kind := range []string{"notice_token", "notice_external", "sender", "complaint", "standing", "review", "case",
		"challenge", "entry_held"} {
		if n := v.pairs("SELECT 'n', count(*) FROM lookup WHERE kind = '" + kind + "'")["n"]; n == "0" {
			t.Errorf("there is no key of kind %s to lose", kind)
		}
		v.exec("CREATE TEMP TABLE taken AS SELECT * FROM lookup WHERE kind = $1", kind)
		v.exec("DELETE FROM lookup WHERE kind = $1", kind)
		examined, err := h.Host.Flow().Fsck(h.Context(), nil)
		h.must(err)
		if !named(examined.Differences) {
			t.Errorf("without any %s: %+v", kind, examined.Differences)
		}
		v.exec("INSERT INTO lookup SELECT * FROM taken")
		v.exec("DROP TABLE taken")
	}
	h.MustBeIntact(h.Host)
}
