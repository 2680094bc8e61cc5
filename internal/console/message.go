// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
)

// particular messages say more than the reason alone, where a reason means different things at different
// fields.
var particular = map[string]string{
	"annex_i.a.addressee/unknown_party":                            "console.problem.host",
	"annex_i.b.addresses/missing":                                  "console.problem.no_address",
	"annex_i.b.addresses/duplicate":                                "console.problem.same_address",
	"annex_i.b.addresses/too_many":                                 "console.problem.many_addresses",
	"annex_i.b.addresses.url/format":                               "console.problem.address",
	"annex_i.b.addresses.url/too_long":                             "console.problem.address_length",
	"annex_i.b.addresses.url/gate_stopped":                         "console.problem.whole_site",
	"annex_i.b.addresses.seen_sha256/format":                       "console.problem.digest",
	"annex_i.b.categories/missing":                                 "console.problem.category",
	"annex_i.e.type/unknown_value":                                 "console.problem.authority",
	"reasons/missing":                                              "console.problem.reasons",
	"gag.reasons/missing":                                          "console.problem.reasons",
	"gag.until/no_end":                                             "console.problem.gag_end",
	"emergency.justification/missing":                              "console.problem.reasons",
	"exemption_assessment.considered/exemption_assessment_missing": "console.problem.exemption",
	"grounds/missing":                                              "console.problem.ground",
	"clarification_needed/missing":                                 "console.problem.clarification",
	"duties/missing":                                               "console.problem.duty",
	"sign_in/format":                                               "console.problem.sign_in",
	"sign_in/duplicate":                                            "console.problem.sign_in_taken",
}

// message says an error to a person in her language. The English sentence of the error stands only where no
// catalogue knows the reason.
func message(ctx context.Context, e *tocsin.Error) string {
	if id, ok := particular[e.Field+"/"+string(e.Reason)]; ok {
		return page.T(ctx, id)
	}
	if e.Reason == "" && e.Public == "" {
		return page.T(ctx, "console.error."+string(e.Code))
	}
	return page.Reason(ctx, string(e.Reason))
}

// problemOf says what is wrong with a form.
func problemOf(ctx context.Context, e *tocsin.Error) page.Problem {
	return page.Problem{Field: e.Field, Message: message(ctx, e)}
}
