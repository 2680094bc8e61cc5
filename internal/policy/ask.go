// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy

import "tocsin"

// PersonOf is a person who signed in.
func PersonOf(id tocsin.ActorID, duties []tocsin.Duty, passkey bool) Principal {
	return Principal{Kind: Person, ID: string(id), Duties: texts(duties), Passkey: passkey,
		Strength: tocsin.Strength(duties...)}
}

// ServiceOf is a service key with its scopes.
func ServiceOf(id tocsin.ActorID, scopes []string) Principal {
	return Principal{Kind: Service, ID: string(id), Scopes: scopes, Strength: tocsin.StrengthMachine}
}

// OperatorOf is whoever runs commands on the machine itself.
func OperatorOf(id tocsin.ActorID) Principal {
	return Principal{Kind: Operator, ID: string(id), Strength: tocsin.StrengthOperator}
}

// decided is a record that is a decision or about one.
type decided interface{ Deciders() []tocsin.ActorID }

// ResourceOf is what the rules read of a loaded record; nil is the node itself.
func ResourceOf(on tocsin.Aggregate) Resource {
	if on == nil {
		return Resource{}
	}
	r := Resource{Kind: string(on.Kind()), ID: string(on.Base().ID)}
	switch of := on.(type) {
	case *tocsin.IssuedOrder:
		r.DraftedBy, r.SubmittedBy = string(of.DraftedBy), string(of.SubmittedBy)
	case *tocsin.Person:
		r.ProposedBy, r.Strength = string(of.ProposedBy), of.Strength()
	case *tocsin.Complaint:
		r.Deciders, r.AnsweredBy = texts(of.Deciders()), string(of.AnsweredBy)
	case decided:
		r.Deciders = texts(of.Deciders())
	}
	return r
}

func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}
