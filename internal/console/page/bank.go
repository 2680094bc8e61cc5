// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"math"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Banks are what this node matches on.
type Banks struct {
	All     []flow.BankView
	Filters []Tab
	Matches bool // this node matches at all
}

// BankPage is one bank.
type BankPage struct {
	flow.BankShelf
	NextPage, FirstPage string // addresses; empty where there is none
}

// SignalPage is one signal.
type SignalPage struct {
	flow.SignalView
	Acts []Act
}

// viewWord says what a party thinks of a signal.
func viewWord(ctx context.Context, v tocsin.View) string {
	return known(T(ctx, "console.view."+string(v)), string(v))
}

func polarity(ctx context.Context, p tocsin.Polarity) string {
	return known(T(ctx, "console.polarity."+string(p)), string(p))
}

func marking(ctx context.Context, m tocsin.Marking) string {
	return known(T(ctx, "console.marking."+string(m)), string(m))
}

// share is how many of all queries a bank takes part in.
func share(ctx context.Context, t tocsin.BankTerms) string {
	return T(ctx, "console.banks.percent", "Share", int(math.Round(float64(t.Enabled)/tocsin.Whole*100)))
}

// standsBehind names who vouches for a signal.
func standsBehind(ctx context.Context, s tocsin.Signal) string {
	var names []string
	for _, v := range s.Vouchers {
		names = append(names, party(ctx, v.Party))
	}
	if len(names) == 0 {
		return T(ctx, "console.case.nobody_vouches")
	}
	return locale.From(ctx).List(names)
}

// hits says how often a signal is proposed, compared with how often it usually is.
func hits(ctx context.Context, s flow.SignalView) string {
	return T(ctx, "console.signal.hits_now", "Now", int(s.Hits), "Usual", int(math.Round(s.Usual)))
}
