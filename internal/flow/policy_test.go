// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"slices"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// otherRules are the rules of a later release, which allow nothing.
type otherRules struct{}

func (otherRules) Rules() []byte { return []byte("// nothing is allowed\n") }

func (otherRules) Decide(flow.Actor, flow.Action, tocsin.Aggregate) error { return nil }

func TestOtherRulesAreWrittenDownOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rules := func() flow.PolicyView {
		v, err := o.f.Rules(t.Context(), o.first.Actor)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := rules()
	if len(first.Adopted) != 1 || first.Adopted[0].Digest != first.Digest {
		t.Fatalf("adopted %v, in force %s", first.Adopted, first.Digest)
	}
	start := func(p flow.Policy) {
		o.f.Policy = p
		if err := o.f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	written := o.f.Policy
	start(written)
	start(otherRules{})
	start(otherRules{})
	start(written)
	var digests []tocsin.Digest
	for _, a := range rules().Adopted {
		digests = append(digests, a.Digest)
	}
	other := tocsin.DigestOf(otherRules{}.Rules())
	if !slices.Equal(digests, []tocsin.Digest{first.Digest, other, first.Digest}) {
		t.Errorf("adopted %v", digests)
	}
}

func TestRefusalNamesItsRuleAndWhoCould(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Host}})
	both, err := w.Authority.Hire(t.Context(), tocsin.DutyOfficer, tocsin.DutyApprover)
	if err != nil {
		t.Fatal(err)
	}
	f := w.Authority.Flow()
	d, err := f.DraftOrder(t.Context(), both.Actor, "", testkit.Draft("R-1", testkit.Post(1)))
	if err != nil {
		t.Fatal(err)
	}
	x, err := f.Explain(t.Context(), both.Actor, flow.ActionOrderApprove, d.ID)
	if err != nil || x.Permitted || x.Refusal.Rule != "four-eyes" ||
		!slices.Equal(x.Duties, []tocsin.Duty{tocsin.DutyApprover}) {
		t.Errorf("%v: %+v", err, x)
	}
	x, err = f.Explain(t.Context(), w.Officer.Actor, flow.ActionRecordErase, d.ID)
	if err != nil || x.Permitted || x.Refusal.Rule != "" || !slices.Equal(x.Duties, []tocsin.Duty{tocsin.DutyAdministrator}) {
		t.Errorf("what no rule permits: %v: %+v", err, x)
	}
	x, err = f.Explain(t.Context(), w.Officer.Actor, flow.ActionOrderSubmit, d.ID)
	if err != nil || !x.Permitted || x.Refusal != nil {
		t.Errorf("what is permitted: %v: %+v", err, x)
	}
	analyst, err := w.Authority.Hire(t.Context(), tocsin.DutyAnalyst)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.Explain(t.Context(), analyst.Actor, flow.ActionOrderApprove, d.ID); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("an explanation tells that a record exists: %v", err)
	}
	if _, err = f.Explain(t.Context(), analyst.Actor, "everything", ""); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("an unknown action: %v", err)
	}
}
