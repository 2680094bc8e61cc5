// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"strings"
	"sync"

	"tocsin"
)

// verdict is what the rules say: nothing but the rules and the question decides it, so it never changes.
type verdict struct {
	permitted bool
	rule      string // that forbade, where one did and has a sentence
}

func (v verdict) err() error {
	if v.permitted {
		return nil
	}
	if sentence, ok := sentences[v.rule]; ok {
		return &tocsin.Error{Code: tocsin.CodeForbidden, Reason: sentence.reason, Public: sentence.text, Rule: v.rule}
	}
	return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole, "Your role does not allow this here.")
}

// question is all that the rules are asked, so that a key that lost a scope asks another one.
type question struct {
	kind, id, duties, scopes string
	passkey                  bool
	strength                 int
	action                   string
	on, deciders             string
	onStrength               int
}

// questionOf joins by what no duty, no scope and no id can hold.
func questionOf(who Principal, action string, on Resource) question {
	joined := func(words ...string) string { return strings.Join(words, "\x00") }
	return question{kind: who.Kind, id: who.ID, duties: joined(who.Duties...), scopes: joined(who.Scopes...),
		passkey: who.Passkey, strength: who.Strength, action: action,
		on:       joined(on.Kind, on.ID, on.DraftedBy, on.SubmittedBy, on.ProposedBy, on.AnsweredBy),
		deciders: joined(on.Deciders...), onStrength: on.Strength}
}

// mostVerdicts bounds the memory of verdicts; beyond it all are forgotten.
const mostVerdicts = 4096

// verdicts remembers what the rules said: whoever screens asks the same with each request, once for each bank.
type verdicts struct {
	mu sync.RWMutex
	by map[question]verdict
}

func (v *verdicts) of(q question, evaluate func() verdict) verdict {
	v.mu.RLock()
	known, ok := v.by[q]
	v.mu.RUnlock()
	if ok {
		return known
	}
	known = evaluate()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil || len(v.by) >= mostVerdicts {
		v.by = map[question]verdict{}
	}
	v.by[q] = known
	return known
}
