// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"crypto/ed25519"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/logaudit"
	"tocsin/translog"
	"tocsin/wire"
)

// MustVerify holds everything in a world against what can be seen from outside: every journal against
// itself, both ends of every log, and the board's own count of what it did against the host's journal.
func (w *World) MustVerify() {
	w.Helper()
	for _, n := range w.nodes() {
		if n.Running() {
			w.MustBeIntact(n)
		}
	}
	issuer := w.MustAudit(w.Authority)
	for _, receiver := range []*Node{w.Host, w.Supervisor} {
		if !receiver.Running() {
			continue
		}
		if c := logaudit.Compare(issuer, w.MustAudit(receiver)); !c.Agrees() {
			w.Errorf("the logs of %s and %s disagree: %+v", Authority, receiver.ID, c)
		}
	}
	w.MustHaveActedOnce()
}

// MustBeIntact replays a node's journal.
func (w *World) MustBeIntact(n *Node) flow.Examined {
	w.Helper()
	examined, err := n.Flow().Fsck(w.Context(), nil)
	if err != nil {
		w.Fatalf("examine %s: %v", n.ID, err)
	}
	for _, d := range examined.Differences {
		w.Errorf("%s is not as its journal says: %+v", n.ID, d)
	}
	return examined
}

// MustAudit reads the node's current log shard with nothing but its address and the directory.
func (w *World) MustAudit(n *Node) logaudit.Report {
	w.Helper()
	report, err := w.Audit(n, 1, nil)
	if err != nil {
		w.Fatalf("audit the log of %s: %v", n.ID, err)
	}
	for _, f := range report.Faults {
		w.Errorf("the log of %s breaks a rule: %+v", n.ID, f)
	}
	if late := report.Overdue(w.Clock.Now()); len(late) > 0 {
		w.Errorf("the log of %s still withholds what it owes: %+v", n.ID, late)
	}
	return report
}

// Audit reads one shard of a node's log from outside.
func (w *World) Audit(n *Node, shard int64, previous *logaudit.Report) (logaudit.Report, error) {
	w.Helper()
	if err := n.Flow().Publish(w.Context()); err != nil {
		return logaudit.Report{}, err
	}
	verifier, err := w.LogVerifier(n, shard)
	if err != nil {
		return logaudit.Report{}, err
	}
	return logaudit.Audit{Base: fmt.Sprintf("%s/log/%d", n.Config.PublicURL, shard),
		Policy: translog.TrustLogs(verifier),
		Client: w.network.client, Previous: previous}.Run(w.Context())
}

// PublishedSize is the size of the checkpoint that a node serves now.
func (w *World) PublishedSize(n *Node) int64 {
	w.Helper()
	signed := w.fetch(n.Config.PublicURL+"/log/checkpoint", "")
	c, err := translog.PeekCheckpoint(signed)
	if err != nil {
		w.Fatal(err)
	}
	return c.Size
}

// LogVerifier trusts a node's log key, as the directory lists it, for one shard.
func (w *World) LogVerifier(n *Node, shard int64) (note.Verifier, error) {
	entry, err := w.Directory.Party(n.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range entry.Keys {
		if len(k.Uses) != 1 || k.Uses[0] != tocsin.UseLog {
			continue
		}
		public, err := wire.PublicKey(k)
		if err != nil {
			return nil, err
		}
		return translog.NewVerifier(translog.Origin(entry.LogOrigin, shard), public.(ed25519.PublicKey))
	}
	return nil, fmt.Errorf("%s has no log key", entry.ID)
}

// MustHaveActedOnce counts at the board, by event id, and holds every measure against the host's journal.
func (w *World) MustHaveActedOnce() {
	w.Helper()
	measures, changes := w.Measures()
	confirmed := map[string][]tocsin.Header{}
	for _, h := range w.Journal(w.Host) {
		if h.Kind == tocsin.EventMeasureConfirmed {
			confirmed[string(h.Facts.Event)] = append(confirmed[string(h.Facts.Event)], h)
		}
	}
	var changed int64
	for _, m := range measures {
		if m.Action != "unchanged" {
			changed++
		}
		known := confirmed[m.Event]
		delete(confirmed, m.Event)
		if len(known) != 1 {
			w.Errorf("measure of %s stands %d times in the host's journal", m.Event, len(known))
			continue
		}
		if h := known[0]; h.Facts.Code != m.Action || !h.Facts.When.Equal(m.At) {
			w.Errorf("the journal says %s at %s of a measure that was %s at %s", h.Facts.Code, h.Facts.When, m.Action,
				m.At)
		}
	}
	for event := range confirmed {
		w.Errorf("the journal holds a measure of %s that the board never took", event)
	}
	if changed != changes {
		w.Errorf("the board's posts count %d changes, its measures %d", changes, changed)
	}
}

// Journal gives every header of a node, in order.
func (w *World) Journal(n *Node) (headers []tocsin.Header) {
	w.Helper()
	for _, e := range w.Entries(n) {
		headers = append(headers, e.Header)
	}
	return headers
}

// Entries gives every event of a node as it is stored.
func (w *World) Entries(n *Node) (all []flow.StoredEntry) {
	w.Helper()
	err := n.Flow().Store.View(w.Context(), func(tx flow.Tx) error {
		for {
			var after int64
			if len(all) > 0 {
				after = all[len(all)-1].Seq
			}
			page, err := tx.Entries(after, 500)
			if err != nil || len(page) == 0 {
				return err
			}
			all = append(all, page...)
		}
	})
	if err != nil {
		w.Fatalf("read the journal of %s: %v", n.ID, err)
	}
	return all
}

// Leaves gives the leaves of a node in the order of their log.
func (w *World) Leaves(n *Node) (leaves []translog.Entry) {
	w.Helper()
	for _, e := range w.Entries(n) {
		if e.Leaf == nil {
			continue
		}
		leaf, err := translog.ParseEntry(e.Leaf)
		if err != nil {
			w.Fatalf("leaf of event %d: %v", e.Seq, err)
		}
		leaves = append(leaves, leaf)
	}
	return leaves
}

// Count counts the events of a kind in a node's journal.
func (w *World) Count(n *Node, kinds ...tocsin.EventKind) (count int) {
	w.Helper()
	for _, h := range w.Journal(n) {
		for _, k := range kinds {
			if h.Kind == k {
				count++
			}
		}
	}
	return count
}

// Kinds lists the kinds of a record's events, as one line.
func (w *World) Kinds(n *Node, id tocsin.RecordID) string {
	w.Helper()
	var kinds []string
	for _, h := range w.Journal(n) {
		if h.Record == id {
			_, kind, _ := strings.Cut(string(h.Kind), ".")
			kinds = append(kinds, kind)
		}
	}
	return strings.Join(kinds, " ")
}
