// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import "tocsin"

// rooms are where the records of a kind have their pages. The others have none.
var rooms = map[tocsin.RecordKind]string{
	tocsin.KindIssuedOrder: "/orders/", tocsin.KindReceivedOrder: "/orders/", tocsin.KindOrderCopy: "/copies/",
	tocsin.KindItem: "/items/", tocsin.KindCase: "/cases/", tocsin.KindDecision: "/decisions/",
	tocsin.KindBank: "/banks/", tocsin.KindSignal: "/signals/", tocsin.KindReview: "/reviews/",
	tocsin.KindComplaint: "/complaints/", tocsin.KindChallenge: "/challenges/", tocsin.KindNotice: "/notices/",
	tocsin.KindMisuse: "/misuse/", tocsin.KindPerson: "/people/", tocsin.KindAlert: "/alerts/",
	tocsin.KindEntry: "/entries/",
}

// recordAddress is where a record of a kind that has pages has its own.
func recordAddress(kind tocsin.RecordKind, id tocsin.RecordID) string {
	return rooms[kind] + string(id)
}

// opens reports whether a record has a page to go to.
func opens(kind tocsin.RecordKind) bool { return rooms[kind] != "" }
