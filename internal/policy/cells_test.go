// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/policy"
)

var update = flag.Bool("update", false, "write testdata/cells.txt anew, to be read line by line")

const cellsFile = "testdata/cells.txt"

// TestEveryCellIsAsWritten asks every action for every duty, on a record that is one's own, another's, or someone
// stronger, and compares with the table a person read.
func TestEveryCellIsAsWritten(t *testing.T) {
	t.Parallel()
	fresh := cells(t)
	if *update {
		if err := os.WriteFile(cellsFile, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile(cellsFile)
	if err != nil {
		t.Fatal(err)
	}
	want, got := strings.Split(string(written), "\n"), strings.Split(fresh, "\n")
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || want[i] != got[i] {
			t.Fatalf("line %d of %s is not what the rules say; they say:\n%s\n%s", i+1, cellsFile, got[0], got[min(i, len(got)-1)])
		}
	}
}

const self = "prs_self"

// columns are the principals of the table: each duty alone, no duty, a duty without a passkey, and what is no person.
func columns() (names []string, all []policy.Principal) {
	add := func(name string, p policy.Principal) { names, all = append(names, name), append(all, p) }
	for _, d := range tocsin.Duties() {
		add(string(d), policy.PersonOf(self, []tocsin.Duty{d}, true))
	}
	add("none", policy.PersonOf(self, nil, true))
	add("officer-no-passkey", policy.PersonOf(self, []tocsin.Duty{tocsin.DutyOfficer}, false))
	add("moderator-no-passkey", policy.PersonOf(self, []tocsin.Duty{tocsin.DutyModerator}, false))
	var scopes []string
	for _, a := range flow.Actions() {
		scopes = append(scopes, string(a))
	}
	add("service-all-scopes", policy.ServiceOf("svc_1", scopes))
	add("service-no-scope", policy.ServiceOf("svc_1", []string{"nothing"}))
	add("operator", policy.OperatorOf("operator"))
	return names, all
}

// about gives the records an action is asked about.
func about(action flow.Action) (names []string, on []policy.Resource) {
	add := func(name string, r policy.Resource) { names, on = append(names, name), append(on, r) }
	noun, _, _ := strings.Cut(string(action), ".")
	switch noun {
	case "order":
		add("received", policy.Resource{Kind: "received_order", ID: "rcv_1"})
		add("issued by others", policy.Resource{Kind: "issued_order", ID: "ord_1", DraftedBy: "prs_a", SubmittedBy: "prs_b"})
		add("issued, drafted by herself", policy.Resource{Kind: "issued_order", ID: "ord_1", DraftedBy: self, SubmittedBy: "prs_b"})
		add("issued, submitted by herself", policy.Resource{Kind: "issued_order", ID: "ord_1", DraftedBy: "prs_a", SubmittedBy: self})
	case "person":
		add("anybody", policy.Resource{})
		add("herself", policy.Resource{Kind: "person", ID: self, Strength: 1, ProposedBy: "prs_a"})
		add("weakest", policy.Resource{Kind: "person", ID: "prs_1", Strength: 1, ProposedBy: "prs_a"})
		add("senior", policy.Resource{Kind: "person", ID: "prs_1", Strength: 3, ProposedBy: "prs_a"})
		add("officer", policy.Resource{Kind: "person", ID: "prs_1", Strength: 5, ProposedBy: "prs_a"})
		add("administrator", policy.Resource{Kind: "person", ID: "prs_1", Strength: 6, ProposedBy: "prs_a"})
		add("proposed by herself", policy.Resource{Kind: "person", ID: "prs_1", Strength: 1, ProposedBy: self})
	case "record":
		add("any", policy.Resource{Kind: noun, ID: "rec_1"})
		add("a person, weakest", policy.Resource{Kind: "person", ID: "prs_1", Strength: 1})
		add("a person, administrator", policy.Resource{Kind: "person", ID: "prs_1", Strength: 6})
	case "complaint":
		add("of others", policy.Resource{Kind: noun, ID: "rec_1", Deciders: []string{"prs_a", "prs_b"}, AnsweredBy: "prs_c"})
		add("of herself", policy.Resource{Kind: noun, ID: "rec_1", Deciders: []string{"prs_a", self}, AnsweredBy: "prs_c"})
		add("answered by herself", policy.Resource{Kind: noun, ID: "rec_1", Deciders: []string{"prs_a"}, AnsweredBy: self})
	case "decision", "review":
		add("of others", policy.Resource{Kind: noun, ID: "rec_1", Deciders: []string{"prs_a", "prs_b"}})
		add("of herself", policy.Resource{Kind: noun, ID: "rec_1", Deciders: []string{"prs_a", self}})
	default:
		add("any", policy.Resource{Kind: noun, ID: "rec_1"})
	}
	return names, on
}

func cells(t *testing.T) string {
	t.Helper()
	p := open(t)
	names, who := columns()
	var b strings.Builder
	fmt.Fprintf(&b, "action | on | who may\n")
	for _, action := range flow.Actions() {
		variants, on := about(action)
		for i, resource := range on {
			var may []string
			for n, principal := range who {
				if p.Decide(principal, string(action), resource) == nil {
					may = append(may, names[n])
				}
			}
			fmt.Fprintf(&b, "%s | %s | %s\n", action, variants[i], orNobody(may))
		}
	}
	return b.String()
}

func orNobody(may []string) string {
	if len(may) == 0 {
		return "nobody"
	}
	return strings.Join(may, " ")
}

// TestPersonalActionsAreRefusedToEveryServiceKey holds the list of scopes and the rules together.
func TestPersonalActionsAreRefusedToEveryServiceKey(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, action := range flow.Actions() {
		key := policy.ServiceOf("svc_1", []string{string(action)})
		variants, on := about(action)
		may := slices.ContainsFunc(on, func(r policy.Resource) bool { return p.Decide(key, string(action), r) == nil })
		if personal := slices.Contains(flow.PersonalActions(), action); may == personal {
			t.Errorf("%s: a key may %v, personal %v (%v)", action, may, personal, variants)
		}
	}
}
