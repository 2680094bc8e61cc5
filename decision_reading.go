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

// Facets are what a decision says of the readings that its decider saw: right where the item was restricted, wrong where
// it was kept. Whoever counts those of effective decisions counts nothing that was undone or found wrong.
func (d *Decision) Facets() []string {
	var all []string
	for _, code := range d.Readings {
		of := strings.Split(string(code), ".")
		if len(of) != 4 {
			continue
		}
		for _, part := range [][]string{of[:3], of, of[2:]} {
			if name := ReadingFacet(d.Outcome == OutcomeRestrict, part...); !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}
