// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"slices"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// vouching gives who vouches for the known value in a bank; nobody when it does not match.
func (b bench) vouching(bank string) (parties []tocsin.PartyID) {
	b.Helper()
	for _, m := range b.screen(known, func(s *flow.Screening) { s.Banks = []string{bank} }) {
		for _, p := range m.Provenance {
			parties = append(parties, p.Party)
		}
	}
	slices.Sort(parties)
	return parties
}

func (b bench) wantVouching(bank string, want ...tocsin.PartyID) {
	b.Helper()
	if got := b.vouching(bank); !slices.Equal(got, want) {
		b.Errorf("vouched for by %v, want %v", got, want)
	}
	var out strings.Builder
	rows, err := b.Host.Flow().Export(b.Context(), b.Moderator.Actor, bank, tocsin.FormatLocalFile, &out)
	if b.must(err); (rows == 1) != (len(want) > 0) {
		b.Errorf("exported %d rows: %s", rows, out.String())
	}
}

func (b bench) takeBack(bank string, source tocsin.PartyID) error {
	return b.Host.Flow().WithdrawVoucher(b.Context(), b.Moderator.Actor, ref(bank, known), source, "By mail.")
}

func ownWordGoes(b bench) {
	b.open("BOTH", nil)
	b.add("BOTH", known)
	b.load("BOTH", "pdq "+known) // from the partner
	b.wantVouching("BOTH", partner, testkit.Host)
	r, err := b.Host.Flow().Import(b.Context(), b.Moderator.Actor, "", flow.Import{Bank: "BOTH",
		Source: testkit.Host, Format: tocsin.FormatJSONLines,
		Body: strings.NewReader(`{"type":"pdq","value":"` + known + `","deleted":true}`)})
	if err != nil || r.Retracted != 0 || r.Withdrawn != 1 {
		b.Errorf("took back: %+v, %v", r, err)
	}
	b.wantVouching("BOTH", partner)
	b.add("BOTH", known)
	b.must(b.takeBack("BOTH", partner))
	b.wantVouching("BOTH", testkit.Host)
	b.must(b.Host.Restart(b.Context()))
	b.wantVouching("BOTH", testkit.Host)
	b.close("BOTH")
}

func nobodyVouches(b bench) {
	b.open("LONELY", nil)
	f := b.Host.Flow()
	id := b.add("LONELY", known)
	b.must(b.takeBack("LONELY", ""))
	b.wantVouching("LONELY")
	if err := b.takeBack("LONELY", ""); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		b.Errorf("taken back twice: %v", err)
	}
	v, err := f.Signal(b.Context(), b.Moderator.Actor, id)
	if b.must(err); v.Stands() != tocsin.SignalWithdrawn || v.File.Value != known || len(v.History) != 2 {
		b.Errorf("the signal is %s with %d events", v.State(), len(v.History))
	}
	b.must(b.Host.Restart(b.Context()))
	b.wantVouching("LONELY")
	b.load("LONELY", "pdq "+known)
	b.wantVouching("LONELY", partner)
	if again := b.add("LONELY", known); again != id {
		b.Errorf("vouched for again it is another signal: %s", again)
	}
	b.wantVouching("LONELY", partner, testkit.Host)
	b.close("LONELY")
}

func wordOfSeveralImports(b bench) {
	b.open("WEEKLY", nil)
	b.load("WEEKLY", "pdq "+known)
	b.load("WEEKLY", "pdq "+known, "pdq "+far)
	said := func() {
		b.Helper()
		if got := b.vouching("WEEKLY"); !slices.Equal(got, []tocsin.PartyID{partner}) {
			b.Errorf("vouched for by %v", got)
		}
	}
	said()
	b.must(b.takeBack("WEEKLY", partner))
	if got := b.vouching("WEEKLY"); len(got) != 0 {
		b.Errorf("vouched for by %v", got)
	}
	var out strings.Builder
	_, err := b.Host.Flow().Export(b.Context(), b.Moderator.Actor, "WEEKLY", tocsin.FormatLocalFile, &out)
	if b.must(err); strings.TrimSpace(out.String()) != "pdq "+far {
		b.Errorf("exported %q", out.String())
	}
	b.load("WEEKLY", "pdq "+known) // a later list says it again
	said()
	b.close("WEEKLY")
}
