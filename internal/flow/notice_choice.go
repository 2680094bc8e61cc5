// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import "tocsin"

// The choices on a notice.
const (
	ChoiceDraft   ChoiceName = "draft"
	ChoiceReferTo ChoiceName = "refer_to"
	ChoiceAsk     ChoiceName = "ask"
	ChoiceDismiss ChoiceName = "dismiss"
	ChoiceJudge   ChoiceName = "judge"
)

// noticeChoices are what a person may do with a notice now, or why not. At a host its items are decided in their cases;
// at an authority the whole of it is triaged.
func (f *Flow) noticeChoices(actor Actor, n *tocsin.Notice) (list []Choice) {
	add := func(name ChoiceName, action Action, refused error) {
		if err := f.Policy.Decide(actor, action, n); err != nil {
			refused = err
		}
		list = append(list, Choice{name, refused})
	}
	if n.Channel == tocsin.ChannelAuthority && n.Status == tocsin.NoticeQueued {
		add(ChoiceDraft, ActionNoticeTriage, f.Policy.Decide(actor, ActionOrderDraft, nil))
		add(ChoiceReferTo, ActionNoticeTriage, nil)
		add(ChoiceAsk, ActionNoticeTriage, nil)
		add(ChoiceDismiss, ActionNoticeTriage, nil)
	}
	if !n.Unfounded && (n.Status == tocsin.NoticeDecided || n.Status == tocsin.NoticeInformed) {
		var acted error
		for _, a := range n.Answers {
			if a.Result != tocsin.ResultKeep && a.Result != tocsin.ResultNoAction {
				acted = tocsin.Errorf(tocsin.CodeConflict, ReasonActedOn,
					"Something of this notice was acted on: it was not unfounded.")
			}
		}
		add(ChoiceJudge, ActionNoticeJudge, acted)
	}
	return list
}

// ReasonActedOn means that a notice led to something, so that it was not unfounded.
const ReasonActedOn tocsin.Reason = "acted_on"
