// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Audit is a page of the journal.
type Audit struct {
	flow.AuditView
	Kinds        []Choice // of record; the first is every one
	Since, Until string   // days
	Problem      bool     // a day that was asked for is none
	Asked        bool     // for some events only
	Older        string   // address of the page before it in time; empty at the beginning
	First        string   // address of the latest, when this is not it
}

// RecordWord names a kind of record.
func RecordWord(ctx context.Context, kind tocsin.RecordKind) string {
	return known(T(ctx, "console.record."+string(kind)), string(kind))
}

func eventWord(ctx context.Context, kind tocsin.EventKind) string {
	return known(T(ctx, "console.event."+string(kind)), string(kind))
}

// auditAddress is where what an event happened to has its page; empty where it has none.
func auditAddress(e flow.Audited) string {
	switch {
	case e.Of == tocsin.KindRota:
		return "/rota"
	case !opens(e.Of):
		return ""
	}
	return recordAddress(e.Of, e.Record)
}

// auditActor is who did it, by nothing but a pseudonym; some events name nobody.
func auditActor(ctx context.Context, e flow.Audited) string {
	if e.Actor == "" {
		return T(ctx, "audit.nobody_named")
	}
	return who(ctx, e.Actor)
}

func amount(ctx context.Context, n int64) string { return locale.From(ctx).Number(n) }

// auditBlank says why there is nothing on the page: nothing there at all, or not as far as this page looked.
func auditBlank(ctx context.Context, a Audit) Blank {
	if a.Older != "" {
		return Blank{Says: T(ctx, "audit.none_so_far"), Explain: T(ctx, "audit.none_so_far_explain"), Address: a.Older,
			Label: T(ctx, "audit.older")}
	}
	b := Blank{Says: T(ctx, "audit.none")}
	if a.Asked {
		b.Address, b.Label = "/audit", T(ctx, "audit.everything")
	}
	return b
}
