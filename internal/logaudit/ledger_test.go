// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/logaudit"
	"tocsin/translog"
)

const weeks = 7 * 24 // in hours

func opening(re int64, hour translog.Hour, inner []byte) translog.Leaf {
	return translog.Leaf{Type: translog.TypeOpening, Issuer: "fr-authority", Hour: hour, Re: &re, Inner: inner}
}

func extension(re int64, hour, until translog.Hour, signer string) translog.Leaf {
	return translog.Leaf{Type: translog.TypeEmbargoExtension, Issuer: "fr-authority", Code: "investigation",
		Hour: hour, Re: &re, EmbargoUntil: until, Signers: []string{signer}}
}

// Each case logs one withheld order (leaf 1), or its opaque stand-in, then these leaves.
func TestPromiseToOpenIsFollowed(t *testing.T) {
	t.Parallel()
	secret := withheld(order(t, "fr-authority", "ie-host", start))
	opaque, inner := conceal(t, secret)
	other := withheld(order(t, "fr-authority", "de-host", start))
	_, otherInner := conceal(t, other)
	due, limit := secret.EmbargoUntil, secret.EmbargoMax
	open := func(hour translog.Hour, inner []byte) []translog.Leaf {
		return []translog.Leaf{opening(1, hour, inner)}
	}
	extend := func(hour, until translog.Hour, signer string) []translog.Leaf {
		return []translog.Leaf{extension(1, hour, until, signer)}
	}
	type outcome struct {
		faults     []logaudit.Rule
		owed, late int
	}
	kept, waiting, late := outcome{}, outcome{owed: 1}, outcome{owed: 1, late: 1}
	with := func(o outcome, rule logaudit.Rule) outcome { o.faults = []logaudit.Rule{rule}; return o }
	const (
		badOpening, badExtension = logaudit.RuleOpening, logaudit.RuleExtension
		badReference, tooLate    = logaudit.RuleReference, logaudit.RuleLateOpening
	)
	for name, c := range map[string]struct {
		opaque bool
		then   []translog.Leaf
		at     translog.Hour
		want   outcome
	}{
		"not due":               {false, nil, due, waiting},
		"overdue":               {false, nil, due + 1, late},
		"opened in time":        {false, open(due, nil), due + 1, kept},
		"opened late":           {false, open(due+1, nil), due + 2, with(kept, tooLate)},
		"opened with a leaf":    {false, open(due, inner), due, with(waiting, badOpening)},
		"opened twice":          {false, slices.Repeat(open(due, nil), 2), due, with(kept, badOpening)},
		"opening of nothing":    {false, []translog.Leaf{opening(0, due, nil)}, due, with(waiting, badOpening)},
		"opening of a later":    {false, []translog.Leaf{opening(2, due, nil)}, due, with(waiting, badReference)},
		"extended":              {false, extend(due, due+weeks, "key-c"), due + weeks, waiting},
		"extended, overdue":     {false, extend(due, due+weeks, "key-c"), due + weeks + 1, late},
		"extended by the same":  {false, extend(due, due+weeks, "key-a"), due + 1, with(late, badExtension)},
		"extended too late":     {false, extend(due+1, due+weeks, "key-c"), due + 1, with(late, badExtension)},
		"extended too far":      {false, extend(due, limit+1, "key-c"), due + 1, with(late, badExtension)},
		"extended to the limit": {false, append(extend(due, limit, "key-c"), open(limit, nil)...), limit + 1, kept},
		"opaque, not due":       {true, nil, limit, waiting},
		"opaque, overdue":       {true, nil, limit + 1, late},
		"opaque, opened":        {true, open(limit, inner), limit + 1, kept},
		"opaque, opened late":   {true, open(limit+1, inner), limit + 2, with(kept, tooLate)},
		"opaque, bare opening":  {true, open(limit, nil), limit, with(waiting, badOpening)},
		"opaque, other leaf":    {true, open(limit, otherInner), limit, with(waiting, badOpening)},
		"opaque, extended":      {true, extend(due, due+1, "key-c"), due, with(waiting, badExtension)},
	} {
		n := newNode(t, "fr-authority", 1).start(t)
		if c.opaque {
			n.log(t, opaque)
		} else {
			n.log(t, secret)
		}
		for _, l := range c.then {
			n.log(t, l)
		}
		report := n.audit(t)
		got := outcome{owed: len(report.Owed), late: len(report.Overdue(c.at.Time()))}
		for _, f := range report.Faults {
			got.faults = append(got.faults, f.Rule)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		if clean := report.Clean(c.at.Time()); clean != (len(c.want.faults) == 0 && c.want.late == 0) {
			t.Errorf("%s: clean is %v", name, clean)
		}
	}
}

func TestOpenedLeafIsCountedOnItsOwnDay(t *testing.T) {
	t.Parallel()
	opaque, inner := conceal(t, withheld(order(t, "fr-authority", "ie-host", start)))
	n := newNode(t, "fr-authority", 1).start(t)
	n.log(t, opaque)
	orders := func(r logaudit.Report) int64 {
		return r.Sum(func(c logaudit.Tally) bool {
			return c.Type == translog.TypeOrder && c.Day == start.Day()
		})
	}
	if got := orders(n.audit(t)); got != 0 {
		t.Errorf("%d orders before the opening, want 0", got)
	}
	n.log(t, opening(1, start+weeks, inner))
	if report := n.audit(t); orders(report) != 1 || report.Opaque != 1 {
		t.Errorf("%d orders and %d opaque leaves after the opening, want 1 and 1", orders(report), report.Opaque)
	}
}

func TestLeafOutsideTheSchemaIsReported(t *testing.T) {
	t.Parallel()
	n := newNode(t, "fr-authority", 1).start(t)
	if _, err := n.AppendBytes([]byte("free text"), []byte(`{"v":1,"t":"order","note":"x"}`)); err != nil {
		t.Fatal(err)
	}
	n.log(t, translog.Leaf{Type: translog.TypeShardStart, Issuer: "fr-authority", Hour: start, Shard: 1})
	want := []logaudit.Fault{{Shard: 1, Index: 1, Rule: logaudit.RuleSchema},
		{Shard: 1, Index: 2, Rule: logaudit.RuleSchema},
		{Shard: 1, Index: 3, Rule: logaudit.RuleShardStart}}
	report := n.audit(t)
	if diff := cmp.Diff(want, report.Faults); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if report.Clean(start.Time()) {
		t.Error("a log with faults is called clean")
	}
}

func TestFaultsAreCountedBeyondThoseListed(t *testing.T) {
	t.Parallel()
	n := newNode(t, "fr-authority", 1).start(t)
	for range 1100 {
		if _, err := n.AppendBytes([]byte("free text")); err != nil {
			t.Fatal(err)
		}
	}
	if report := n.audit(t); report.FaultCount != 1100 || len(report.Faults) != 1000 {
		t.Errorf("%d faults, %d listed", report.FaultCount, len(report.Faults))
	}
}

func TestReportContinuesThatOfTheShardBefore(t *testing.T) {
	t.Parallel()
	first := newNode(t, "fr-authority", 1).start(t)
	plain := order(t, "fr-authority", "ie-host", start)
	first.log(t, withheld(plain), plain)
	before := first.audit(t)

	second := newNode(t, "fr-authority", 2)
	second.log(t, translog.Leaf{Type: translog.TypeShardStart, Issuer: "fr-authority", Hour: start + 5, Shard: 2,
		Digest: translog.DigestOf([]byte(before.Checkpoint.Text()))})
	opened := opening(1, start+6, nil)
	opened.Shard = 1
	second.log(t, order(t, "fr-authority", "ie-host", start+5), opened)

	alone := second.audit(t)
	if alone.FaultCount != 0 || alone.Shard != 2 {
		t.Errorf("shard 2 alone: %+v", alone)
	}
	a := second.serve(t)
	a.Previous = &before
	report, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	orders := report.Sum(func(c logaudit.Tally) bool { return c.Type == translog.TypeOrder })
	if orders != 3 || len(report.Owed) != 0 || !report.Clean(start.Time()) {
		t.Errorf("both shards: %d orders, owed %v, faults %v", orders, report.Owed, report.Faults)
	}
	if len(before.Owed) != 1 {
		t.Error("the earlier report was changed")
	}
	before.Shard = 7 // a shard in between is missing
	if report, err = a.Run(t.Context()); err != nil || report.FaultCount == 0 {
		t.Errorf("after shard 7: %+v, %v", report.Faults, err)
	}
	before.Shard = 1
	before.Checkpoint.Size++ // what the shard before is said to have ended with
	if report, err = a.Run(t.Context()); err != nil || report.FaultCount != 1 {
		t.Errorf("another end of shard 1: %+v, %v", report.Faults, err)
	}
}

func TestReportIsReadableAsJSON(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(newNode(t, "fr-authority", 1).start(t).fill(t, 3).audit(t))
	if err != nil {
		t.Fatal(err)
	}
	var back logaudit.Report
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if back.Checkpoint.Size != 3 || len(back.Counts) != 2 {
		t.Errorf("read back %+v", back)
	}
}
