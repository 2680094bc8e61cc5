// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"strings"
	"time"

	"tocsin"
)

// Draft is a complete and neutral order for addresses of the board.
func (w *World) Draft(reference string, addresses ...string) tocsin.Order {
	return Draft(Host, reference, addresses...)
}

// Draft is a complete and neutral order to a host.
func Draft(host tocsin.PartyID, reference string, addresses ...string) tocsin.Order {
	o := tocsin.Order{
		Reasons: "Demonstration only: the picture at this address stands in for content that an officer has assessed.",
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(),
			Rationale: "Demonstration only: none of the purposes of Article 1(3) was found."},
	}
	a := &o.Annex
	a.Heading.Addressee, a.Heading.Reference = host, reference
	a.Content.Categories = []tocsin.Category{tocsin.CategoryIncites}
	for _, address := range addresses {
		a.Content.Addresses = append(a.Content.Addresses, tocsin.Address{URL: address})
	}
	a.Authority = tocsin.AuthorityDetails{Type: tocsin.AuthorityOther, FileNumber: "DEMO-" + reference}
	a.Contacts = tocsin.OrderContacts{Feedback: "Duty desk, demonstration authority", Establishment: "Scrutiny desk, demonstration supervisor"}
	a.Redress = tocsin.RedressInformation{Body: "Administrative court (demonstration)", Deadline: "Two months from receipt"}
	return o
}

// Post is the address of a post of the board.
func (w *World) Post(id string) string { return w.Board.URL + "/post/" + id }

// Collection is the address of a page of the board that names many posts.
func (w *World) Collection() string { return w.Board.URL + "/tag/bridge" }

// gag is a non-disclosure decision of a stated length.
func gag(from time.Time, d time.Duration) *tocsin.Gag {
	return &tocsin.Gag{Reasons: "Demonstration only: disclosure would prejudice an investigation.", DecidedAt: from, Until: from.Add(d)}
}

// local turns a name under localhost into the address it stands for, for clients that ask a resolver.
func local(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, _ := strings.Cut(rest, "/")
	_, port, _ := strings.Cut(host, ":")
	return scheme + "://127.0.0.1:" + port + "/" + path
}
