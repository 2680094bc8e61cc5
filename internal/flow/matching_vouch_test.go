// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// TestMatchHoldsAsLongAsSomebodyVouches follows signals that several sources bring and take back.
func TestMatchHoldsAsLongAsSomebodyVouches(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority},
			Configure: func(c *config.Config) { c.Matching.FloodFloor = 50 }})
		for _, c := range []struct {
			rule string
			test func(bench)
		}{
			{"entries of other banks hide none that counts", hiddenByOthers},
			{"what was added by hand outlives the import that brought it too", outlivesImport},
			{"an import brings back what had expired", broughtBack},
			{"a source takes back only its own word", ownWordOnly},
			{"a source's own word goes, and the signal stays, when others vouch", ownWordGoes},
			{"nobody's word is left", nobodyVouches},
			{"rows of several imports of one party", wordOfSeveralImports},
			{"one value added by many at once is one signal", addedAtOnce},
			{"a key stands for one request", keyOfOneRequest},
			{"an export holds what matches, and no word of a source marked red", exported},
			{"a released signal proposes again", releasedProposes},
			{"a restart forgets neither a flood nor what is usual", restartKeepsHits},
			{"an erased signal leaves no count", erasedLeavesNoCount},
			{"a dry run refuses what the import would", dryRunRefuses},
		} {
			t.Run(c.rule, func(t *testing.T) { c.test(bench{w.As(t)}) })
		}
		w.MustBeIntact(w.Host)
	})
}

// neighbours are values two bits from known.
func neighbours(n int) (lines []string) {
	for i := 0; ; i++ {
		for k := range i {
			if len(lines) == n {
				return lines
			}
			value := bytes.Repeat([]byte{0x0f}, 32)
			value[i/8] ^= 1 << (i % 8)
			value[k/8] ^= 1 << (k % 8)
			lines = append(lines, fmt.Sprintf("pdq %x", value))
		}
	}
}

func hiddenByOthers(b bench) {
	b.open("CROWD", func(t *tocsin.BankTerms) { t.Thresholds = []tocsin.Threshold{{Type: "pdq", Distance: 0}} })
	if r := b.load("CROWD", neighbours(1100)...); r.Rows != 1100 {
		b.Fatalf("the crowd is %d", r.Rows)
	}
	b.open("COUNTS", nil)
	b.add("COUNTS", near)
	b.proposes(known, "COUNTS", flow.ProposeReview)
	b.close("CROWD")
	b.proposes(known, "COUNTS", flow.ProposeReview)
	b.close("COUNTS")
}

func outlivesImport(b bench) {
	b.open("KEPT", nil)
	r := b.load("KEPT", "pdq "+known)
	b.add("KEPT", known)
	b.must(b.Host.Flow().WithdrawBatch(b.Context(), b.Moderator.Actor, r.Batch, "The wrong list."))
	check := func() {
		b.Helper()
		m := b.screen(known, func(s *flow.Screening) { s.Banks = []string{"KEPT"} })
		if len(m) != 1 || m[0].Proposal != flow.ProposeReview || len(m[0].Provenance) != 1 ||
			m[0].Provenance[0].Party != testkit.Host {
			b.Fatalf("got %+v", m)
		}
	}
	check()
	b.must(b.Host.Restart(b.Context()))
	check()
	b.close("KEPT")
}

func broughtBack(b bench) {
	b.open("EXPIRING", nil)
	until := b.Clock.Now().Add(time.Hour)
	_, err := b.Host.Flow().AddSignal(b.Context(), b.Moderator.Actor, "",
		flow.NewSignal{SignalRef: ref("EXPIRING", known), Until: &until})
	b.must(err)
	b.Clock.Set(until)
	b.proposes(known, "EXPIRING", "") // whether or not the clock was looked at
	b.Pass(time.Minute)
	b.load("EXPIRING", "pdq "+known)
	m := b.screen(known, func(s *flow.Screening) { s.Banks = []string{"EXPIRING"} })
	if len(m) != 1 || m[0].State != tocsin.SignalActive || len(m[0].Provenance) != 1 ||
		m[0].Provenance[0].Party != partner {
		b.Errorf("got %+v", m)
	}
	b.close("EXPIRING")
}

func ownWordOnly(b bench) {
	b.open("SHARED", nil)
	_, err := b.Host.Flow().AddSignal(b.Context(), b.Moderator.Actor, "",
		flow.NewSignal{SignalRef: ref("SHARED", known), Source: testkit.Host})
	b.must(err)
	b.load("SHARED", "pdq "+known) // from the partner
	r, err := b.Host.Flow().Import(b.Context(), b.Moderator.Actor, "", flow.Import{Bank: "SHARED",
		Source: testkit.Host, Format: tocsin.FormatJSONLines,
		Body: strings.NewReader(`{"type":"pdq","value":"` + known + `","deleted":true}`)})
	if err != nil || r.Retracted != 0 {
		b.Errorf("took back what a partner vouches for: %+v, %v", r, err)
	}
	b.proposes(known, "SHARED", flow.ProposeReview)
	b.close("SHARED")
}

func addedAtOnce(b bench) {
	b.open("RACED", nil)
	for round := range 5 {
		value := fmt.Sprintf("%064x", round+1)
		var group sync.WaitGroup
		ids := make([]tocsin.RecordID, 6)
		for i := range ids {
			group.Go(func() {
				var err error
				if ids[i], err = b.Host.Flow().AddSignal(b.Context(), b.Moderator.Actor, "",
					flow.NewSignal{SignalRef: ref("RACED", value)}); err != nil {
					b.Errorf("refused: %v", err)
				}
			})
		}
		group.Wait()
		for _, id := range ids[1:] {
			if id != ids[0] {
				b.Errorf("one value has the records %s and %s", ids[0], id)
			}
		}
	}
	b.close("RACED")
}

func keyOfOneRequest(b bench) {
	f, who := b.Host.Flow(), b.Moderator.Actor
	b.open("KEYED", nil)
	add := func(value string) (tocsin.RecordID, error) {
		return f.AddSignal(b.Context(), who, "one", flow.NewSignal{SignalRef: ref("KEYED", value)})
	}
	first, err := add(known)
	b.must(err)
	if again, err := add(strings.ToUpper(known)); err != nil || again != first {
		b.Errorf("asked twice: %s, %v", again, err)
	}
	if id, err := add(far); tocsin.ReasonOf(err) != flow.ReasonKeyReused {
		b.Errorf("another value under the same key: %s, %v", id, err)
	}
	r, err := f.Import(b.Context(), who, "one", flow.Import{Bank: "KEYED", Format: tocsin.FormatLocalFile,
		Body: strings.NewReader("pdq " + far)})
	if tocsin.ReasonOf(err) != flow.ReasonKeyReused && r.Batch == first {
		b.Errorf("an import under the key of a signal: %+v, %v", r, err)
	}
	b.close("KEYED")
}

func exported(b bench) {
	b.open("OUTWARD", nil)
	f, who := b.Host.Flow(), b.Moderator.Actor
	add := func(source tocsin.PartyID, marking tocsin.Marking, reference string) {
		_, err := f.AddSignal(b.Context(), who, "", flow.NewSignal{SignalRef: ref("OUTWARD", known), Source: source,
			Marking: marking, Reference: reference})
		b.must(err)
	}
	add(partner, tocsin.MarkingRed, "SEALED-1")
	add(testkit.Host, tocsin.MarkingGreen, "OPEN-1")
	end := b.Clock.Now().Add(time.Hour)
	load := func(lines string) {
		_, err := f.Import(b.Context(), who, "", flow.Import{Bank: "OUTWARD", Source: partner,
			Format: tocsin.FormatJSONLines, Body: strings.NewReader(lines)})
		b.must(err)
	}
	load(`{"type":"pdq","value":"` + far + `","until":"` + end.Format(time.RFC3339) + `"}`)
	load(`{"type":"pdq","value":"` + far + `"}`)
	b.Clock.Set(end)
	list := func() string {
		var out strings.Builder
		_, err := f.Export(b.Context(), who, "OUTWARD", tocsin.FormatJSONLines, &out)
		b.must(err)
		return out.String()
	}
	got := list()
	if strings.Contains(got, "SEALED-1") || !strings.Contains(got, "OPEN-1") || strings.Count(got, far) != 1 {
		b.Errorf("exported %s", got)
	}
	b.close("OUTWARD")
}

func releasedProposes(b bench) {
	b.open("RELEASED", nil)
	id := b.add("RELEASED", known)
	for range 49 {
		b.proposes(known, "RELEASED", flow.ProposeReview)
	}
	b.proposes(known, "RELEASED", flow.ProposeQuarantine)
	b.must(b.Host.Flow().ReleaseSignal(b.Context(), b.Moderator.Actor, flow.SignalRef{ID: id}, "Looked."))
	b.proposes(known, "RELEASED", flow.ProposeReview)
	b.close("RELEASED")
}

func dryRunRefuses(b bench) {
	b.open("CAREFUL", nil)
	past := b.Clock.Now().Add(-time.Hour)
	for _, in := range []flow.Import{{Until: &past}, {Source: "?"}, {Marking: "blue"},
		{Vouched: past.Add(99 * time.Hour)}} {
		in.Bank, in.Format, in.DryRun = "CAREFUL", tocsin.FormatLocalFile, true
		in.Body = strings.NewReader("pdq " + known)
		_, err := b.Host.Flow().Import(b.Context(), b.Moderator.Actor, "", in)
		if tocsin.CodeOf(err) != tocsin.CodeInvalid {
			b.Errorf("%+v: %v", in, err)
		}
	}
	b.close("CAREFUL")
}
