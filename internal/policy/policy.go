// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package policy decides who may do what on a loaded record. The rules are Cedar text in node.cedar, which a
// reviewer can read and whose digest `tocsin version` tells; this package only evaluates them.
//
// It must never fetch anything, and never permit what no rule names.
//
// Start reading at node.cedar.
package policy

import (
	"bytes"
	_ "embed"
	"fmt"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"tocsin"
)

//go:embed node.cedar
var rules []byte

// Kinds of principal, as the rules name them.
const (
	Person   = "Person"
	Service  = "Service"
	Operator = "Operator"
)

// Principal is who asks.
type Principal struct {
	Kind    string
	ID      string
	Duties  []string
	Scopes  []string
	Passkey bool
	// Strength is that of the duties ([tocsin.Strength]).
	Strength int
}

// Resource is the loaded record the action is about; its zero value is the node itself.
type Resource struct {
	Kind        string
	ID          string
	DraftedBy   string
	SubmittedBy string
	ProposedBy  string   // of duties that wait for a second person
	AnsweredBy  string   // of a complaint
	Deciders    []string // who had a hand in the decision this is, or is about
	Strength    int      // of a person, with the duties that were proposed for her
}

// Policy evaluates the rules of this release.
type Policy struct {
	set      *cedar.PolicySet
	verdicts verdicts
}

// New parses the rules.
func New() (*Policy, error) {
	set, err := cedar.NewPolicySetFromBytes("node.cedar", rules)
	if err != nil {
		return nil, fmt.Errorf("parse policy: %w", err)
	}
	return &Policy{set: named(set)}, nil
}

// named gives every rule the name it carries, so that a refusal can say which one it was.
func named(set *cedar.PolicySet) *cedar.PolicySet {
	out := cedar.NewPolicySet()
	for id, p := range set.All() {
		if name, ok := p.Annotations()["id"]; ok {
			id = cedar.PolicyID(name)
		}
		out.Add(id, p)
	}
	return out
}

// Digest is the SHA-256 of the rules.
func Digest() tocsin.Digest { return tocsin.DigestOf(rules) }

// Rules are the rules as written.
func Rules() []byte { return bytes.Clone(rules) }

// Decide gives nil when the rules permit, else an error of CodeForbidden whose sentence says why not.
func (p *Policy) Decide(who Principal, action string, on Resource) error {
	return p.verdicts.of(questionOf(who, action, on), func() verdict { return p.evaluate(who, action, on) }).err()
}

// evaluate asks the rules.
func (p *Policy) evaluate(who Principal, action string, on Resource) verdict {
	principal := cedar.NewEntityUID(cedar.EntityType(who.Kind), cedar.String(who.ID))
	if on.Kind == "" {
		on.Kind = "node"
	}
	resource := cedar.NewEntityUID(cedar.EntityType(on.Kind), cedar.String(on.ID))
	entities := cedar.EntityMap{
		principal: {UID: principal, Attributes: cedar.NewRecord(cedar.RecordMap{
			"id": cedar.String(who.ID), "duties": set(who.Duties), "scopes": set(who.Scopes),
			"passkey": cedar.Boolean(who.Passkey), "strength": cedar.Long(who.Strength),
		})},
		resource: {UID: resource, Attributes: cedar.NewRecord(cedar.RecordMap{
			"id": cedar.String(on.ID), "drafted_by": cedar.String(on.DraftedBy),
			"submitted_by": cedar.String(on.SubmittedBy), "proposed_by": cedar.String(on.ProposedBy),
			"deciders": set(on.Deciders), "answered_by": cedar.String(on.AnsweredBy), "strength": cedar.Long(on.Strength),
		})},
	}
	decision, why := cedar.Authorize(p.set, entities, cedar.Request{
		Principal: principal, Action: cedar.NewEntityUID("Action", cedar.String(action)), Resource: resource,
		Context: cedar.NewRecord(cedar.RecordMap{"action": cedar.String(action)}),
	})
	if decision == cedar.Allow {
		return verdict{permitted: true}
	}
	var v verdict
	for _, r := range why.Reasons { // of several rules always the same one, for they come in any order
		rule := string(r.PolicyID)
		if _, told := sentences[rule]; told && (v.rule == "" || rule < v.rule) {
			v.rule = rule
		}
	}
	return v
}

func set(values []string) types.Set {
	out := make([]types.Value, len(values))
	for i, v := range values {
		out[i] = types.String(v)
	}
	return types.NewSet(out...)
}
