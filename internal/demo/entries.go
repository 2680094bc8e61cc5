// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"time"

	"tocsin"
)

const (
	source  = "demonstration"
	checker = "nobody: demonstration only"
)

var sinceAlways = time.Date(2022, 6, 7, 0, 0, 0, 0, time.UTC) // the Regulation applies from this day

func authorityEntry() tocsin.Party {
	return tocsin.Party{ID: Authority, Name: "Demonstration Authority (France)", Country: "FR",
		Roles:       []tocsin.Role{tocsin.RoleIssuingAuthority},
		Competences: []tocsin.Competence{{Act: tocsin.ActRemovalOrder, From: sinceAlways}},
		Contacts:    []tocsin.ContactPoint{{Purpose: "clarification", Name: "Duty desk", Languages: []string{"fr", "en"}}},
		Source:      source, Checker: checker}
}

func hostEntry() tocsin.Party {
	return tocsin.Party{ID: Host, Name: "Plain Board (demonstration host)", Country: "IE",
		Roles:    []tocsin.Role{tocsin.RoleHost},
		Contacts: []tocsin.ContactPoint{{Purpose: "orders", Name: "Electronic contact point", Languages: []string{"en"}}},
		Source:   source, Checker: checker}
}

func supervisorEntry() tocsin.Party {
	return tocsin.Party{ID: Supervisor, Name: "Demonstration Supervisor (Ireland)", Country: "IE",
		Roles:       []tocsin.Role{tocsin.RoleSupervisor},
		Competences: []tocsin.Competence{{Act: tocsin.ActScrutiny, From: sinceAlways}},
		Contacts:    []tocsin.ContactPoint{{Purpose: "scrutiny", Name: "Scrutiny desk", Languages: []string{"en"}}},
		Source:      source, Checker: checker}
}

func outsiderEntry() tocsin.Party {
	return tocsin.Party{ID: Outsider, Name: "Demonstration Authority (Switzerland)", Country: "CH",
		Roles:       []tocsin.Role{tocsin.RoleIssuingAuthority},
		Competences: []tocsin.Competence{{Act: tocsin.ActReferral, From: sinceAlways}},
		Source:      source, Checker: checker}
}
