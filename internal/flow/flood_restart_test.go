// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"context"

	"tocsin/internal/flow"
)

func restartKeepsHits(b bench) {
	b.open("RESTARTED", nil)
	id := b.add("RESTARTED", known)
	for range 40 {
		b.proposes(known, "RESTARTED", flow.ProposeReview)
	}
	b.must(b.Host.Restart(b.Context()))
	for range 9 {
		b.proposes(known, "RESTARTED", flow.ProposeReview)
	}
	b.proposes(known, "RESTARTED", flow.ProposeQuarantine)
	b.must(b.Host.Flow().ReleaseSignal(b.Context(), b.Moderator.Actor, flow.SignalRef{ID: id}, "Looked."))
	b.must(b.Host.Restart(b.Context()))
	for range 60 { // which a person called the usual
		b.proposes(known, "RESTARTED", flow.ProposeReview)
	}
	b.close("RESTARTED")
}

// counted is how many counts of hits are kept, after what is known now was written.
func (b bench) counted() (rows int) {
	b.Helper()
	ended, end := context.WithCancel(b.Context())
	end()
	b.must(b.Host.Flow().KeepHits(ended))
	db, err := b.Host.Behind()
	b.must(err)
	defer db.Close()
	b.must(db.QueryRowContext(b.Context(), "SELECT count(*) FROM hits").Scan(&rows))
	return rows
}

func erasedLeavesNoCount(b bench) {
	b.open("COUNTED", nil)
	before := b.counted()
	id := b.add("COUNTED", known)
	for range 10 {
		b.proposes(known, "COUNTED", flow.ProposeReview)
	}
	if got := b.counted(); got != before+1 {
		b.Errorf("%d counts are kept, then %d", before, got)
	}
	b.proposes(known, "COUNTED", flow.ProposeReview) // not written yet
	b.must(b.Host.Flow().RetractSignal(b.Context(), b.Moderator.Actor, flow.SignalRef{ID: id}, "An error."))
	b.must(b.erase(id))
	if got := b.counted(); got != before {
		b.Errorf("%d counts are kept, and %d after the erasure", before, got)
	}
	b.close("COUNTED")
}
