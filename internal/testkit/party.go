// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"time"

	"tocsin"
)

// The parties of every world.
const (
	Authority  tocsin.PartyID = "fr-authority"
	Host       tocsin.PartyID = "ie-host"
	Supervisor tocsin.PartyID = "ie-supervisor"
	Outsider   tocsin.PartyID = "ch-authority" // outside the Union: keys and an entry, but no node
)

// hostName is where a party's node answers.
func hostName(id tocsin.PartyID) string { return string(id) + ".localhost" }

func address(id tocsin.PartyID) string { return "http://" + hostName(id) }

// BoardAddress is the public address of the host's platform.
const BoardAddress = "http://" + boardName

const boardName = "board.localhost"

var sinceAlways = time.Date(2022, 6, 7, 0, 0, 0, 0, time.UTC) // the Regulation applies from this day

// entries are the parties as a directory lists them, still without keys.
func entries() []tocsin.Party {
	entry := func(id tocsin.PartyID, country tocsin.Country, role tocsin.Role, act tocsin.Act) tocsin.Party {
		p := tocsin.Party{ID: id, Name: "Test party " + string(id), Country: country, Roles: []tocsin.Role{role},
			Contacts: []tocsin.ContactPoint{{Purpose: "orders", Name: "Desk of " + string(id)}},
			Endpoint: address(id), LogOrigin: hostName(id), RelyingParty: hostName(id), Origins: []string{address(id)},
			Source: "test", Checker: "nobody: a test", CheckedAt: Founded}
		if act != "" {
			p.Competences = []tocsin.Competence{{Act: act, From: sinceAlways}}
		}
		return p
	}
	return []tocsin.Party{
		entry(Authority, "FR", tocsin.RoleIssuingAuthority, tocsin.ActRemovalOrder),
		entry(Host, "IE", tocsin.RoleHost, ""),
		entry(Supervisor, "IE", tocsin.RoleSupervisor, tocsin.ActScrutiny),
		entry(Outsider, "CH", tocsin.RoleIssuingAuthority, tocsin.ActReferral),
	}
}
