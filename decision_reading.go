// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"strings"
)

// FacetReading begins the facets of a decision by which readings are counted. They name no person and no word.
const FacetReading = "reading/"

// ReadingFacet names decisions that found readings right, or wrong: of an entry, its version and a tier, then perhaps a
// language; or of a tier and a language, whatever the entry.
func ReadingFacet(right bool, of ...string) string {
	if right {
		return FacetReading + "right/" + strings.Join(of, ".")
	}
	return FacetReading + "wrong/" + strings.Join(of, ".")
}

// Meant is what a person says of a reading: whether its meaning was the one of the text.
type Meant string

// The answers.
const (
	MeantYes     Meant = "yes"
	MeantNo      Meant = "no"
	MeantUnclear Meant = "unclear" // she cannot say
)

// ReadingAnswer is what a person answers about the readings of one kind.
type ReadingAnswer struct {
	Reading ReadingCode `json:"reading"` // one of [Case.Readings]
	Meant   Meant       `json:"meant"`
}

// answered writes an answer behind the code of what it is about.
func (c ReadingCode) answered(m Meant) ReadingCode { return c + ReadingCode("."+m) }

// Kind takes a code of a decision or a review apart: what it is about, and what was answered; empty where nobody did.
func (c ReadingCode) Kind() (ReadingCode, Meant) {
	if parts := strings.Split(string(c), "."); len(parts) == 5 {
		return ReadingCode(strings.Join(parts[:4], ".")), Meant(parts[4])
	}
	return c, ""
}

func checkAnswers(all []ReadingAnswer) error {
	var about []ReadingCode
	for _, a := range all {
		if a.Meant != MeantYes && a.Meant != MeantNo && a.Meant != MeantUnclear {
			return Invalid(ReasonUnknownValue, "readings", "Of a reading say yes, no, or that you cannot say.")
		}
		if slices.Contains(about, a.Reading) {
			return Invalid(ReasonDuplicate, "readings", "Of each reading say one thing.")
		}
		about = append(about, a.Reading)
	}
	return nil
}

// answers are the codes of what somebody says of some readings.
func answers(all []ReadingAnswer, among []ReadingCode) (said []ReadingCode, err error) {
	if err := checkAnswers(all); err != nil {
		return nil, err
	}
	for _, a := range all {
		if !slices.Contains(among, a.Reading) {
			return nil, Invalid(ReasonUnknownValue, "readings", "Nobody asks about this reading here, or no longer.")
		}
		said = append(said, a.Reading.answered(a.Meant))
	}
	return said, nil
}

// Says gives what the decision says of readings of a kind; empty for nothing. outright is false where nobody was asked,
// or answered, and the outcome speaks: the item was restricted, or kept, because of readings alone.
func (d *Decision) Says(of ReadingCode) (m Meant, outright bool) {
	for _, code := range d.Readings {
		kind, meant := code.Kind()
		switch {
		case kind != of:
		case meant != "":
			return meant, true
		case d.Outcome == OutcomeRestrict:
			return MeantYes, false
		default:
			return MeantNo, false
		}
	}
	return "", false
}

// Facets are what a decision says of the readings that its decider saw, right or wrong. Whoever counts those of effective
// decisions counts nothing that was undone or found wrong.
func (d *Decision) Facets() []string {
	var all []string
	for _, code := range d.Readings {
		kind, _ := code.Kind()
		meant, _ := d.Says(kind)
		of := strings.Split(string(kind), ".")
		if len(of) != 4 || meant != MeantYes && meant != MeantNo {
			continue
		}
		for _, part := range [][]string{of[:3], of, of[2:]} {
			if name := ReadingFacet(meant == MeantYes, part...); !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// Unsaid are the readings of which no decision on the case that stands says yes or no: whoever decides is asked about them,
// so that each counts once for a case. earlier are all decisions on it.
func (c *Case) Unsaid(earlier ...*Decision) []ReadingCode {
	return slices.DeleteFunc(slices.Clone(c.Readings), func(code ReadingCode) bool {
		return slices.ContainsFunc(earlier, func(d *Decision) bool {
			m, _ := d.Says(code)
			return d.Status == DecisionEffective && (m == MeantYes || m == MeantNo)
		})
	})
}

// OnlyRead reports whether readings alone point to the item: no match, notice or order, and no copy that was decided.
func (c *Case) OnlyRead(earlier ...*Decision) bool {
	return c.Matches == 0 && len(c.Notices) == 0 && len(c.Orders) == 0 &&
		!slices.ContainsFunc(earlier, func(d *Decision) bool {
			return d.Automatic || len(d.Items) > 0 && d.Items[0].Case != c.ID
		})
}

// saying is what a decision says of the readings of its case: what its decider answers. Of what she leaves open the outcome
// speaks where it can be about nothing else; anywhere else silence says nothing.
func (c *Case) saying(all []ReadingAnswer, earlier []*Decision) ([]ReadingCode, error) {
	unsaid := c.Unsaid(earlier...)
	said, err := answers(all, unsaid)
	if err != nil || !c.OnlyRead(earlier...) {
		return said, err
	}
	for _, code := range unsaid {
		if !slices.ContainsFunc(all, func(a ReadingAnswer) bool { return a.Reading == code }) {
			said = append(said, code)
		}
	}
	return said, nil
}

// Answered are the codes of what somebody says of readings of the case who does not decide it.
func (c *Case) Answered(all []ReadingAnswer) ([]ReadingCode, error) { return answers(all, c.Readings) }
