// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"encoding/json"

	"tocsin"
	"tocsin/internal/flow"
)

// address says what an address of the console is about.
type address struct {
	alone  string              // why nobody asks it here
	kinds  []tocsin.RecordKind // of the record in its path
	read   flow.Action         // without which the record is not there
	action flow.Action         // empty: whoever may read, may
	any    bool                // takes records of every kind
	at     tocsin.PartyID      // where it is asked; the host when empty
}

func folded(row flow.Row) (tocsin.Aggregate, error) {
	agg, err := tocsin.NewAggregate(row.Kind)
	if err == nil {
		err = json.Unmarshal(row.Body, agg)
	}
	return agg, err
}

func inside(action flow.Action) address { return address{action: action} }

func ofIssued(action flow.Action) address {
	return address{kinds: []tocsin.RecordKind{tocsin.KindIssuedOrder}, read: flow.ActionOrderRead, action: action, at: authority}
}

func ofReceived(action flow.Action) address {
	return address{kinds: []tocsin.RecordKind{tocsin.KindReceivedOrder}, read: flow.ActionOrderRead, action: action}
}

func of(kind tocsin.RecordKind, read, action flow.Action) address {
	return address{kinds: []tocsin.RecordKind{kind}, read: read, action: action}
}

func ofCase(action flow.Action) address { return of(tocsin.KindCase, flow.ActionCaseRead, action) }

func ofDecision(action flow.Action) address {
	return of(tocsin.KindDecision, flow.ActionDecisionRead, action)
}

func ofPerson(action flow.Action) address {
	return of(tocsin.KindPerson, flow.ActionPersonRead, action)
}

func ofComplaint(action flow.Action) address {
	return of(tocsin.KindComplaint, flow.ActionComplaintRead, action)
}

func ofNotice(action flow.Action) address {
	return of(tocsin.KindNotice, flow.ActionNoticeRead, action)
}

func ofSender(action flow.Action) address {
	return of(tocsin.KindMisuse, flow.ActionNoticeRead, action)
}

// public says that an address asks nobody who she is, and where it is tested.
func public(where string) address { return address{alone: "anybody; " + where} }

// matrix is every address. Order steps that ask for a state of the order are asked about one in that state or not:
// the state is no answer to who may.
var matrix = map[string]address{
	"GET /enrol":                      public("enrol_test.go"),
	"POST /enrol/begin":               public("enrol_test.go"),
	"POST /enrol/finish":              public("enrol_test.go"),
	"GET /sign-in":                    public("session_test.go"),
	"POST /sign-in/begin":             public("session_test.go"),
	"POST /sign-in/finish":            public("session_test.go"),
	"POST /enrol/password":            public("password_test.go"),
	"GET /enrol/code":                 public("password_test.go"),
	"POST /enrol/code":                public("password_test.go"),
	"POST /sign-in/password":          public("password_test.go"),
	"GET /sign-in/provider":           public("provider_test.go"),
	"GET /sign-in/provider/back":      public("provider_test.go"),
	"GET /enrol/provider":             public("provider_test.go"),
	"POST /sign-out":                  public("session_test.go"),
	"POST /language":                  public("words_test.go"),
	"/":                               public("security_test.go"),
	"POST /blocked":                   public("browsers report by themselves; blocked_test.go"),
	"GET /notice/new":                 public("public_test.go"),
	"POST /notice/new":                public("public_test.go"),
	"GET /notice/{token}":             public("whoever holds the token; public_test.go"),
	"POST /notice/{token}/supplement": public("whoever holds the token; public_test.go"),
	"POST /notice/{token}/complaint":  public("whoever holds the token; public_test.go"),
	"POST /notice/{token}/objection":  public("whoever holds the token; public_test.go"),
	"GET /complain/{token}":           public("whoever holds the token; public_test.go"),
	"POST /complain/{token}":          public("whoever holds the token; public_test.go"),
	"GET /{$}":                        {alone: "everybody inside; leads on"},
	"POST /break":                     {alone: "everybody inside; for herself"},
	"GET /account":                    inside(""),
	"POST /account/password":          {alone: "who has a password; for herself; password_test.go"},
	"POST /account/codes":             {alone: "who has a password; for herself; password_test.go"},
	"POST /account/passkey/begin":     {alone: "who has no passkey; for herself; password_test.go"},
	"POST /account/passkey/finish":    {alone: "who has no passkey; for herself; password_test.go"},
	"GET /preferences":                inside(""),
	"POST /preferences/keyboard":      inside(""),
	"POST /preferences/wellness":      inside(""),

	"GET /orders":                   inside(""), // what is listed is what she may read
	"GET /orders/new":               {action: flow.ActionOrderDraft, at: authority},
	"POST /orders":                  {action: flow.ActionOrderDraft, at: authority},
	"GET /orders/{id}":              {kinds: []tocsin.RecordKind{tocsin.KindReceivedOrder}, read: flow.ActionOrderRead},
	"GET /orders/{id}/edit":         ofIssued(flow.ActionOrderDraft),
	"POST /orders/{id}":             ofIssued(flow.ActionOrderDraft),
	"POST /orders/{id}/sign/begin":  ofIssued(flow.ActionOrderSubmit),
	"POST /orders/{id}/sign/finish": {alone: "answers a ceremony that was begun; order_sign_test.go"},
	"GET /orders/{id}/clarify":      ofIssued(flow.ActionOrderClarify),
	"POST /orders/{id}/clarify":     ofIssued(flow.ActionOrderClarify),
	"GET /orders/{id}/withdraw":     ofIssued(flow.ActionOrderWithdraw),
	"POST /orders/{id}/withdraw":    ofIssued(flow.ActionOrderWithdraw),
	"GET /orders/{id}/return":       ofIssued(flow.ActionOrderReturn),
	"POST /orders/{id}/return":      ofIssued(flow.ActionOrderReturn),
	"GET /orders/{id}/abandon":      ofIssued(flow.ActionOrderWithdraw),
	"POST /orders/{id}/abandon":     ofIssued(flow.ActionOrderWithdraw),
	"GET /orders/{id}/execute":      ofReceived(flow.ActionOrderAnswer),
	"POST /orders/{id}/execute":     ofReceived(flow.ActionOrderAnswer),
	"GET /orders/{id}/ceased":       ofReceived(flow.ActionOrderAnswer),
	"POST /orders/{id}/ceased":      ofReceived(flow.ActionOrderAnswer),
	"GET /orders/{id}/ratify":       ofReceived(flow.ActionOrderAnswer),
	"POST /orders/{id}/ratify":      ofReceived(flow.ActionOrderAnswer),
	"GET /orders/{id}/uphold":       ofReceived(flow.ActionOrderAnswer),
	"POST /orders/{id}/uphold":      ofReceived(flow.ActionOrderAnswer),
	"GET /orders/{id}/dismiss":      ofReceived(flow.ActionOrderAnswer),
	"POST /orders/{id}/dismiss":     ofReceived(flow.ActionOrderAnswer),
	"GET /orders/{id}/cannot":       ofReceived(flow.ActionOrderAnswer),
	"POST /orders/{id}/cannot":      ofReceived(flow.ActionOrderAnswer),

	"GET /complaints":                 inside(flow.ActionComplaintRead),
	"GET /complaints/{id}":            ofComplaint(""),
	"POST /complaints/{id}/take":      ofComplaint(flow.ActionComplaintHandle),
	"GET /complaints/{id}/uphold":     ofComplaint(flow.ActionComplaintHandle),
	"POST /complaints/{id}/uphold":    ofComplaint(flow.ActionComplaintHandle),
	"GET /complaints/{id}/reject":     ofComplaint(flow.ActionComplaintHandle),
	"POST /complaints/{id}/reject":    ofComplaint(flow.ActionComplaintHandle),
	"GET /complaints/{id}/take_back":  ofComplaint(flow.ActionComplaintUndo),
	"POST /complaints/{id}/take_back": ofComplaint(flow.ActionComplaintUndo),
	"GET /complaints/{id}/give":       ofComplaint(flow.ActionComplaintHandle),
	"POST /complaints/{id}/give":      ofComplaint(flow.ActionComplaintHandle),
	"GET /complaints/{id}/name_body":  ofComplaint(flow.ActionComplaintSettle),
	"POST /complaints/{id}/name_body": ofComplaint(flow.ActionComplaintSettle),
	"GET /complaints/{id}/refer":      ofComplaint(flow.ActionComplaintSettle),
	"POST /complaints/{id}/refer":     ofComplaint(flow.ActionComplaintSettle),
	"GET /complaints/{id}/prolong":    ofComplaint(flow.ActionComplaintSettle),
	"POST /complaints/{id}/prolong":   ofComplaint(flow.ActionComplaintSettle),
	"GET /complaints/{id}/settle":     ofComplaint(flow.ActionComplaintSettle),
	"POST /complaints/{id}/settle":    ofComplaint(flow.ActionComplaintSettle),
	"GET /complaints/{id}/implement":  ofComplaint(flow.ActionComplaintSettle),
	"POST /complaints/{id}/implement": ofComplaint(flow.ActionComplaintSettle),
	"GET /complaints/{id}/decline":    ofComplaint(flow.ActionComplaintSettle),
	"POST /complaints/{id}/decline":   ofComplaint(flow.ActionComplaintSettle),
	"GET /notices":                    inside(flow.ActionNoticeRead),
	"GET /notices/{id}":               ofNotice(""),
	"GET /notices/{id}/refer_to":      ofNotice(flow.ActionNoticeTriage),
	"POST /notices/{id}/refer_to":     ofNotice(flow.ActionNoticeTriage),
	"GET /notices/{id}/ask":           ofNotice(flow.ActionNoticeTriage),
	"POST /notices/{id}/ask":          ofNotice(flow.ActionNoticeTriage),
	"GET /notices/{id}/dismiss":       ofNotice(flow.ActionNoticeTriage),
	"POST /notices/{id}/dismiss":      ofNotice(flow.ActionNoticeTriage),
	"GET /notices/{id}/judge":         ofNotice(flow.ActionNoticeJudge),
	"POST /notices/{id}/judge":        ofNotice(flow.ActionNoticeJudge),
	"GET /misuse":                     inside(flow.ActionNoticeRead),
	"GET /misuse/{id}":                ofSender(""),
	"GET /misuse/{id}/warn":           ofSender(flow.ActionNoticeJudge),
	"POST /misuse/{id}/warn":          ofSender(flow.ActionNoticeJudge),
	"GET /misuse/{id}/suspend":        ofSender(flow.ActionNoticeJudge),
	"POST /misuse/{id}/suspend":       ofSender(flow.ActionNoticeJudge),
	"GET /misuse/{id}/lift":           ofSender(flow.ActionNoticeJudge),
	"POST /misuse/{id}/lift":          ofSender(flow.ActionNoticeJudge),
	"GET /misuse/{id}/confirm":        ofSender(flow.ActionNoticeJudge),
	"POST /misuse/{id}/confirm":       ofSender(flow.ActionNoticeJudge),

	"GET /cases":                inside(flow.ActionCaseRead),
	"POST /cases/next":          inside(flow.ActionCaseClaim),
	"GET /cases/{id}":           ofCase(""),
	"POST /cases/{id}/media":    ofCase(flow.ActionCaseView),
	"GET /cases/{id}/restrict":  ofCase(flow.ActionCaseDecide),
	"POST /cases/{id}/restrict": ofCase(flow.ActionCaseDecide),
	"GET /cases/{id}/keep":      ofCase(flow.ActionCaseDecide),
	"POST /cases/{id}/keep":     ofCase(flow.ActionCaseDecide),
	"POST /cases/{id}/claim":    ofCase(flow.ActionCaseClaim),
	"POST /cases/{id}/extend":   ofCase(flow.ActionCaseClaim),
	"POST /cases/{id}/skip":     ofCase(flow.ActionCaseClaim),
	"POST /cases/{id}/release":  ofCase(flow.ActionCaseClaim),
	"GET /cases/{id}/escalate":  ofCase(flow.ActionCaseClaim),
	"POST /cases/{id}/escalate": ofCase(flow.ActionCaseClaim),
	"GET /cases/{id}/note":      ofCase(flow.ActionCaseClaim),
	"POST /cases/{id}/note":     ofCase(flow.ActionCaseClaim),
	"GET /cases/{id}/assign":    ofCase(flow.ActionCaseAssign),
	"POST /cases/{id}/assign":   ofCase(flow.ActionCaseAssign),

	"GET /reading/new":             public("the form on which anybody contests a reading"),
	"POST /reading/new":            public("anybody"),
	"GET /reading/{token}":         public("whoever holds the token; challenge_test.go"),
	"GET /challenges":              inside(flow.ActionChallengeRead),
	"GET /challenges/{id}":         ofChallenge(""),
	"GET /challenges/{id}/uphold":  ofChallenge(flow.ActionChallengeAnswer),
	"POST /challenges/{id}/uphold": ofChallenge(flow.ActionChallengeAnswer),
	"GET /challenges/{id}/reject":  ofChallenge(flow.ActionChallengeAnswer),
	"POST /challenges/{id}/reject": ofChallenge(flow.ActionChallengeAnswer),

	"GET /entries":               inside(flow.ActionLexiconRead),
	"GET /entries/new":           inside(flow.ActionLexiconAdd),
	"POST /entries/new":          inside(flow.ActionLexiconAdd),
	"GET /entries/{id}":          ofEntry(""),
	"GET /entries/{id}/approve":  ofEntry(flow.ActionLexiconApprove),
	"POST /entries/{id}/approve": ofEntry(flow.ActionLexiconApprove),
	"GET /entries/{id}/send":     ofEntry(flow.ActionLexiconApprove),
	"POST /entries/{id}/send":    ofEntry(flow.ActionLexiconApprove),
	"GET /entries/{id}/retract":  ofEntry(flow.ActionLexiconApprove),
	"POST /entries/{id}/retract": ofEntry(flow.ActionLexiconApprove),
	"GET /entries/{id}/adopt":    ofEntry(flow.ActionLexiconAdopt),
	"POST /entries/{id}/adopt":   ofEntry(flow.ActionLexiconAdopt),
	"GET /entries/{id}/drop":     ofEntry(flow.ActionLexiconAdopt),
	"POST /entries/{id}/drop":    ofEntry(flow.ActionLexiconAdopt),

	"GET /reviews":               inside(flow.ActionReviewFind),
	"GET /agreement":             inside(flow.ActionReviewRead),
	"GET /reviews/{id}":          of(tocsin.KindReview, flow.ActionReviewFind, ""),
	"POST /reviews/{id}/find":    of(tocsin.KindReview, flow.ActionReviewFind, flow.ActionReviewFind),
	"POST /reviews/{id}/resolve": of(tocsin.KindReview, flow.ActionReviewFind, flow.ActionReviewResolve),

	"GET /decisions/{id}":               ofDecision(""),
	"POST /decisions/{id}/media":        ofDecision(flow.ActionCaseView),
	"POST /complaints/{id}/media":       ofComplaint(flow.ActionCaseView),
	"POST /decisions/{id}/undo":         ofDecision(flow.ActionDecisionUndo),
	"GET /decisions/{id}/reverse":       ofDecision(flow.ActionCaseDecide),
	"POST /decisions/{id}/reverse":      ofDecision(flow.ActionCaseDecide),
	"GET /decisions/{id}/ratify":        ofDecision(flow.ActionCaseDecide),
	"POST /decisions/{id}/ratify":       ofDecision(flow.ActionCaseDecide),
	"GET /decisions/{id}/stand":         ofDecision(flow.ActionStandingChange),
	"POST /decisions/{id}/stand":        ofDecision(flow.ActionStandingChange),
	"GET /decisions/{id}/end_standing":  ofDecision(flow.ActionStandingChange),
	"POST /decisions/{id}/end_standing": ofDecision(flow.ActionStandingChange),

	"GET /banks":                 inside(flow.ActionBankRead),
	"GET /lexicon":               inside(flow.ActionLexiconRead),
	"GET /banks/{id}":            of(tocsin.KindBank, flow.ActionBankRead, ""),
	"GET /signals/{id}":          of(tocsin.KindSignal, flow.ActionBankRead, ""),
	"GET /signals/{id}/dispute":  of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"POST /signals/{id}/dispute": of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"GET /signals/{id}/agree":    of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"POST /signals/{id}/agree":   of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"GET /signals/{id}/disable":  of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"POST /signals/{id}/disable": of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"GET /signals/{id}/enable":   of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"POST /signals/{id}/enable":  of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"GET /signals/{id}/release":  of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalRelease),
	"POST /signals/{id}/release": of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalRelease),
	"GET /signals/{id}/retract":  of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),
	"POST /signals/{id}/retract": of(tocsin.KindSignal, flow.ActionBankRead, flow.ActionSignalChange),

	"GET /copies/{id}":          of(tocsin.KindOrderCopy, flow.ActionCopyRead, ""),
	"GET /items/{id}":           of(tocsin.KindItem, flow.ActionItemRead, ""),
	"GET /records/{id}/version": {kinds: []tocsin.RecordKind{tocsin.KindReceivedOrder}, read: flow.ActionOrderRead, any: true},
	"GET /search":               inside(flow.ActionItemRead),
	"POST /search/content":      inside(flow.ActionItemRead),
	"POST /search":              inside(flow.ActionItemRead),

	"GET /people":                      inside(flow.ActionPersonRead),
	"POST /people":                     inside(flow.ActionPersonInvite),
	"GET /people/{id}":                 ofPerson(""),
	"GET /people/{id}/duties":          ofPerson(flow.ActionPersonChange),
	"POST /people/{id}/duties":         ofPerson(flow.ActionPersonChange),
	"POST /people/{id}/confirm/begin":  ofPerson(flow.ActionPersonConfirm),
	"POST /people/{id}/confirm/finish": {alone: "answers a ceremony that was begun; person_change_test.go"},
	"POST /people/{id}/agree/begin":    ofPerson(flow.ActionPersonRecover),
	"POST /people/{id}/agree/finish":   {alone: "answers a ceremony that was begun; person_recover_test.go"},
	"POST /people/{id}/stop":           ofPerson(flow.ActionPersonRecover),
	"POST /people/{id}/link":           ofPerson(flow.ActionPersonRecover),
	"GET /people/{id}/recover":         ofPerson(flow.ActionPersonRecover),
	"POST /people/{id}/recover":        ofPerson(flow.ActionPersonRecover),
	"GET /people/{id}/suspend":         ofPerson(flow.ActionPersonSuspend),
	"POST /people/{id}/suspend":        ofPerson(flow.ActionPersonSuspend),
	"GET /people/{id}/reinstate":       ofPerson(flow.ActionPersonReinstate),
	"POST /people/{id}/reinstate":      ofPerson(flow.ActionPersonReinstate),
	"GET /people/{id}/decline":         ofPerson(flow.ActionPersonChange),
	"POST /people/{id}/decline":        ofPerson(flow.ActionPersonChange),
	"GET /keys":                        inside(flow.ActionKeyRead),
	"GET /keys/new":                    inside(flow.ActionKeyMake),
	"POST /keys/new":                   inside(flow.ActionKeyMake),
	"POST /keys/new/begin":             inside(flow.ActionKeyMake),
	"POST /keys/new/finish":            {alone: "answers a ceremony that was begun; key_test.go"},
	"GET /keys/{name}/revoke":          {alone: "by the name of a key; key_test.go"},
	"POST /keys/{name}/revoke":         {alone: "by the name of a key; key_test.go"},
	"GET /audit":                       inside(flow.ActionAuditRead),
	"GET /policy":                      inside(flow.ActionPolicyRead),
	"GET /alerts":                      inside(flow.ActionAlertRead),
	"GET /alerts/preferences":          inside(flow.ActionAlertRead),
	"POST /alerts/preferences":         inside(flow.ActionAlertRead),
	"GET /alerts/{id}":                 {alone: "whom an alert concerns; alert_test.go"},
	"POST /alerts/{id}/acknowledge":    {alone: "whom an alert concerns; alert_test.go"},
	"GET /rota":                        inside(flow.ActionAlertRead),
	"POST /rota":                       inside(flow.ActionRotaChange),
	"GET /jobs":                        inside(flow.ActionJobRead),
	"POST /jobs/{id}/rerun":            inside(flow.ActionJobRerun),
}

func ofEntry(does flow.Action) address { return of(tocsin.KindEntry, flow.ActionLexiconRead, does) }

func ofChallenge(does flow.Action) address {
	return of(tocsin.KindChallenge, flow.ActionChallengeRead, does)
}
