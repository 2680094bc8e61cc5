// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "slices"

// Duty is what a person may do at this node.
type Duty string

// The duties of people. What each may do stands in internal/policy/node.cedar.
const (
	DutyAdministrator    Duty = "administrator"     // runs the node, decides nothing
	DutyOfficer          Duty = "officer"           // drafts and signs first
	DutyApprover         Duty = "approver"          // signs second
	DutyModerator        Duty = "moderator"         // decides cases and answers orders at a host
	DutySeniorModerator  Duty = "senior_moderator"  // also assigns, and takes back what others decided
	DutyComplaintHandler Duty = "complaint_handler" // takes the second look
	DutyLegal            Duty = "legal"             // answers orders and decides what was escalated
	DutySupervisor       Duty = "supervisor"        // looks after the team and its rota
	DutyNotifier         Duty = "notifier"          // gives notice
	DutyAnalyst          Duty = "analyst"           // keeps banks and signals
	DutyReviewer         Duty = "reviewer"          // independent: sees everything, changes nothing
)

// Duties lists every duty.
func Duties() []Duty {
	return []Duty{DutyAdministrator, DutyOfficer, DutyApprover, DutyModerator, DutySeniorModerator,
		DutyComplaintHandler, DutyLegal, DutySupervisor, DutyNotifier, DutyAnalyst, DutyReviewer}
}

// How strong a principal is that is no person.
const (
	StrengthMachine  = 2 // a service key: as strong as a moderator
	StrengthOperator = 7 // whoever runs commands on the machine itself
)

// Strength orders duties: nobody acts on someone stronger, and nobody makes anybody stronger than herself.
// Without a duty it is 0.
func Strength(duties ...Duty) int {
	strongest := 0
	for _, d := range duties {
		strongest = max(strongest, strength(d))
	}
	return strongest
}

func strength(d Duty) int {
	switch d {
	case DutyNotifier, DutyAnalyst:
		return 1
	case DutyModerator:
		return 2
	case DutySeniorModerator, DutyComplaintHandler, DutyLegal:
		return 3
	case DutySupervisor:
		return 4
	case DutyOfficer, DutyApprover:
		return 5
	case DutyReviewer, DutyAdministrator:
		return 6
	}
	return 0
}

// Grave reports whether a duty is given by two people, the second with her passkey, and used with a passkey
// only: it signs, oversees, or gives duties to others.
func (d Duty) Grave() bool { return strength(d) >= strength(DutyOfficer) }

// isGrave is [Duty.Grave] as a function.
func isGrave(d Duty) bool { return d.Grave() }

// checkDuties refuses what is no set of duties.
func checkDuties(duties []Duty) error {
	if len(duties) == 0 {
		return Invalid(ReasonMissing, "duties", "Give the person at least one duty.")
	}
	for i, d := range duties {
		if !slices.Contains(Duties(), d) {
			return Invalid(ReasonUnknownValue, "duties", "There is no such duty.")
		}
		if slices.Contains(duties[:i], d) {
			return Invalid(ReasonDuplicate, "duties", "A duty is named twice.")
		}
	}
	return nil
}

// sameDuties compares two sets.
func sameDuties(a, b []Duty) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(d Duty) bool { return !slices.Contains(b, d) })
}

// without gives the duties that do not answer to a description.
func without(duties []Duty, is func(Duty) bool) []Duty {
	return slices.DeleteFunc(slices.Clone(duties), is)
}
