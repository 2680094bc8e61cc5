// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// finding is the prefix of the fields of a decision's form; what follows is the path at which the domain reports a
// problem.
const finding = "decision."

// emptyFinding is the form before anybody wrote in it: what is known already is filled in.
func emptyFinding(view flow.CaseView) url.Values {
	return url.Values{
		"key":                 {tocsin.NewToken("key")},
		"seen":                {itoa(view.Content)},
		finding + "basis":     {string(tocsin.BasisHostTerms)},
		finding + "territory": {string(tocsin.TerritoryUnion)},
		finding + "detection": {string(detected(view))},
	}
}

// detected is how the host came upon the item, as far as the case tells: a notice counts before a match, because
// whoever gave it is told what came of it.
func detected(view flow.CaseView) tocsin.Detection {
	switch {
	case len(view.Notices) > 0:
		return tocsin.DetectionNotice
	case view.Matches > 0 || len(view.Readings) > 0:
		return tocsin.DetectionMatch
	}
	return tocsin.DetectionOwn
}

// findingFrom reads a decision out of a form. Times are in the zone of the person who typed them.
func findingFrom(form url.Values, outcome tocsin.Outcome, zone *time.Location) (tocsin.DecisionDraft, error) {
	d := tocsin.DecisionDraft{Outcome: outcome, Basis: basisFrom(form), Provision: clean(form.Get(finding + "provision")),
		Facts: clean(form.Get(finding + "facts")), Reasons: clean(form.Get(finding + "reasons")),
		Detection: tocsin.Detection(form.Get(finding + "detection"))}
	d.Exemptions.Rationale = clean(form.Get(finding + "exemptions.rationale"))
	if form.Get(finding+"exemptions.considered") != "" {
		d.Exemptions.Considered = tocsin.Exemptions()
	}
	d.Readings = answersFrom(form, page.FieldFindingReadings)
	for _, v := range form[finding+"exemptions.applies"] {
		d.Exemptions.Applies = append(d.Exemptions.Applies, tocsin.Exemption(v))
	}
	if outcome == tocsin.OutcomeKeep {
		return d, nil
	}
	d.Territory = territoryFrom(form)
	until, err := momentFrom(form, finding+"until", page.LocalTime, zone)
	if err == nil && !until.IsZero() {
		d.Until = &until
	}
	return d, err
}

// answersFrom reads what somebody answered about readings. What she left open is no answer.
func answersFrom(form url.Values, name string) (all []tocsin.ReadingAnswer) {
	for _, field := range slices.Sorted(maps.Keys(form)) {
		code, asked := strings.CutPrefix(field, name+".")
		if asked && form.Get(field) != "" {
			all = append(all, tocsin.ReadingAnswer{Reading: tocsin.ReadingCode(code), Meant: tocsin.Meant(form.Get(field))})
		}
	}
	return all
}

func basisFrom(form url.Values) tocsin.Basis {
	if form.Get(finding+"basis") != "law" {
		return tocsin.Basis(form.Get(finding + "basis"))
	}
	return tocsin.Basis("law:" + form.Get(finding+"law_state") + ":" + clean(form.Get(finding+"law_code")))
}

func territoryFrom(form url.Values) []tocsin.Country {
	chosen := form.Get(finding + "territory")
	if chosen == string(tocsin.TerritoryUnion) || chosen == "WW" {
		return []tocsin.Country{tocsin.Country(chosen)}
	}
	var states []tocsin.Country
	for _, s := range form[finding+"states"] {
		states = append(states, tocsin.Country(s))
	}
	return states
}

// findingProblems say more than the reason alone.
var findingProblems = map[string]string{
	"basis/no_basis": "console.problem.basis",
	"exemptions.considered/exemption_assessment_missing": "console.problem.considered",
	"exemptions.applies/exemption_applies":               "console.problem.applies",
	"territory/missing":                                  "console.problem.territory",
	"until/format":                                       "console.problem.until",
	"reasons/missing":                                    "console.problem.reasons",
}

// findingProblem says what is wrong with a decision, at its field.
func findingProblem(ctx context.Context, e *tocsin.Error) page.Problem {
	p := page.Problem{Message: message(ctx, e)}
	if id, ok := findingProblems[e.Field+"/"+string(e.Reason)]; ok {
		p.Message = page.T(ctx, id)
	}
	switch e.Field {
	case "":
	case finding + "until":
		p.Field = e.Field // from reading the form
	default:
		p.Field = finding + e.Field
	}
	return p
}

// grows tells which events are something a person must have seen to decide; [tocsin.Case.Content] counts them.
var grows = map[tocsin.EventKind]bool{
	tocsin.EventCaseOpened: true, tocsin.EventCaseMatched: true, tocsin.EventCaseReported: true,
	tocsin.EventCaseOrdered: true, tocsin.EventCaseIdentified: true, tocsin.EventCaseDecided: true,
	tocsin.EventCaseReopened: true, tocsin.EventCaseReadAs: true,
}

// addedSince gives what came to a case after somebody saw a count of it.
func addedSince(history []flow.Past, seen int64) []flow.Past {
	var added []flow.Past
	for _, past := range history {
		if !grows[past.Kind] {
			continue
		}
		if seen--; seen < 0 {
			added = append(added, past)
		}
	}
	return added
}
