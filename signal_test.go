// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
)

func TestBankTermsThatNobodyCouldMatchByAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*tocsin.BankTerms)
		field  string
	}{
		"no polarity":           {func(b *tocsin.BankTerms) { b.Polarity = "" }, "polarity"},
		"unknown marking":       {func(b *tocsin.BankTerms) { b.Marking = "blue" }, "marking"},
		"ratio above one":       {func(b *tocsin.BankTerms) { b.Enabled = tocsin.Whole + 1 }, "enabled"},
		"ratio below zero":      {func(b *tocsin.BankTerms) { b.Enabled = -1 }, "enabled"},
		"threshold below zero":  {func(b *tocsin.BankTerms) { b.Thresholds[0].Distance = -1 }, "thresholds"},
		"threshold of no type":  {func(b *tocsin.BankTerms) { b.Thresholds[0].Type = "PDQ" }, "thresholds"},
		"two of one type":       {func(b *tocsin.BankTerms) { b.Thresholds[1].Type = "pdq" }, "thresholds"},
		"types out of sequence": {func(b *tocsin.BankTerms) { b.Thresholds[1].Type = "md5" }, "thresholds"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terms := bankTerms()
			c.change(&terms)
			_, _, err := tocsin.OpenBank(officer(0, noon), terms, nil)
			wantRefusal(t, err, tocsin.CodeInvalid, c.field)
			bank := openBank(noon)
			_, err = bank.Change(officer(0, noon), terms, nil)
			wantRefusal(t, err, tocsin.CodeInvalid, c.field)
			if diff := cmp.Diff(bankTerms(), bank.BankTerms); diff != "" {
				t.Errorf("a refused change left its mark:\n%s", diff)
			}
		})
	}
}

func wantRefusal(t *testing.T, err error, code tocsin.Code, field string) {
	t.Helper()
	e, ok := err.(*tocsin.Error)
	if !ok || e.Code != code || e.Field != field {
		t.Errorf("got %v, want a refusal of %q", err, field)
	}
}

func TestClosedBankTakesNothing(t *testing.T) {
	t.Parallel()
	bank := openBank(noon)
	must(bank.Close(officer(0, noon), text))
	_, err := bank.Change(officer(0, noon), bankTerms(), nil)
	wantRefusal(t, err, tocsin.CodeConflict, "")
	_, _, err = tocsin.ImportBatch(officer(0, noon), newID(tocsin.KindBatch), bank, imported(noon), nil)
	wantRefusal(t, err, tocsin.CodeConflict, "")
	_, _, err = tocsin.AddSignal(officer(0, noon), bank, "pdq", voucher(noon), nil)
	wantRefusal(t, err, tocsin.CodeConflict, "")
}

func TestImportSaysWhatItBringsAndWhoVouches(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*tocsin.Imported)
		field  string
	}{
		"no rows":           {func(in *tocsin.Imported) { in.Rows = 0 }, "rows"},
		"too many rows":     {func(in *tocsin.Imported) { in.Rows = tocsin.MostRows + 1 }, "rows"},
		"no blob":           {func(in *tocsin.Imported) { in.Blob = "" }, "blob"},
		"no source":         {func(in *tocsin.Imported) { in.Source = "" }, "source"},
		"no marking":        {func(in *tocsin.Imported) { in.Marking = "" }, "marking"},
		"vouched tomorrow":  {func(in *tocsin.Imported) { in.Vouched = noon.Add(24 * time.Hour) }, "vouched_at"},
		"expired yesterday": {func(in *tocsin.Imported) { in.Until = pointer(noon.Add(-time.Hour)) }, "until"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := imported(noon)
			c.change(&in)
			_, _, err := tocsin.ImportBatch(officer(0, noon), newID(tocsin.KindBatch), openBank(noon), in, nil)
			wantRefusal(t, err, tocsin.CodeInvalid, c.field)
		})
	}
}

func TestBatchEndsByItselfOrByAPersonWithReasons(t *testing.T) {
	t.Parallel()
	bank := openBank(noon)
	batch, events, err := tocsin.ImportBatch(officer(0, noon), newID(tocsin.KindBatch), bank, imported(noon), nil)
	must(events, err)
	if early := must(batch.Tick(officer(0, noon.Add(week-time.Second)), tocsin.EUPeriods())); len(early) > 0 {
		t.Error("the batch expired before its time")
	}
	must(batch.Tick(tocsin.By{Actor: tocsin.ActorClock, At: noon.Add(week)}, tocsin.EUPeriods()))
	if batch.Status != tocsin.BatchExpired || batch.Due() != nil {
		t.Errorf("the batch is %s, due %v", batch.State(), batch.Due())
	}
	_, err = batch.Withdraw(officer(0, noon.Add(week)), text)
	wantRefusal(t, err, tocsin.CodeConflict, "")

	batch, events, err = tocsin.ImportBatch(officer(0, noon), newID(tocsin.KindBatch), bank, imported(noon), nil)
	must(events, err)
	_, err = batch.Withdraw(officer(0, noon), "")
	wantRefusal(t, err, tocsin.CodeInvalid, "reasons")
	must(batch.Withdraw(officer(0, noon), text))
	if batch.Status != tocsin.BatchWithdrawn {
		t.Errorf("the batch is %s", batch.State())
	}
}

func TestSignalMatchesAsLongAsAnyPartyVouches(t *testing.T) {
	t.Parallel()
	s, events, err := tocsin.AddSignal(officer(0, noon), openBank(noon), "pdq", voucher(noon), nil)
	must(events, err)
	second := voucher(noon)
	second.Party, second.Until = critic, pointer(noon.Add(2*week))
	must(s.Vouch(party(noon), second, nil))
	tick := func(at time.Time) { must(s.Tick(tocsin.By{Actor: tocsin.ActorClock, At: at}, tocsin.EUPeriods())) }
	if tick(noon.Add(week)); !s.Proposes() {
		t.Fatal("the signal expired while somebody vouched for it")
	}
	if tick(noon.Add(2 * week)); s.Stands() != tocsin.SignalExpired {
		t.Fatalf("nobody vouches any more and the signal is %s", s.State())
	}
	must(s.Vouch(party(noon.Add(2*week)), voucher(noon.Add(2*week)), nil))
	if s.Stands() != tocsin.SignalActive || len(s.Vouchers) != 2 {
		t.Errorf("vouched for again the signal is %s with %d vouchers", s.State(), len(s.Vouchers))
	}
}

func TestOnlyAPersonReleasesFromQuarantine(t *testing.T) {
	t.Parallel()
	s, events, err := tocsin.AddSignal(officer(0, noon), openBank(noon), "pdq", voucher(noon), nil)
	must(events, err)
	machine := tocsin.By{Actor: tocsin.ActorClock, At: noon}
	must(s.Quarantine(machine, 500))
	if s.Proposes() {
		t.Error("a quarantined signal proposes")
	}
	_, err = s.Release(machine, text)
	wantRefusal(t, err, tocsin.CodeForbidden, "")
	_, err = s.Release(officer(0, noon), "")
	wantRefusal(t, err, tocsin.CodeInvalid, "reasons")
	must(s.Release(officer(0, noon), text))
	if !s.Proposes() {
		t.Error("a released signal does not propose")
	}
}

func TestRetractedSignalNeverMatchesAgain(t *testing.T) {
	t.Parallel()
	s, events, err := tocsin.AddSignal(officer(0, noon), openBank(noon), "pdq", voucher(noon), nil)
	must(events, err)
	must(s.Disable(officer(0, noon), pointer(noon.Add(time.Hour)), ""))
	must(s.Retract(officer(0, noon), text))
	if s.Due() != nil {
		t.Error("a clock runs on a retracted signal")
	}
	_, err = s.Vouch(party(noon), voucher(noon), nil)
	wantRefusal(t, err, tocsin.CodeConflict, "")
	_, err = s.Enable(officer(0, noon))
	wantRefusal(t, err, tocsin.CodeConflict, "")
	if s.Stands() != tocsin.SignalRetracted {
		t.Errorf("the signal is %s", s.State())
	}
}

func TestOpinionsOfPartiesMakeASignalDisputed(t *testing.T) {
	t.Parallel()
	s, events, err := tocsin.AddSignal(officer(0, noon), openBank(noon), "pdq", voucher(noon), nil)
	must(events, err)
	must(s.Opine(party(noon), critic, tocsin.ViewNegative, text))
	if s.Stands() != tocsin.SignalDisputed || !s.Proposes() {
		t.Errorf("the signal is %s", s.State())
	}
	must(s.Opine(party(noon), critic, tocsin.ViewPositive, ""))
	if s.Disputed() || len(s.Opinions) != 1 {
		t.Errorf("a party that changed its view has %d", len(s.Opinions))
	}
	_, err = s.Opine(party(noon), critic, "perhaps", text)
	wantRefusal(t, err, tocsin.CodeInvalid, "view")
	must(s.RetractOpinion(party(noon), critic))
	_, err = s.RetractOpinion(party(noon), critic)
	wantRefusal(t, err, tocsin.CodeNotFound, "")
}

func TestPartyTakesBackItsOwnWordAlone(t *testing.T) {
	t.Parallel()
	s, events, err := tocsin.AddSignal(officer(0, noon), openBank(noon), "pdq", voucher(noon), nil)
	must(events, err)
	second := voucher(noon)
	second.Party, second.Until = critic, nil
	must(s.Vouch(party(noon), second, nil))
	_, err = s.WithdrawVoucher(party(noon), sharer, nil, "")
	wantRefusal(t, err, tocsin.CodeInvalid, "reasons")
	must(s.WithdrawVoucher(party(noon), sharer, nil, text))
	if s.Stands() != tocsin.SignalActive || len(s.Vouchers) != 1 || s.Vouchers[0].Party != critic || s.Due() != nil {
		t.Errorf("one party took its word back: %s, %+v", s.State(), s.Vouchers)
	}
	_, err = s.WithdrawVoucher(party(noon), sharer, nil, text)
	wantRefusal(t, err, tocsin.CodeNotFound, "")
	must(s.WithdrawVoucher(party(noon), critic, nil, text))
	if s.Stands() != tocsin.SignalWithdrawn || s.Proposes() || s.Due() != nil || len(s.Withdrawals) != 2 {
		t.Errorf("nobody vouches any more and the signal is %s, due %v", s.State(), s.Due())
	}
	must(s.Vouch(party(noon), voucher(noon), nil))
	if s.Stands() != tocsin.SignalActive || len(s.Vouchers) != 1 {
		t.Errorf("vouched for again the signal is %s", s.State())
	}
	must(s.Retract(officer(0, noon), text))
	_, err = s.WithdrawVoucher(party(noon), sharer, nil, text)
	wantRefusal(t, err, tocsin.CodeConflict, "")
}

func TestWordTakenBackIsThatOfTheImportsUntilThen(t *testing.T) {
	t.Parallel()
	bank := openBank(noon)
	first, events, err := tocsin.ImportBatch(officer(0, noon), newID(tocsin.KindBatch), bank, imported(noon), nil)
	must(events, err)
	second, events, err := tocsin.ImportBatch(officer(0, noon), newID(tocsin.KindBatch), bank, imported(noon), nil)
	must(events, err)
	s, events, err := tocsin.TouchSignal(officer(0, noon), first, "pdq", 50, nil, nil)
	must(events, err)
	must(s.WithdrawVoucher(party(noon), sharer, []tocsin.RecordID{first.ID}, text))
	if !s.WithdrawnIn(sharer, first.ID) || s.WithdrawnIn(sharer, second.ID) || s.WithdrawnIn(critic, first.ID) {
		t.Errorf("withdrawn: %+v", s.Withdrawals)
	}
	must(s.WithdrawVoucher(party(noon), sharer, []tocsin.RecordID{first.ID, second.ID}, text))
	_, err = s.WithdrawVoucher(party(noon), sharer, []tocsin.RecordID{first.ID, second.ID}, text)
	wantRefusal(t, err, tocsin.CodeNotFound, "")
	if len(s.Withdrawals) != 1 {
		t.Errorf("withdrawn: %+v", s.Withdrawals)
	}
}
