// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"

	"tocsin"
)

// Actor is who asks: a person who signed in, a service key, or the node itself.
type Actor struct {
	ID     tocsin.ActorID
	Duties []tocsin.Duty // of a person
	Scopes []string      // of a service key, action names
	// Banks are the names of the only banks that a service key knows; one that ends in * is every name that begins
	// so. None is all banks.
	Banks   []string
	Passkey bool // a person who signed in with a passkey
	// Operator is whoever runs commands on the machine itself and could read its disk anyway.
	Operator bool
}

// Has reports whether a person has a duty.
func (a Actor) Has(d tocsin.Duty) bool { return slices.Contains(a.Duties, d) }

// IsService reports whether the actor is a service key.
func (a Actor) IsService() bool { return len(a.Scopes) > 0 }

// Action is something an actor does, as policy names it.
type Action string

// The actions of this release.
const (
	ActionOrderRead     Action = "order.read"
	ActionOrderDraft    Action = "order.draft"
	ActionOrderSubmit   Action = "order.submit"
	ActionOrderApprove  Action = "order.approve"
	ActionOrderReturn   Action = "order.return"
	ActionOrderWithdraw Action = "order.withdraw"
	ActionOrderClarify  Action = "order.clarify"
	ActionOrderAnswer   Action = "order.answer" // all that a host answers, from executing to dismissing
	ActionItemRead      Action = "item.read"
	ActionCopyRead      Action = "copy.read"
	ActionDirectoryRead Action = "directory.read"
	ActionDirectoryLoad Action = "directory.import"
	ActionHostInform    Action = "host.inform"
	ActionPersonInvite  Action = "person.invite"
	ActionPersonSuspend Action = "person.suspend"
	ActionPersonRead    Action = "person.read"

	ActionPersonChange    Action = "person.change"    // the duties of somebody who works here
	ActionPersonConfirm   Action = "person.confirm"   // duties that need a second person
	ActionPersonReinstate Action = "person.reinstate" // after a suspension
	ActionPersonRecover   Action = "person.recover"   // a lost key

	ActionJobRead     Action = "job.read"
	ActionJobRerun    Action = "job.rerun"
	ActionRecordErase Action = "record.erase"
	ActionShardOpen   Action = "log.open_shard"

	ActionBankRead      Action = "bank.read"
	ActionBankChange    Action = "bank.change"    // open, change, close
	ActionSignalAdd     Action = "signal.add"     // add, vouch, import, withdraw an import
	ActionSignalChange  Action = "signal.change"  // disable, enable, retract, give an opinion
	ActionSignalRelease Action = "signal.release" // from quarantine
	ActionScreen        Action = "content.screen"
	ActionLexiconRead   Action = "lexicon.read" // what texts are read for, and how often that was right
	ActionLexiconAdd    Action = "lexicon.add"  // put an entry into the exchange
	// ActionLexiconApprove lets somebody speak for her party: approve, retract, send to others.
	ActionLexiconApprove Action = "lexicon.approve"
	ActionLexiconAdopt   Action = "lexicon.adopt" // read for an entry here, or no more
	ActionCaseRead       Action = "case.read"

	ActionCaseView         Action = "case.view"   // see the media of its item
	ActionCaseClaim        Action = "case.claim"  // claim, extend, release, skip, note
	ActionCaseAssign       Action = "case.assign" // to others, and to whom a case is escalated
	ActionCaseDecide       Action = "case.decide"
	ActionReviewFind       Action = "review.find" // blind, by somebody who had no hand in it
	ActionReviewResolve    Action = "review.resolve"
	ActionReviewRead       Action = "review.read" // how often two people found the same
	ActionDecisionRead     Action = "decision.read"
	ActionDecisionUndo     Action = "decision.undo"
	ActionNoticeRead       Action = "notice.read"
	ActionNoticeSubmit     Action = "notice.submit"
	ActionNoticeTriage     Action = "notice.triage" // answer a public report at an authority
	ActionNoticeJudge      Action = "notice.judge"  // find it manifestly unfounded; warn, suspend and lift
	ActionComplaintRead    Action = "complaint.read"
	ActionComplaintHandle  Action = "complaint.handle"
	ActionComplaintSettle  Action = "complaint.settle" // record what a body out of court does with it
	ActionComplaintUndo    Action = "complaint.undo"   // take the answer back within its window
	ActionChallengeRead    Action = "challenge.read"   // of a reading, by anybody
	ActionChallengeAnswer  Action = "challenge.answer"
	ActionStandingChange   Action = "standing.change"
	ActionAlertRead        Action = "alert.read"        // one's own alerts, the rota, how one is reached
	ActionAlertAcknowledge Action = "alert.acknowledge" // say that one takes care
	ActionRotaChange       Action = "rota.change"
	ActionPolicyRead       Action = "policy.read"
	ActionKeyRead          Action = "key.read" // service keys, never their tokens
	ActionKeyMake          Action = "key.make"
	ActionKeyRevoke        Action = "key.revoke" // end one
	ActionAuditRead        Action = "audit.read" // what happened, by headers alone
)

// Actions lists every action, for the policy's tests and the scopes of service keys.
func Actions() []Action {
	return []Action{ActionOrderRead, ActionOrderDraft, ActionOrderSubmit, ActionOrderApprove, ActionOrderReturn,
		ActionOrderWithdraw, ActionOrderClarify, ActionOrderAnswer, ActionItemRead, ActionCopyRead,
		ActionDirectoryRead, ActionDirectoryLoad, ActionHostInform, ActionPersonInvite, ActionPersonSuspend,
		ActionPersonRead, ActionJobRead, ActionJobRerun, ActionRecordErase, ActionShardOpen, ActionBankRead,
		ActionBankChange, ActionSignalAdd, ActionSignalChange, ActionSignalRelease, ActionScreen,
		ActionCaseRead, ActionCaseView, ActionPersonChange, ActionPersonConfirm, ActionPersonReinstate, ActionPersonRecover,
		ActionCaseClaim, ActionCaseAssign, ActionCaseDecide, ActionDecisionRead, ActionDecisionUndo,
		ActionNoticeRead, ActionNoticeSubmit, ActionNoticeTriage, ActionNoticeJudge, ActionComplaintRead,
		ActionComplaintHandle, ActionComplaintSettle, ActionComplaintUndo, ActionReviewFind, ActionReviewResolve, ActionReviewRead,
		ActionChallengeRead, ActionChallengeAnswer, ActionStandingChange, ActionAlertRead, ActionAlertAcknowledge,
		ActionRotaChange, ActionPolicyRead,
		ActionKeyRead, ActionKeyMake, ActionKeyRevoke, ActionAuditRead, ActionLexiconRead,
		ActionLexiconAdd, ActionLexiconApprove, ActionLexiconAdopt}
}

// PersonalActions are those that only a person performs: a service key has no scope for one, and the rules refuse it
// all the same.
func PersonalActions() []Action {
	return []Action{ActionAlertAcknowledge, ActionOrderSubmit, ActionOrderApprove, ActionOrderReturn,
		ActionOrderAnswer, ActionSignalRelease,
		ActionCaseView, ActionCaseClaim, ActionCaseDecide, ActionReviewFind, ActionReviewResolve, ActionDecisionUndo, ActionNoticeTriage, ActionNoticeJudge,
		ActionComplaintHandle, ActionComplaintSettle, ActionComplaintUndo, ActionChallengeRead, ActionChallengeAnswer, ActionStandingChange,
		ActionPersonChange, ActionPersonConfirm, ActionPersonReinstate, ActionPersonRecover, ActionKeyRead,
		ActionKeyMake, ActionKeyRevoke, ActionLexiconAdd, ActionLexiconApprove, ActionLexiconAdopt}
}
