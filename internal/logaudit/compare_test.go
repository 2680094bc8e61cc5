// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/logaudit"
	"tocsin/translog"
)

// compare audits both logs over HTTP and sets them against each other.
func compare(t *testing.T, issued, received []translog.Entry) logaudit.Comparison {
	t.Helper()
	authority, host := newNode(t, "fr-authority", 1).start(t), newNode(t, "ie-host", 1).start(t)
	authority.log(t, issued...)
	host.log(t, received...)
	return logaudit.Compare(authority.audit(t), host.audit(t))
}

func TestDoubleEntryShowsWhatOneLogAloneHides(t *testing.T) {
	t.Parallel()
	const logged, unlogged = translog.CodeLogged, translog.CodeUnlogged
	to := func(host string, hour translog.Hour) translog.Entry { return order(t, "fr-authority", host, hour) }
	arrived := func(code string, hour translog.Hour) translog.Entry {
		return receipt(t, "fr-authority", code, hour)
	}
	secret, _ := conceal(t, withheld(order(t, "fr-authority", "ie-host", start)))
	secretReceipt, _ := conceal(t, withheld(receipt(t, "fr-authority", logged, start)))
	refused := translog.Leaf{Type: translog.TypeRefusal, Of: translog.TypeOrder, Issuer: "fr-authority",
		Code: "not_competent", Hour: start}
	type entries = []translog.Entry
	type numbers struct{ Unlogged, Unissued, Outstanding int64 }
	issue, arrive := to("ie-host", start), arrived(logged, start)
	for name, c := range map[string]struct {
		issued, received entries
		want             numbers
	}{
		"nothing at all":    {},
		"one each":          {entries{issue}, entries{arrive}, numbers{}},
		"over midnight":     {entries{to("ie-host", start+14)}, entries{arrived(logged, start+15)}, numbers{}},
		"clock behind":      {entries{to("ie-host", start+15)}, entries{arrived(logged, start+14)}, numbers{}},
		"on its way":        {entries{issue}, nil, numbers{Outstanding: 1}},
		"to another":        {entries{to("de-host", start)}, nil, numbers{}},
		"ordered in secret": {nil, entries{arrived(unlogged, start)}, numbers{Unlogged: 1, Unissued: 1}},
		"proof of nothing":  {nil, entries{arrive}, numbers{Unissued: 1}},
		"logged two days later": {
			entries{to("ie-host", start+48)}, entries{arrive}, numbers{Unissued: 1},
		},
		"more received than issued": {entries{issue}, entries{arrive, arrive}, numbers{Unissued: 1}},
		"hidden addressee":          {entries{to("", start), to("", start)}, entries{arrive}, numbers{}},
		"another authority's":       {nil, entries{receipt(t, "de-authority", unlogged, start)}, numbers{}},
		"refused at once":           {entries{issue}, entries{refused}, numbers{}},
		"gagged on one side":        {entries{secret}, entries{arrive}, numbers{}},
		"gagged on the other":       {entries{issue}, entries{secretReceipt}, numbers{}},
		"gagged on both":            {entries{secret}, entries{secretReceipt}, numbers{}},
		"one gagged, two received":  {entries{secret}, entries{arrive, arrive}, numbers{Unissued: 1}},
	} {
		got := compare(t, c.issued, c.received)
		if diff := cmp.Diff(c.want, numbers{got.Unlogged, got.Unissued, got.Outstanding}); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		if agrees := got.Agrees(); agrees != (c.want == numbers{}) {
			t.Errorf("%s: agrees is %v", name, agrees)
		}
	}
}

func TestComparisonShowsDaysAndTypes(t *testing.T) {
	t.Parallel()
	re := int64(1)
	withdrawal := translog.Leaf{
		Type: translog.TypeWithdrawal, Issuer: "fr-authority", To: "ie-host", Hour: start + 24, Re: &re,
	}
	receiptOfIt := receipt(t, "fr-authority", translog.CodeLogged, start+24)
	receiptOfIt.Of = translog.TypeWithdrawal
	prior := translog.Leaf{
		Type: translog.TypePriorInformation, Issuer: "fr-authority", To: "ie-host", Hour: start,
	}
	got := compare(t,
		[]translog.Entry{
			order(t, "fr-authority", "ie-host", start), order(t, "fr-authority", "", start), withdrawal, prior,
		},
		[]translog.Entry{receipt(t, "fr-authority", translog.CodeLogged, start), receiptOfIt})
	want := logaudit.Comparison{Issuer: "fr-authority", Receiver: "ie-host", Rows: []logaudit.Row{
		{Of: translog.TypeOrder, Day: start.Day(), Issued: 1, Unnamed: 1, Received: 1},
		{Of: translog.TypeWithdrawal, Day: start.Day() + 24, Issued: 1, Received: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
