// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import "tocsin"

// recordAddress is where a record has its page.
func recordAddress(kind tocsin.RecordKind, id tocsin.RecordID) string {
	switch kind {
	case tocsin.KindItem:
		return "/items/" + string(id)
	case tocsin.KindCase:
		return "/cases/" + string(id)
	case tocsin.KindDecision:
		return "/decisions/" + string(id)
	case tocsin.KindOrderCopy:
		return "/copies/" + string(id)
	case tocsin.KindBank:
		return "/banks/" + string(id)
	case tocsin.KindSignal:
		return "/signals/" + string(id)
	case tocsin.KindReview:
		return "/reviews/" + string(id)
	case tocsin.KindChallenge:
		return "/challenges/" + string(id)
	case tocsin.KindComplaint:
		return "/complaints/" + string(id)
	case tocsin.KindNotice:
		return "/notices/" + string(id)
	case tocsin.KindMisuse:
		return "/misuse/" + string(id)
	case tocsin.KindPerson:
		return "/people/" + string(id)
	case tocsin.KindAlert:
		return "/alerts/" + string(id)
	}
	return "/orders/" + string(id)
}
