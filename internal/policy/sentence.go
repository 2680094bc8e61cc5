// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy

import "tocsin"

// sentence is how a rule that forbids explains itself.
type sentence struct {
	reason tocsin.Reason
	text   string
}

// sentences holds one for each rule that forbids.
var sentences = map[string]sentence{
	"four-eyes": {tocsin.ReasonSamePerson,
		"The second signature must come from another officer than the first."},
	"passkey-signs": {tocsin.ReasonPasskeyRequired,
		"An order is signed by a person with her passkey, and by nothing else."},
	"passkey-confirms": {tocsin.ReasonPasskeyRequired,
		"This is confirmed by a person with her passkey, and by nothing else."},
	"passkey-for-the-strong": {tocsin.ReasonPasskeyRequired,
		"This duty is for people who sign in with a passkey. Sign in with yours."},
	"service-never-decides": {tocsin.ReasonPasskeyRequired,
		"A service key never decides: this needs a person."},
	"no-machine-acknowledges": {tocsin.ReasonPasskeyRequired,
		"A service key never acknowledges: somebody has to take care."},
	"administrator-does-not-decide": {tocsin.ReasonRole,
		"Running the node is not deciding its cases."},
	"second-look": {ReasonSecondLook,
		"A second look is another person's: you had a hand in what this complaint is about."},
	"blind-review": {ReasonSecondLook,
		"A blind review is another person's: you had a hand in this case."},
	"nobody-acts-on-someone-stronger": {ReasonStronger,
		"Nobody acts on someone stronger, and nobody makes anybody stronger than herself."},
	"second-person-confirms": {ReasonSecondPerson,
		"Two people give this duty: neither who proposed it nor who gets it confirms."},
	"recovery-is-by-others": {ReasonSecondPerson,
		"Nobody helps herself to a new key: two others do."},
}

// Reasons for which a rule forbids.
const (
	ReasonSecondLook   tocsin.Reason = "second_look"
	ReasonStronger     tocsin.Reason = "stronger"
	ReasonSecondPerson tocsin.Reason = "second_person"
)
