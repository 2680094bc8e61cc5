// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "slices"

// Category is which type of Art. 2(7) the content is said to be; a tick box of Annex I, Section B.
type Category string

// The five types of Art. 2(7).
const (
	CategoryIncites     Category = "2(7)(a)" // incites to commit offences, incl. by glorifying acts
	CategorySolicits    Category = "2(7)(b)" // solicits to commit or contribute to offences
	CategoryParticipate Category = "2(7)(c)" // solicits to participate in a group's activities
	CategoryInstructs   Category = "2(7)(d)" // instructs on making or using weapons or methods
	CategoryThreatens   Category = "2(7)(e)" // threatens to commit an offence
)

// Categories lists the types of Art. 2(7) in the order of the form.
func Categories() []Category {
	return []Category{CategoryIncites, CategorySolicits, CategoryParticipate, CategoryInstructs,
		CategoryThreatens}
}

// Basis is the law or the terms a decision or a restriction rests on.
type Basis string

// Bases known to this release.
const (
	BasisRemovalOrder Basis = "eu-2021-784:3" // removal order, Art. 3
	BasisHostTerms    Basis = "host-terms"    // the host's own terms and conditions
)

// Title is the basis as the public reads it.
func (b Basis) Title() string {
	switch b {
	case BasisRemovalOrder:
		return "Regulation (EU) 2021/784, Article 3"
	case BasisHostTerms:
		return "Terms and conditions of the service"
	}
	return string(b)
}

// Exemption is a purpose that takes material outside the definition (Art. 1(3)).
type Exemption string

// The purposes of Art. 1(3).
const (
	ExemptionEducation   Exemption = "education"
	ExemptionJournalism  Exemption = "journalism"
	ExemptionArt         Exemption = "art"
	ExemptionResearch    Exemption = "research"
	ExemptionPrevention  Exemption = "prevention"
	ExemptionPublicViews Exemption = "public_debate" // polemic or controversial views in public debate
)

// Exemptions lists the purposes of Art. 1(3), each of which an assessment must have considered.
func Exemptions() []Exemption {
	return []Exemption{ExemptionEducation, ExemptionJournalism, ExemptionArt, ExemptionResearch,
		ExemptionPrevention, ExemptionPublicViews}
}

// ExemptionAssessment records that a person determined the true purpose of the content (Art. 1(3)).
// Considered must name every purpose; Applies names those found to apply, which stops an order.
type ExemptionAssessment struct {
	Considered []Exemption `json:"considered"`
	Applies    []Exemption `json:"applies,omitempty"`
	Rationale  string      `json:"rationale"`
}

// Validate refuses an assessment that is not complete, or found that a purpose applies.
func (a ExemptionAssessment) Validate(field string) error {
	if err := a.complete(field); err != nil {
		return err
	}
	if len(a.Applies) > 0 {
		return Invalid(ReasonExemptionApplies, field+".applies",
			"The assessment found a purpose that Art. 1(3) exempts: this content cannot be ordered removed.")
	}
	return nil
}

// complete refuses an assessment that skipped a purpose, names an unknown one, or has no rationale.
func (a ExemptionAssessment) complete(field string) error {
	for _, e := range Exemptions() {
		if !slices.Contains(a.Considered, e) {
			return Invalid(ReasonExemptionMissing, field+".considered",
				"Say that you considered %s: material with that purpose is not terrorist content (Art. 1(3)).", e)
		}
	}
	unknown := func(e Exemption) bool { return !slices.Contains(Exemptions(), e) }
	if slices.ContainsFunc(a.Considered, unknown) {
		return Invalid(ReasonUnknownValue, field+".considered", "Each purpose must be one of Art. 1(3).")
	}
	if slices.ContainsFunc(a.Applies, unknown) {
		return Invalid(ReasonUnknownValue, field+".applies", "Each purpose must be one of Art. 1(3).")
	}
	return checkText(field+".rationale", a.Rationale, 1, 4000)
}
