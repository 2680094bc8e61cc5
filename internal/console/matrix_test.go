// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/console"
	"tocsin/internal/flow"
)

var updateMatrix = flag.Bool("update-matrix", false, "write testdata/matrix.txt anew, to be read line by line")

const matrixFile = "testdata/matrix.txt"

// TestMatrixOfEveryAddressAndDuty asks every address of the console, for every duty and for nobody, about a record
// that is there, one of another party, and one of another kind. Each answer is what the policy says, and each line
// stands in a file that a person read. An address without a line fails.
func TestMatrixOfEveryAddressAndDuty(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{Standing: flow.StandingDecisions{Enabled: true}, KeepHashesFor: 24 * time.Hour,
		ReviewShare: 100})
	held := o.records()
	seats := map[tocsin.PartyID][]seat{authority: o.seats(authority), host: o.seats(host)}
	patterns, err := console.Patterns()
	check(t, err)
	var lines []string
	for _, pattern := range patterns {
		a, known := matrix[pattern]
		if !known {
			t.Errorf("%s has no entry: say what it is about and which action it is", pattern)
			continue
		}
		if a.alone != "" {
			lines = append(lines, fmt.Sprintf("%s | - | %s", pattern, a.alone))
			continue
		}
		for _, about := range a.objects(held) {
			lines = append(lines, o.line(pattern, a, about, seats[about.at]))
		}
	}
	for pattern := range matrix {
		if !slices.Contains(patterns, pattern) {
			t.Errorf("%s has an entry and is no address", pattern)
		}
	}
	compareMatrix(t, lines)
}

func compareMatrix(t *testing.T, lines []string) {
	t.Helper()
	if *updateMatrix {
		check(t, os.WriteFile(matrixFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
		return
	}
	written, err := os.ReadFile(matrixFile)
	check(t, err)
	want := strings.Split(strings.TrimSpace(string(written)), "\n")
	for _, line := range lines {
		if !slices.Contains(want, line) {
			t.Errorf("not in %s: %s", matrixFile, line)
		}
	}
	for _, line := range want {
		if !slices.Contains(lines, line) {
			t.Errorf("%s has a line that does not hold: %s", matrixFile, line)
		}
	}
}

// seat is a person with one duty, or none, or nobody who signed in.
type seat struct {
	name string
	*person
	actor flow.Actor
}

func (o *office) seats(at tocsin.PartyID) []seat {
	o.t.Helper()
	var all []seat
	for _, d := range tocsin.Duties() {
		p := o.enrolled(at, "Seat "+string(d), d)
		who, err := o.nodes[at].flow.ByCredential(o.t.Context(), p.key.ID)
		check(o.t, err)
		all = append(all, seat{string(d), p, who.Actor()})
	}
	return append(all, seat{"nobody", o.person(at), flow.Actor{}})
}

// object is a record an address is asked about.
type object struct {
	what string
	at   tocsin.PartyID
	id   string
	on   tocsin.Aggregate // nil: there is none of this kind here under this id
}

// records are one of each kind that pages show.
func (o *office) records() map[tocsin.RecordKind]object {
	t := o.t
	t.Helper()
	held := map[tocsin.RecordKind]object{}
	put := func(at tocsin.PartyID, id tocsin.RecordID) {
		var on tocsin.Aggregate
		check(t, o.nodes[at].flow.Store.View(t.Context(), func(tx flow.Tx) error {
			row, err := tx.Record(id)
			if err == nil {
				on, err = folded(row)
			}
			return err
		}))
		held[on.Kind()] = object{"its own", at, string(id), on}
	}
	post := o.board.URL + "/post/1"
	_, received := o.send(gardenForm("REF-1", post))
	put(authority, tocsin.RecordID(strings.TrimPrefix(o.officer.draft(gardenForm("REF-2", post)), "/orders/")))
	put(host, tocsin.RecordID(strings.TrimPrefix(received, "/orders/")))
	first := func(kind tocsin.RecordKind) {
		eventually(t, "there is a record of kind "+string(kind), func() bool {
			found := false
			check(t, o.nodes[host].flow.Store.View(t.Context(), func(tx flow.Tx) error {
				rows, _, err := tx.Records(flow.Page{Kind: kind, Limit: 1})
				if err == nil && len(rows) > 0 {
					found = true
				}
				return err
			}))
			return found
		})
		check(t, o.nodes[host].flow.Store.View(t.Context(), func(tx flow.Tx) error {
			rows, _, err := tx.Records(flow.Page{Kind: kind, Limit: 1})
			if err != nil {
				return err
			}
			on, err := folded(rows[0])
			held[kind] = object{"its own", host, string(rows[0].ID), on}
			return err
		}))
	}
	first(tocsin.KindItem)
	o.bank("KETTLES", "Kettles do not stand on bridges.")
	first(tocsin.KindBank)
	first(tocsin.KindSignal)
	given, err := o.nodes[host].flow.SubmitPublicNotice(t.Context(), "", tocsin.NoticeForm{
		Addresses: []tocsin.Address{{URL: o.board.URL + "/post/2"}}, Name: "A neighbour", Email: "neighbour@garden.example",
		Reasons: "The picture of the bridge shows how to loosen its bolts.", GoodFaith: true, Language: "en"})
	check(t, err)
	first(tocsin.KindCase)
	first(tocsin.KindPerson)
	o.decide(tocsin.RecordID(held[tocsin.KindCase].id))
	first(tocsin.KindCase)
	first(tocsin.KindDecision)
	first(tocsin.KindReview)
	o.contest(given.Token)
	first(tocsin.KindNotice)
	first(tocsin.KindComplaint)
	first(tocsin.KindMisuse)
	_, err = o.nodes[host].flow.SubmitChallenge(t.Context(), "", tocsin.ChallengeForm{Text: "our Zorvian soup",
		Reasons: "It is a soup.", Language: "en"})
	check(t, err)
	first(tocsin.KindChallenge)
	o.nodes[host].shareEntry(t)
	first(tocsin.KindEntry)
	return held
}

// contest complains of what was decided about a notice, and gives another one, from somebody whose notices are counted.
func (o *office) contest(token string) {
	t, f := o.t, o.nodes[host].flow
	t.Helper()
	status, err := f.NoticeByToken(t.Context(), token)
	check(t, err)
	_, err = f.ComplainNotice(t.Context(), token, "", status.Answers[0].Decision,
		tocsin.ComplaintForm{Reasons: "The bolts are to be seen in the second picture."})
	check(t, err)
	_, err = f.SubmitNotice(t.Context(), watcher, "", flow.NoticeDraft{Form: tocsin.NoticeForm{Reasons: "A picture of a bridge without a railing."}})
	check(t, err)
}

// decide lets the moderator keep what a case is about.
func (o *office) decide(id tocsin.RecordID) {
	t, f := o.t, o.nodes[host].flow
	t.Helper()
	who, err := f.ByCredential(t.Context(), o.moderator.key.ID)
	check(t, err)
	check(t, f.ClaimCase(t.Context(), who.Actor(), id))
	var view flow.CaseView
	eventually(t, "the platform names the item", func() bool { // which is something to have seen
		view, err = f.Case(t.Context(), who.Actor(), id)
		check(t, err)
		return view.Item != nil
	})
	_, err = f.Decide(t.Context(), who.Actor(), id, tocsin.DecisionDraft{Outcome: tocsin.OutcomeKeep,
		Basis: tocsin.BasisHostTerms, Provision: "Rule 1", Facts: "A picture of a bridge.",
		Reasons: "A bridge may be shown.", Detection: tocsin.DetectionNotice,
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: "A picture made for tests."}},
		view.Content, "")
	check(t, err)
}

// objects are the records an address is asked about; the node itself where its path names none.
func (a address) objects(held map[tocsin.RecordKind]object) []object {
	if len(a.kinds) == 0 {
		at := a.at
		if at == "" {
			at = host
		}
		return []object{{what: "the node", at: at, id: "1"}}
	}
	var all []object
	for _, kind := range a.kinds {
		own, there := held[kind]
		if !there {
			own = object{at: host}
		} else {
			all = append(all, object{string(kind), own.at, own.id, own.on})
		}
		all = append(all, object{string(kind) + " of another party", own.at, string(tocsin.NewRecordID(kind)), nil})
	}
	for _, other := range slices.Sorted(maps.Keys(held)) { // the id is good, the place is not
		if !a.any && !slices.Contains(a.kinds, other) && held[other].at == all[0].at {
			return append(all, object{"a record of another kind", held[other].at, held[other].id, nil})
		}
	}
	return all
}

// line asks everybody and gives the answers, having compared each with the policy.
func (o *office) line(pattern string, a address, about object, seats []seat) string {
	o.t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	path = strings.NewReplacer("{id}", about.id, "{$}", "").Replace(path)
	answers := map[string][]string{}
	for _, s := range seats {
		got := s.ask(method, path)
		if want := o.policySays(a, about, s); got != want {
			o.t.Errorf("%s %s, %s, as %s: %s, and the policy says %s", method, pattern, about.what, s.name, got, want)
		}
		answers[got] = append(answers[got], s.name)
	}
	var cells []string
	for _, kind := range slices.Sorted(maps.Keys(answers)) {
		cells = append(cells, kind+": "+strings.Join(answers[kind], " "))
	}
	return fmt.Sprintf("%s | %s | %s", pattern, about.what, strings.Join(cells, "; "))
}

// ask tells whether the door opened; whatever else is wrong with an empty form is another matter.
func (s seat) ask(method, path string) string {
	s.t.Helper()
	req := s.request(method, path, nil)
	req.Header.Set("Accept", "application/json") // a refusal is a status, not a way to the entrance
	if method == http.MethodPost {
		req = s.request(method, path, strings.NewReader("{}"))
		req.Header.Set("Content-Type", "application/json")
	}
	switch a := s.do(req); {
	case a.status == http.StatusUnauthorized:
		return "sign in"
	case a.status == http.StatusForbidden:
		return "refused"
	case a.status == http.StatusNotFound:
		return "not found"
	case a.status >= http.StatusInternalServerError:
		return fmt.Sprintf("failed with %d", a.status)
	}
	return "may"
}

// policySays is what an answer has to be: the policy about the very record, and nothing of what cannot be read.
func (o *office) policySays(a address, about object, s seat) string {
	rules := o.nodes[about.at].flow.Policy
	switch {
	case s.name == "nobody":
		return "sign in"
	case len(a.kinds) > 0 && about.on == nil:
		return "not found"
	case about.on != nil && rules.Decide(s.actor, a.read, about.on) != nil:
		return "not found"
	case a.action == "":
		return "may"
	}
	if rules.Decide(s.actor, a.action, about.on) != nil {
		return "refused"
	}
	return "may"
}
