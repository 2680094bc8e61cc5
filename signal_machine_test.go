// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"time"

	"tocsin"
)

// Two parties that share signals.
const (
	sharer tocsin.PartyID = "ie-host"
	critic tocsin.PartyID = "fr-notifier"
)

func bankTerms() tocsin.BankTerms {
	return tocsin.BankTerms{Polarity: tocsin.PolarityPositive, Marking: tocsin.MarkingAmber, Enabled: tocsin.Whole,
		Thresholds: []tocsin.Threshold{{Type: "pdq", Distance: 24}, {Type: "text_tlsh", Distance: 20}}}
}

func imported(at time.Time) tocsin.Imported {
	return tocsin.Imported{Blob: tocsin.DigestOf([]byte("rows")), Rows: 3, Format: "local_file", Source: sharer,
		Vouched: at, Until: pointer(at.Add(week)), Marking: tocsin.MarkingGreen}
}

func voucher(at time.Time) tocsin.Voucher {
	return tocsin.Voucher{Party: sharer, At: at, Confidence: 80, Until: pointer(at.Add(week)),
		Marking: tocsin.MarkingGreen}
}

func openBank(at time.Time) *tocsin.Bank {
	bank, events, err := tocsin.OpenBank(officer(0, at), bankTerms(), nil)
	must(events, err)
	return bank
}

// signalMachine has one party vouch and another disagree.
func signalMachine() machine {
	type signal = *tocsin.Signal
	bank := openBank(noon)
	_, added, err := tocsin.AddSignal(officer(0, noon), bank, "pdq", voucher(noon), nil)
	batch, _, failed := tocsin.ImportBatch(officer(0, noon), newID(tocsin.KindBatch), bank, imported(noon), nil)
	must(nil, failed)
	_, touched, failed := tocsin.TouchSignal(officer(0, noon), batch, "pdq", 50, nil, nil)
	return machine{tocsin.KindSignal, [][]tocsin.Event{must(added, err), must(touched, failed)}, []command{
		clockwork,
		on(func(s signal, at time.Time) ([]tocsin.Event, error) { return s.Vouch(party(at), voucher(at), nil) }),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) {
			return s.Disable(officer(0, at), pointer(at.Add(time.Hour)), text)
		}),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) { return s.Disable(officer(0, at), nil, "") }),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) { return s.Enable(officer(0, at)) }),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) {
			return s.Quarantine(tocsin.By{Actor: tocsin.ActorClock, At: at}, 1000)
		}),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) { return s.Release(officer(0, at), text) }),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) {
			return s.WithdrawVoucher(party(at), sharer, nil, text)
		}),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) { return s.Retract(officer(0, at), text) }),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) {
			return s.Opine(party(at), critic, tocsin.ViewNegative, text)
		}),
		on(func(s signal, at time.Time) ([]tocsin.Event, error) { return s.RetractOpinion(party(at), critic) }),
	}}
}
