// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

// lane is a place in the picture that acts, by its distance from the left.
type lane int

const (
	authority  lane = 150
	stranger   lane = 216 // an authority outside the Union, in neither State
	host       lane = 262
	board      lane = 352
	supervisor lane = 462
	outside    lane = 408 // anybody with a browser
)

// kind says how a mark looks.
type kind string

const (
	document kind = "document" // signed, between parties
	call     kind = "call"     // between the host's node and its platform
	refused  kind = "refused"
	restored kind = "restored"
)

// mark is an arrow from one lane to another, or a sign on one.
type mark struct {
	from, to lane
	kind     kind
}

// scene is how a step is drawn: what happened, and the rule or finding behind it.
type scene struct {
	caption, note string
	people        []lane // who decided or signed, with a passkey
	checked       []lane // what was examined
	marks         []mark
	jump          bool // the clocks jump afterwards
}

// scenes are the steps by the names that the demonstration gives them.
var scenes = map[string]scene{
	"people.enrolled": {caption: "People enrol passkeys", note: "software that says it is a demonstration",
		people: []lane{authority - 7, authority + 7, host, supervisor}},
	"prior.information": {caption: "The authority informs the host", note: "twelve hours ahead, Art. 3(2)",
		marks: []mark{{authority, host, document}}, jump: true},
	"order.approved": {caption: "One officer drafts, another approves", note: "logged, signed, sent, received",
		people: []lane{authority - 7, authority + 7}, marks: []mark{{authority, host, document}}},
	"copy.supervisor": {caption: "The supervisor has its copy", note: "72 hours to examine it, Art. 4",
		marks: []mark{{authority, supervisor, document}}},
	"order.executed": {caption: "The moderator executes it", note: "the board confirms, Annex II goes back",
		people: []lane{host}, marks: []mark{{host, board, call}, {host, authority, document}}},
	"url.451": {caption: "The address answers 451", note: "authority, basis and remedies named",
		marks: []mark{{outside, board, call}}},
	"order.automatic": {caption: "A second order runs automatically", note: "and is ratified by a person",
		people: []lane{host}, marks: []mark{{authority, host, document}, {host, board, call}}},
	"refused.altered": {caption: "Refused: altered on the way", note: "the host signs its refusal",
		marks: []mark{{authority, host, refused}}},
	"refused.replayed": {caption: "Refused: captured and sent again", note: "the sender's own repeat is harmless",
		marks: []mark{{authority, host, refused}}},
	"refused.wrong-key": {caption: "Refused: signed with another key", note: "the authority's own, but not for documents",
		marks: []mark{{authority, host, refused}}},
	"refused.not-competent": {caption: "Refused: not competent", note: "an authority outside the Union",
		marks: []mark{{stranger, host, refused}}},
	"refused.single-approver": {caption: "Refused: one signature", note: "instead of those of two people",
		marks: []mark{{authority, host, refused}}},
	"gate.collection": {caption: "A whole collection stops at the gate", note: "the host asks back, Annex III",
		people: []lane{host}, marks: []mark{{authority, host, document}, {host, authority, document}}},
	"gag.neutral": {caption: "Under a gag, the page of any removal", note: "opaque in both logs until its end date",
		marks: []mark{{authority, host, document}, {host, board, call}}},
	"withdrawn.reinstated": {caption: "Withdrawn: the picture is back", note: "byte for byte; other orders stand",
		people: []lane{authority}, marks: []mark{{authority, host, document}, {host, board, restored}}},
	"match.proposed": {caption: "An upload resembles a shared picture", note: "a match only proposes; it stays visible",
		marks: []mark{{board, host, call}}, checked: []lane{host}},
	"case.decided": {caption: "The moderator decides, under the terms", note: "410, the page of any removed post",
		people: []lane{host}, marks: []mark{{host, board, call}}},
	"reasons.sent": {caption: "The author reads why", note: "and where to complain; nobody else does",
		marks: []mark{{outside, board, call}}},
	"complaint.upheld": {caption: "The author complains; another decides", note: "never the person who decided first",
		people: []lane{host}},
	"item.reinstated": {caption: "The picture is back", note: "byte for byte, and in the lists again",
		marks: []mark{{host, board, restored}}},
	"signal.disputed": {caption: "The signal stands disputed", note: "its next match says who disagrees",
		checked: []lane{host}},
	"entry.two-kinds": {caption: "Two States alone name no word", note: "the host cannot read for it",
		people: []lane{authority, supervisor}, marks: []mark{{authority, supervisor, document}, {authority, host, document}}},
	"logs.verified": {caption: "Both logs verified from outside", note: "issued and received agree",
		checked: []lane{authority, host}},
	"tamper.found": {caption: "A row altered on disk is found", note: "the event is named",
		checked: []lane{host}},
}
