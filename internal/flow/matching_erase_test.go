// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/blob"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// TestErasedMatchingIsGone erases what a bank held, and looks for it where people and the next import would.
func TestErasedMatchingIsGone(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})
		for _, c := range []struct {
			rule string
			test func(bench)
		}{
			{"a retracted signal stays while any import would bring it back", keptWhileListed},
			{"what comes back after erasure can be stopped again", stoppedAgain},
			{"the rows of an erased import are gone with the last that names them", rowsGone},
			{"an erased bank has no name", nameGone},
			{"a refused import leaves no rows", refusedLeavesNothing},
		} {
			t.Run(c.rule, func(t *testing.T) { c.test(bench{w.As(t)}) })
		}
		w.MustBeIntact(w.Host)
	})
}

func (b bench) erase(id tocsin.RecordID) error {
	return b.Host.Flow().EraseRecord(b.Context(), testkit.Operator, id, "retention_ended")
}

func (b bench) withdraw(id tocsin.RecordID) {
	b.Helper()
	b.must(b.Host.Flow().WithdrawBatch(b.Context(), b.Moderator.Actor, id, "The wrong list."))
}

func keptWhileListed(b bench) {
	b.open("LISTED_LATER", nil)
	id := b.add("LISTED_LATER", known)
	b.must(b.Host.Flow().RetractSignal(b.Context(), b.Moderator.Actor, flow.SignalRef{ID: id}, "An error."))
	r := b.load("LISTED_LATER", "pdq "+known)
	if err := b.erase(id); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		b.Errorf("erased: %v", err)
	}
	b.proposes(known, "LISTED_LATER", "")
	b.withdraw(r.Batch)
	b.must(b.erase(id))
	b.close("LISTED_LATER")
}

func stoppedAgain(b bench) {
	b.open("ANEW", nil)
	f, who := b.Host.Flow(), b.Moderator.Actor
	r := b.load("ANEW", "pdq "+known)
	b.must(f.RetractSignal(b.Context(), who, ref("ANEW", known), "An error."))
	m, err := f.Known(b.Context(), who, ref("ANEW", known))
	if err != nil || len(m) != 0 {
		b.Fatalf("a retracted signal is known: %+v, %v", m, err)
	}
	b.withdraw(r.Batch)
	b.must(b.erase(b.signalOf("ANEW")))
	b.load("ANEW", "pdq "+known)
	b.proposes(known, "ANEW", flow.ProposeReview)
	b.must(f.DisableSignal(b.Context(), who, ref("ANEW", known), nil, ""))
	b.proposes(known, "ANEW", flow.ProposeDisabled)
	b.add("ANEW", known)
	b.close("ANEW")
}

// signalOf is the one signal of a bank that has a record.
func (b bench) signalOf(bank string) tocsin.RecordID {
	b.Helper()
	v, err := b.Host.Flow().Bank(b.Context(), b.Moderator.Actor, bank)
	b.must(err)
	for _, row := range b.Records(b.Host, tocsin.KindSignal) {
		if strings.Contains(string(row.Body), string(v.ID)) {
			return row.ID
		}
	}
	b.Fatal("no signal of the bank has a record")
	return ""
}

func rowsGone(b bench) {
	b.open("TWICE", nil)
	lines := []string{"pdq " + near, "md5 " + strings.Repeat("ab", 16)}
	one, two := b.load("TWICE", lines...), b.load("TWICE", lines...)
	batches, _, err := b.Host.Flow().Batches(b.Context(), b.Moderator.Actor, "", 100)
	b.must(err)
	at := slices.IndexFunc(batches, func(v flow.BatchView) bool { return v.ID == one.Batch })
	kept := func() bool {
		blob, err := b.Host.Flow().Blobs.Open(b.Context(), batches[at].Blob)
		if err == nil {
			blob.Close()
		}
		return err == nil
	}
	b.withdraw(one.Batch)
	b.must(b.erase(one.Batch))
	if b.proposes(near, "TWICE", flow.ProposeReview); !kept() {
		b.Error("the rows of an import are gone that was not erased")
	}
	b.withdraw(two.Batch)
	b.must(b.erase(two.Batch))
	if kept() {
		b.Error("the rows of an erased import are still there, in the clear")
	}
	b.must(b.Host.Restart(b.Context()))
	b.proposes(near, "TWICE", "")
	b.close("TWICE")
}

func nameGone(b bench) {
	id := b.open("FORGOTTEN", nil)
	b.close("FORGOTTEN")
	b.must(b.erase(id))
	check := func() {
		b.Helper()
		banks, err := b.Host.Flow().Banks(b.Context(), b.Moderator.Actor, true)
		b.must(err)
		for _, v := range banks {
			if v.File.Name == "FORGOTTEN" {
				b.Error("the name of an erased bank is shown")
			}
		}
	}
	check()
	b.must(b.Host.Restart(b.Context()))
	check()
}

// closing closes a bank when the list that it reads comes to its end.
type closing struct {
	*strings.Reader
	close func()
}

func (c *closing) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil && c.close != nil {
		c.close()
		c.close = nil
	}
	return n, err
}

func refusedLeavesNothing(b bench) {
	b.open("CLOSING", nil)
	b.load("CLOSING", "pdq "+strings.Repeat("3c", 32)) // other rows
	blobs := func() (n int) {
		for _, err := range b.blobs() {
			b.must(err)
			n++
		}
		return n
	}
	before := blobs()
	list := &closing{strings.NewReader("pdq " + strings.Repeat("5a", 32)), func() { b.close("CLOSING") }}
	_, err := b.Host.Flow().Import(b.Context(), b.Moderator.Actor, "", flow.Import{Bank: "CLOSING",
		Format: tocsin.FormatLocalFile, Body: list})
	if tocsin.CodeOf(err) != tocsin.CodeConflict && tocsin.CodeOf(err) != tocsin.CodeNotFound {
		b.Errorf("imported into a closed bank: %v", err)
	}
	if after := blobs(); after != before {
		b.Errorf("a refused import left %d files of rows", after-before)
	}
}

func (b bench) blobs() iter.Seq2[blob.Info, error] {
	return b.Host.Flow().Blobs.(*blob.Store).List(b.Context())
}
