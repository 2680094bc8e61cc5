// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/match"
)

const partner tocsin.PartyID = "fr-notifier"

// known is a hash of a picture, and near and far are 16 and 40 bits from it.
var (
	known = strings.Repeat("0f", 32)
	near  = strings.Repeat("f0", 2) + strings.Repeat("0f", 30)
	far   = strings.Repeat("f0", 5) + strings.Repeat("0f", 27)
)

func terms() tocsin.BankTerms {
	return tocsin.BankTerms{Polarity: tocsin.PolarityPositive, Marking: tocsin.MarkingAmber, Enabled: tocsin.Whole}
}

// bench is a host with what a moderator does about banks and signals.
type bench struct{ *testkit.World }

func (b bench) open(name string, change func(*tocsin.BankTerms)) tocsin.RecordID {
	b.Helper()
	t := terms()
	if change != nil {
		change(&t)
	}
	id, err := b.Host.Flow().OpenBank(b.Context(), b.Moderator.Actor, "", t, flow.BankFile{Name: name})
	b.must(err)
	return id
}

func (b bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b bench) add(bank, value string) tocsin.RecordID {
	b.Helper()
	id, err := b.Host.Flow().AddSignal(b.Context(), b.Moderator.Actor, "",
		flow.NewSignal{SignalRef: ref(bank, value), Reference: "R-1", Confidence: 70})
	b.must(err)
	return id
}

func ref(bank, value string) flow.SignalRef {
	return flow.SignalRef{Bank: bank, Type: "pdq", Value: value}
}

func (b bench) screen(value string, change func(*flow.Screening)) []flow.Match {
	b.Helper()
	s := flow.Screening{Assertion: flow.AssertedPublic, Pieces: pieces(match.Query{Type: "pdq", Value: value})}
	if change != nil {
		change(&s)
	}
	answers, err := b.Host.Flow().Screen(b.Context(), b.Moderator.Actor, s)
	b.must(err)
	b.must(answers[0].Err)
	return answers[0].Matches
}

// pieces are as many as there are queries.
func pieces(queries ...match.Query) []flow.Piece {
	all := make([]flow.Piece, len(queries))
	for i, q := range queries {
		all[i].Queries = []match.Query{q}
	}
	return all
}

// proposals are what the matches of a value propose, by the name of their bank.
func (b bench) proposals(value string) map[string]flow.Proposal {
	b.Helper()
	found := map[string]flow.Proposal{}
	for _, m := range b.screen(value, nil) {
		found[m.Bank.File.Name] = m.Proposal
	}
	return found
}

func (b bench) proposes(value, bank string, want flow.Proposal) {
	b.Helper()
	if got := b.proposals(value)[bank]; got != want {
		b.Errorf("%s proposes %q, want %q", bank, got, want)
	}
}

func (b bench) load(bank string, lines ...string) flow.ImportReport {
	b.Helper()
	r, err := b.Host.Flow().Import(b.Context(), b.Moderator.Actor, "", flow.Import{Bank: bank, Source: partner,
		Format: tocsin.FormatLocalFile, Reference: "list-7", Body: strings.NewReader(strings.Join(lines, "\n"))})
	b.must(err)
	return r
}

// TestMatching follows banks and signals at one host; each part has banks of its own.
func TestMatching(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority},
			Configure: func(c *config.Config) { c.Matching.FloodFloor = 20 }})
		for _, c := range []struct {
			rule string
			test func(bench)
		}{
			{"an acknowledged signal matches, a retracted one never again", addedAndRetracted},
			{"each bank has its own threshold", thresholds},
			{"a negative bank suppresses and says so", negative},
			{"a negative bank that knows one fingerprint knows the content", negativeForTheContent},
			{"a bank takes part in its share of queries", share},
			{"duplicates merge their provenance", duplicates},
			{"a bad line is reported and stops nothing", badLines},
			{"a withdrawn import matches no more", withdrawnImport},
			{"a row of an import can be disabled, disputed and retracted", touchedRow},
			{"what a source takes back is retracted unless another vouches", takenBack},
			{"a flood asks for a person", flood},
			{"screening changes nothing, whatever matches", screeningChangesNothing},
			{"nothing is screened that is not public or reported", assertion},
			{"a closed bank matches nothing and gives its name free", closed},
			{"the same key gives the same answer", sameKey},
		} {
			t.Run(c.rule, func(t *testing.T) { c.test(bench{w.As(t)}) })
		}
		w.MustBeIntact(w.Host)
		t.Run("all of it survives a restart", func(t *testing.T) { restart(bench{w.As(t)}) })
	})
}

func addedAndRetracted(b bench) {
	b.open("ADDED", nil)
	id := b.add("ADDED", known)
	matches := b.screen(near, func(s *flow.Screening) { s.Banks = []string{"ADDED"} })
	if len(matches) != 1 || matches[0].Distance != 16 || matches[0].Threshold != 31 || matches[0].Signal != id ||
		len(matches[0].Provenance) != 1 || matches[0].Provenance[0].Reference != "R-1" ||
		matches[0].Provenance[0].Party != testkit.Host || matches[0].Provenance[0].Confidence != 70 {
		b.Fatalf("got %+v", matches)
	}
	b.must(b.Host.Flow().RetractSignal(b.Context(), b.Moderator.Actor, flow.SignalRef{ID: id}, "An error."))
	b.proposes(known, "ADDED", "")
	_, err := b.Host.Flow().AddSignal(b.Context(), b.Moderator.Actor, "", flow.NewSignal{SignalRef: ref("ADDED", known)})
	if tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		b.Errorf("a retracted signal came back: %v", err)
	}
}

func thresholds(b bench) {
	b.open("STRICT", func(t *tocsin.BankTerms) { t.Thresholds = []tocsin.Threshold{{Type: "pdq", Distance: 10}} })
	b.open("LOOSE", func(t *tocsin.BankTerms) { t.Thresholds = []tocsin.Threshold{{Type: "pdq", Distance: 48}} })
	b.open("USUAL", nil)
	for _, bank := range []string{"STRICT", "LOOSE", "USUAL"} {
		b.add(bank, known)
	}
	for value, want := range map[string][3]bool{known: {true, true, true}, near: {false, true, true},
		far: {false, true, false}} {
		found := b.proposals(value)
		for i, bank := range []string{"STRICT", "LOOSE", "USUAL"} {
			if (found[bank] == flow.ProposeReview) != want[i] {
				b.Errorf("%s at its distance: %q", bank, found[bank])
			}
		}
	}
	for _, bank := range []string{"STRICT", "LOOSE", "USUAL"} {
		b.close(bank)
	}
}

func (b bench) close(name string) {
	b.Helper()
	v, err := b.Host.Flow().Bank(b.Context(), b.Moderator.Actor, name)
	b.must(err)
	b.must(b.Host.Flow().CloseBank(b.Context(), b.Moderator.Actor, v.ID, "No longer kept."))
}

func negative(b bench) {
	b.open("GARDENS", nil)
	against := b.open("MAY_STAY", func(t *tocsin.BankTerms) { t.Polarity = tocsin.PolarityNegative })
	b.add("GARDENS", known)
	b.proposes(known, "GARDENS", flow.ProposeReview)
	id := b.add("MAY_STAY", near)
	matches := b.screen(known, func(s *flow.Screening) { s.Banks = []string{"GARDENS"} })
	i := slices.IndexFunc(matches, func(m flow.Match) bool { return m.Bank.File.Name == "GARDENS" })
	if i < 0 || matches[i].Proposal != flow.ProposeSuppressed || !slices.Contains(matches[i].SuppressedBy, against) {
		b.Errorf("got %+v", matches)
	}
	b.must(b.Host.Flow().DisableSignal(b.Context(), b.Moderator.Actor, flow.SignalRef{ID: id}, nil, ""))
	b.proposes(known, "GARDENS", flow.ProposeReview)
	b.close("MAY_STAY")
	b.close("GARDENS")
}

func negativeForTheContent(b bench) {
	sum := strings.Repeat("ab", 16)
	b.open("GARDENS", nil)
	against := b.open("MAY_STAY", func(t *tocsin.BankTerms) { t.Polarity = tocsin.PolarityNegative })
	b.add("GARDENS", known)
	_, err := b.Host.Flow().AddSignal(b.Context(), b.Moderator.Actor, "",
		flow.NewSignal{SignalRef: flow.SignalRef{Bank: "MAY_STAY", Type: "md5", Value: sum}})
	b.must(err)
	picture, bytes := match.Query{Type: "pdq", Value: near}, match.Query{Type: "md5", Value: sum}
	answers, err := b.Host.Flow().Screen(b.Context(), b.Moderator.Actor, flow.Screening{
		Assertion: flow.AssertedPublic, Pieces: append(pieces(picture, bytes),
			flow.Piece{Queries: []match.Query{picture, bytes}},
			flow.Piece{Queries: []match.Query{picture, {Type: "unheard_of"}, bytes}})})
	b.must(err)
	for i, want := range []string{"GARDENS review", "MAY_STAY nothing", "MAY_STAY nothing GARDENS suppressed",
		"MAY_STAY nothing GARDENS suppressed"} {
		var got []string
		for _, m := range answers[i].Matches {
			got = append(got, m.Bank.File.Name, string(m.Proposal))
			if m.Proposal == flow.ProposeSuppressed && !slices.Equal(m.SuppressedBy, []tocsin.RecordID{against}) {
				b.Errorf("content %d is suppressed by %v", i, m.SuppressedBy)
			}
		}
		if strings.Join(got, " ") != want || (answers[i].Err != nil) != (i == 3) {
			b.Errorf("content %d: %v, %v; want %s", i, got, answers[i].Err, want)
		}
	}
	b.close("MAY_STAY")
	b.close("GARDENS")
}

func share(b bench) {
	b.open("NEVER", func(t *tocsin.BankTerms) { t.Enabled = 0 })
	b.open("HALF", func(t *tocsin.BankTerms) { t.Enabled = tocsin.Whole / 2 })
	b.add("NEVER", known)
	b.add("HALF", known)
	took := 0
	for i := range 100 {
		seed := fmt.Sprint("seed ", i)
		has := func(bank string) bool {
			return slices.ContainsFunc(b.screen(known, func(s *flow.Screening) { s.Seed, s.Banks = seed, []string{bank} }),
				func(m flow.Match) bool { return m.Bank.File.Name == bank })
		}
		if has("NEVER") {
			b.Fatal("a bank at 0 took part")
		}
		first := has("HALF")
		if first != has("HALF") {
			b.Fatal("the same seed gave another answer")
		}
		if first {
			took++
		}
	}
	if took < 25 || took > 75 {
		b.Errorf("a bank at one half took part in %d of 100", took)
	}
	every := b.screen(known, func(s *flow.Screening) { s.Every = true })
	if !slices.ContainsFunc(every, func(m flow.Match) bool { return m.Bank.File.Name == "NEVER" }) {
		b.Error("asked for every bank, one at 0 sat out")
	}
	b.close("NEVER")
	b.close("HALF")
}

func duplicates(b bench) {
	b.open("MERGED", nil)
	b.load("MERGED", "pdq "+known, "pdq "+known)
	b.load("MERGED", "pdq "+known)
	id := b.add("MERGED", known)
	if again := b.add("MERGED", known); again != id {
		b.Error("one signal got two records")
	}
	matches := b.screen(known, nil)
	if len(matches) != 1 || len(matches[0].Provenance) != 2 || matches[0].Provenance[0].Party != partner {
		b.Errorf("got %+v", matches)
	}
	var out strings.Builder
	rows, err := b.Host.Flow().Export(b.Context(), b.Moderator.Actor, "MERGED", tocsin.FormatLocalFile, &out)
	if err != nil || rows != 1 || out.String() != "pdq "+known+"\n" {
		b.Errorf("exported %d rows, %v: %q", rows, err, out.String())
	}
	b.close("MERGED")
}

func badLines(b bench) {
	b.open("MIXED", nil)
	r := b.load("MIXED", "pdq "+known, "pdq nothing", "unheard of", "md5 "+strings.Repeat("ab", 16))
	if r.Rows != 2 || r.BadCount != 2 || r.Bad[0].Line != 2 || r.Bad[1].Line != 3 || r.Counts["pdq"] != 1 {
		b.Errorf("got %+v", r)
	}
	dry, err := b.Host.Flow().Import(b.Context(), b.Moderator.Actor, "", flow.Import{Bank: "MIXED", DryRun: true,
		Format: tocsin.FormatLocalFile, Body: strings.NewReader("pdq " + far)})
	if err != nil || dry.Rows != 1 || dry.Batch != "" {
		b.Errorf("a dry run gave %+v, %v", dry, err)
	}
	before, _, err := b.Host.Flow().Batches(b.Context(), b.Moderator.Actor, "", 10)
	b.must(err)
	b.load("MIXED", "nothing here is a signal")
	after, _, err := b.Host.Flow().Batches(b.Context(), b.Moderator.Actor, "", 10)
	b.must(err)
	if len(before) != len(after) {
		b.Error("a list without signals made an import")
	}
	b.close("MIXED")
}

func withdrawnImport(b bench) {
	b.open("LISTED", nil)
	r := b.load("LISTED", "pdq "+known, "pdq "+far)
	b.proposes(known, "LISTED", flow.ProposeReview)
	b.must(b.Host.Flow().WithdrawBatch(b.Context(), b.Moderator.Actor, r.Batch, "The wrong list."))
	b.proposes(known, "LISTED", "")
	b.load("LISTED", "pdq "+known)
	b.proposes(known, "LISTED", flow.ProposeReview)
	b.close("LISTED")
}

func touchedRow(b bench) {
	b.open("ROWS", nil)
	b.load("ROWS", "pdq "+known)
	f, who := b.Host.Flow(), b.Moderator.Actor
	b.must(f.Opine(b.Context(), who, ref("ROWS", known), tocsin.ViewNegative, "A street sign."))
	if m := b.screen(known, nil); len(m) != 1 || m[0].State != tocsin.SignalDisputed || len(m[0].Opinions) != 1 ||
		m[0].Proposal != flow.ProposeReview || m[0].Provenance[0].Party != partner {
		b.Errorf("got %+v", m)
	}
	until := b.Clock.Now().Add(time.Hour)
	b.must(f.DisableSignal(b.Context(), who, ref("ROWS", known), &until, ""))
	b.proposes(known, "ROWS", flow.ProposeDisabled)
	b.Pass(time.Hour)
	b.Until("the signal matches again", func() bool { return b.proposals(known)["ROWS"] == flow.ProposeReview })
	b.must(f.RetractSignal(b.Context(), who, ref("ROWS", known), "An error."))
	b.load("ROWS", "pdq "+known)
	b.proposes(known, "ROWS", "") // whoever lists it again
	if _, err := f.Signal(b.Context(), who, "sig_aaaaaaaaaaaaaaaaaaaaaaaaaa"); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		b.Errorf("an unknown signal: %v", err)
	}
	b.close("ROWS")
}

func takenBack(b bench) {
	b.open("TAKEN", nil)
	b.load("TAKEN", "pdq "+known, "pdq "+far)
	b.add("TAKEN", far)
	r, err := b.Host.Flow().Import(b.Context(), b.Moderator.Actor, "", flow.Import{Bank: "TAKEN", Source: partner,
		Format: tocsin.FormatJSONLines, Body: strings.NewReader(
			`{"type":"pdq","value":"` + known + `","deleted":true}` + "\n" + `{"type":"pdq","value":"` + far + `","deleted":true}`)})
	if err != nil || r.Deleted != 2 || r.Retracted != 1 {
		b.Errorf("got %+v, %v", r, err)
	}
	b.proposes(known, "TAKEN", "")
	b.proposes(far, "TAKEN", flow.ProposeReview)
	b.close("TAKEN")
}

func flood(b bench) {
	b.open("FLOODED", nil)
	id := b.add("FLOODED", known)
	for range 19 {
		b.proposes(known, "FLOODED", flow.ProposeReview)
	}
	b.proposes(known, "FLOODED", flow.ProposeQuarantine)
	b.proposes(known, "FLOODED", flow.ProposeQuarantine)
	machine := flow.Actor{ID: "svc_x", Scopes: []string{string(flow.ActionSignalRelease), string(flow.ActionBankRead)}}
	if err := b.Host.Flow().ReleaseSignal(b.Context(), machine, flow.SignalRef{ID: id},
		"Looked."); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		b.Errorf("a machine released a signal: %v", err)
	}
	b.must(b.Host.Flow().ReleaseSignal(b.Context(), b.Moderator.Actor, flow.SignalRef{ID: id}, "Looked."))
	b.close("FLOODED")
}

func assertion(b bench) {
	for _, s := range []flow.Screening{
		{Pieces: pieces(match.Query{Type: "pdq", Value: known})},
		{Assertion: "private", Pieces: pieces(match.Query{Type: "pdq", Value: known})},
	} {
		_, err := b.Host.Flow().Screen(b.Context(), b.Moderator.Actor, s)
		if tocsin.ReasonOf(err) != tocsin.ReasonNotPublicItem {
			b.Errorf("asserted %q: %v", s.Assertion, err)
		}
	}
	many := flow.Screening{Assertion: flow.AssertedReported, Pieces: make([]flow.Piece, flow.MostPieces+1)}
	if _, err := b.Host.Flow().Screen(b.Context(), b.Moderator.Actor, many); tocsin.ReasonOf(err) != tocsin.ReasonTooMany {
		b.Errorf("too many queries: %v", err)
	}
	mixed := flow.Screening{Assertion: flow.AssertedReported, Pieces: append(pieces(
		match.Query{Type: "pdq", Value: "nothing"}, match.Query{Type: "pdq", Value: known},
		match.Query{Type: "unheard_of"}), flow.Piece{})}
	answers, err := b.Host.Flow().Screen(b.Context(), b.Moderator.Actor, mixed)
	b.must(err)
	if answers[0].Err == nil || answers[1].Err != nil || answers[2].Err == nil || answers[3].Err == nil {
		b.Errorf("one bad query spoils the others, or is silent: %+v", answers)
	}
}

// screeningChangesNothing holds the second refusal: a match only proposes. Where the platform named the item, the
// proposal is a case, and one however often it is screened.
func screeningChangesNothing(b bench) {
	b.open("HARMLESS", nil)
	b.add("HARMLESS", known)
	before := len(b.Journal(b.Host))
	for range 5 {
		b.proposes(known, "HARMLESS", flow.ProposeReview)
	}
	if after := len(b.Journal(b.Host)); after != before {
		b.Errorf("screening left %d events", after-before)
	}
	for range 5 {
		b.screen(known, func(s *flow.Screening) { s.Pieces[0].Item = "post:1" })
		b.Drain()
	}
	b.must(b.Host.Flow().Store.View(b.Context(), func(tx flow.Tx) error {
		kept, err := tx.Kept(0, b.Clock.Now().Add(-time.Hour), 10)
		if len(kept) != 0 {
			b.Errorf("hashes are kept that nobody asked to keep: %d", len(kept))
		}
		return err
	}))
	for _, e := range b.Journal(b.Host)[before:] {
		if e.Kind != tocsin.EventCaseOpened && e.Kind != tocsin.EventCaseClosed {
			b.Errorf("screening led to %s", e.Kind)
		}
	}
	if items := b.Records(b.Host, tocsin.KindItem); len(items) != 0 {
		b.Errorf("screening made %d items", len(items))
	}
	b.close("HARMLESS")
}

func closed(b bench) {
	b.open("SHORT_LIVED", nil)
	b.add("SHORT_LIVED", known)
	b.close("SHORT_LIVED")
	b.proposes(known, "SHORT_LIVED", "")
	b.open("SHORT_LIVED", nil)
	_, err := b.Host.Flow().OpenBank(b.Context(), b.Moderator.Actor, "", terms(), flow.BankFile{Name: "SHORT_LIVED"})
	if tocsin.ReasonOf(err) != tocsin.ReasonDuplicate {
		b.Errorf("two banks of one name: %v", err)
	}
	b.close("SHORT_LIVED")
}

func sameKey(b bench) {
	f, who := b.Host.Flow(), b.Moderator.Actor
	first, err := f.OpenBank(b.Context(), who, "key-1", terms(), flow.BankFile{Name: "ONCE"})
	b.must(err)
	again, err := f.OpenBank(b.Context(), who, "key-1", terms(), flow.BankFile{Name: "ONCE"})
	if err != nil || again != first {
		b.Errorf("asked twice: %s, %v, want %s", again, err, first)
	}
	load := func() tocsin.RecordID {
		r, err := f.Import(b.Context(), who, "key-2", flow.Import{Bank: "ONCE", Format: tocsin.FormatLocalFile,
			Body: strings.NewReader("pdq " + known)})
		b.must(err)
		return r.Batch
	}
	if one, two := load(), load(); one != two {
		b.Errorf("one import was recorded as %s and %s", one, two)
	}
	b.close("ONCE")
}

func restart(b bench) {
	b.open("LASTING", nil)
	b.add("LASTING", far)
	b.load("LASTING", "pdq "+known)
	b.must(b.Host.Flow().RetractSignal(b.Context(), b.Moderator.Actor, ref("LASTING", far), "An error."))
	b.must(b.Host.Stop())
	b.must(b.Host.Start(b.Context()))
	b.proposes(known, "LASTING", flow.ProposeReview)
	b.proposes(far, "LASTING", "")
}
