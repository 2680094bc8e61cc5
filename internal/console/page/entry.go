// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strings"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
)

// SharedEntries is a list of entries that parties share.
type SharedEntries struct {
	Listing
	Lines []flow.SharedEntryView
	Off   bool // this node shares none
	Add   bool // this person may put one into the exchange
}

// NewEntries is a lexicon that somebody puts into the exchange.
type NewEntries struct {
	Text    string
	Problem Problem
	Said    string            // by whatever reads lexicons, in English
	Faults  []lexicon.Problem // of its entries
}

// SharedEntry is a shared entry for whoever judges it.
type SharedEntry struct {
	flow.SharedEntryView
	Acts []Act
}

func sharedName(ctx context.Context, id tocsin.RecordID) string {
	return T(ctx, "console.entry.name", "Ref", ShortName(id))
}

// voiceWord is as what a party approves; empty where only its retraction arrived.
func voiceWord(ctx context.Context, a tocsin.EntryApproval) string {
	if a.Voice == "" {
		return ""
	}
	return T(ctx, "console.voice."+string(a.Voice))
}

// sharedTitle is what the entry is called, with its version.
func sharedTitle(e SharedEntry) string {
	if e.Erased {
		return ""
	}
	return entryName(e.File.Entry)
}

func tiersOf(e lexicon.Entry) string {
	var all []string
	for _, t := range e.Tiers {
		all = append(all, t.String())
	}
	return strings.Join(all, ", ")
}
